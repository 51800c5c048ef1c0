"""A newsletter's way from draft to published: sent, approved, taken back, published now or at a set time."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import SignedInRequest
from helsefellesskap import kept_input, pdf
from helsefellesskap.http import button, form_view, render_form
from helsefellesskap.templatetags.norsk import klokke
from newsletters import actions, permissions, rules
from newsletters.documents.checks import serious_left
from newsletters.forms.newsletters import PublishForm, WithdrawForm
from newsletters.models import Newsletter, Subscription
from newsletters.views.drafts import edited_newsletter, newsletter_in_work


@button
def newsletter_send(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = edited_newsletter(request, public_id)
    try:
        actions.send_newsletter(newsletter=newsletter, by=request.user)
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Nyhetsbrevet er sendt til godkjenning hos leder og nestleder. De ser det på oversikten."),
        )
    return redirect("newsletters:newsletter-draft", newsletter.public_id)


@form_view
def newsletter_withdraw(request: SignedInRequest, public_id: str) -> HttpResponse:
    """By the secretariat, or by who should approve it and wants something changed."""
    newsletter = newsletter_in_work(request, public_id)
    user = request.user
    if not (permissions.can_edit_newsletters(user) or permissions.can_approve_newsletter(user, newsletter)):
        raise PermissionDenied
    if newsletter.state not in {Newsletter.State.REVIEW, Newsletter.State.APPROVED}:
        messages.info(request, _("Det er ikke noe å trekke tilbake."))
        return redirect(newsletter)
    typed = kept_input.read(request)
    form = WithdrawForm(typed.data)
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_newsletter(newsletter=newsletter, by=user, **form.cleaned_data)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        else:
            messages.success(request, _("Nyhetsbrevet er et utkast igjen. Det må godkjennes på nytt."))
            return redirect("newsletters:newsletter-draft", newsletter.public_id)
    context = {"newsletter": newsletter, "form": form, "kept": typed.is_kept}
    return render_form(request, "newsletters/newsletter_withdraw.html", context)


@button
def newsletter_approve(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = newsletter_in_work(request, public_id)
    if not permissions.can_approve_newsletter(request.user, newsletter):
        raise PermissionDenied
    try:
        approved = actions.approve_newsletter(
            newsletter=newsletter, content=request.POST.get("content", ""), by=request.user
        )
    except rules.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        is_whole = approved.state == Newsletter.State.APPROVED
        messages.success(
            request,
            _("Nyhetsbrevet er godkjent av begge sider. Sekretariatet kan publisere det.")
            if is_whole
            else _("Du har godkjent nyhetsbrevet. Det venter på den andre siden."),
        )
    return redirect("newsletters:newsletter-draft", newsletter.public_id)


@form_view
def newsletter_publish(request: SignedInRequest, public_id: str) -> HttpResponse:
    newsletter = edited_newsletter(request, public_id)
    if newsletter.state != Newsletter.State.APPROVED:
        messages.info(request, _("Nyhetsbrevet må være godkjent av begge sider før det kan publiseres."))
        return redirect(newsletter)
    typed = kept_input.read(request)
    later = {"when": "later", "publish_at": newsletter.publish_at} if newsletter.publish_at else None
    form = PublishForm(typed.data, initial=later)
    if request.method == "POST" and form.is_valid():
        try:
            return _publish(request, newsletter, form)
        except rules.NotAllowed as refusal:
            form.refuse(refusal, refusal.field)
        except pdf.PrintError as error:
            form.add_error(None, str(error))
    context = {
        "newsletter": newsletter,
        "form": form,
        "kept": typed.is_kept,
        "left": serious_left(newsletter, today=timezone.localdate()),
        "subscribers": Subscription.objects.active().count(),
    }
    return render_form(request, "newsletters/newsletter_publish.html", context)


def _publish(request: SignedInRequest, newsletter: Newsletter, form: PublishForm) -> HttpResponse:
    if form.cleaned_data["when"] == "later":
        at = form.cleaned_data["publish_at"]
        actions.schedule_newsletter(newsletter=newsletter, at=at, by=request.user)
        messages.success(request, _("Nyhetsbrevet publiseres %(at)s.") % {"at": klokke(at)})
        return redirect("newsletters:newsletter-draft", newsletter.public_id)
    published = actions.publish_newsletter(newsletter=newsletter, by=request.user)
    count = published.deliveries.filter(kind="newsletter").count()
    mailed = ngettext("Det sendes til %(n)s abonnent.", "Det sendes til %(n)s abonnenter.", count) % {
        "n": count
    }
    messages.success(request, " ".join([_("Nyhetsbrevet er publisert."), mailed if count else ""]).strip())
    return redirect(published)
