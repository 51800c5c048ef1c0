"""What is found in a newsletter before it is published, and why it is published all the same."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from helsefellesskap.http import button, form_view, render_form
from newsletters import actions, permissions, rules
from newsletters.documents.checks import checked, untried_links
from newsletters.forms.newsletters import ReasonForm
from newsletters.models import Newsletter
from newsletters.views.drafts import edited_newsletter, newsletter_in_work


@require_safe
def newsletter_check(request: SignedInRequest, public_id: str) -> HttpResponse:
    return _page(request, newsletter_in_work(request, public_id))


@form_view
def finding_accept(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Give the reason why what one check found is published; the findings are those that stand now."""
    newsletter = edited_newsletter(request, public_id)
    if request.method != "POST":
        return redirect("newsletters:newsletter-check", newsletter.public_id)
    code = request.POST.get("code", "")
    form = ReasonForm(request.POST, prefix=code)
    groups = checked(newsletter, today=timezone.localdate())
    group = next((one for one in groups if one.check.code == code and one.can_be_accepted), None)
    if group is None:
        messages.info(request, _("Det er ikke lenger noe å begrunne her."))
        return redirect("newsletters:newsletter-check", newsletter.public_id)
    if form.is_valid() and request.POST.get("seen") != group.seen:
        form.add_error(None, _("Det er funnet noe annet siden du åpnet siden. Se over det på nytt."))
    elif form.is_valid():
        try:
            actions.accept_findings(
                newsletter=newsletter,
                code=code,
                found={finding.key: finding.sentence for finding in group.findings},
                by=request.user,
                **form.cleaned_data,
            )
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Begrunnelsen er lagret i loggen."))
            page = reverse("newsletters:newsletter-check", args=[newsletter.public_id])
            return redirect(f"{page}#kontroll-{code}")
    return _page(request, newsletter, {code: form})


@button
def finding_reject(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = edited_newsletter(request, public_id)
    try:
        actions.reject_findings(
            newsletter=newsletter, code=request.POST.get("code", "")[:40], by=request.user
        )
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("newsletters:newsletter-check", newsletter.public_id)


def _page(
    request: SignedInRequest, newsletter: Newsletter, typed: dict[str, ReasonForm] | None = None
) -> HttpResponse:
    if newsletter.is_published:
        raise Http404
    groups = checked(newsletter, today=timezone.localdate())
    can_edit = permissions.can_edit_newsletters(request.user)
    forms = {
        group.check.code: ReasonForm(prefix=group.check.code)
        for group in groups
        if can_edit and group.can_be_accepted
    }
    forms.update(typed or {})
    context = {
        "newsletter": newsletter,
        "groups": [(group, forms.get(group.check.code)) for group in groups],
        "stops": sum(len(group.left) for group in groups if group.stops),
        "found": sum(len(group.findings) for group in groups),
        "untried": untried_links(newsletter),
        "can_edit": can_edit,
        "form": next(iter((typed or {}).values()), None),
    }
    return render_form(request, "newsletters/newsletter_check.html", context)
