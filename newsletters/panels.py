"""What newsletters show on the overview: the newest to readers, and what waits to those who make them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from helsefellesskap import panels
from helsefellesskap.http import Request
from helsefellesskap.panels import Line, Panel
from helsefellesskap.templatetags.norsk import klokke
from newsletters import permissions
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import Delivery, Newsletter

State = Newsletter.State


@panels.register
def newest_newsletter(request: Request) -> Panel | None:
    newest = Newsletter.objects.newest().light().newest_first().first()
    if newest is None:
        return None
    order = 60 if request.user.is_authenticated else 12
    return Panel(_("Nyhetsbrev"), "newsletters/panels/newest.html", {"newsletter": newest}, order=order)


@panels.register
def newsletters_waiting(request: Request) -> Panel | None:
    """What this person does next: approves, publishes, decides about mails."""
    user = request.user
    if not isinstance(user, User) or not permissions.can_read_drafts(user):
        return None
    lines = []
    can_edit = permissions.can_edit_newsletters(user)
    in_work = Newsletter.objects.in_work().light().newest_first()
    if not can_edit:
        in_work = in_work.prefetch_related("writers", "approvals", "blocks", "pictures", "attachments")
    for newsletter in in_work:
        lines += _editors(newsletter) if can_edit else _leaders(newsletter, user)
    if can_edit:
        lines += _uncertain()
    if not lines:
        return None
    return Panel(_("Nyhetsbrev som venter"), "components/waiting.html", {"lines": lines}, order=13)


def _editors(newsletter: Newsletter) -> list[Line]:
    page = reverse("newsletters:newsletter-draft", args=[newsletter.public_id])
    named = {"newsletter": newsletter}
    if newsletter.publish_error:
        return [Line(_("%(newsletter)s ble ikke publisert. Se hvorfor.") % named, page, is_late=True)]
    if newsletter.state == State.APPROVED and newsletter.publish_at is None:
        return [Line(_("%(newsletter)s er godkjent og kan publiseres.") % named, page)]
    if newsletter.state == State.APPROVED:
        at = klokke(newsletter.publish_at)
        return [Line(_("%(newsletter)s publiseres %(at)s.") % {**named, "at": at}, page)]
    if newsletter.state == State.REVIEW:
        return [Line(_("%(newsletter)s venter på godkjenning.") % named, page)]
    return [Line(_("%(newsletter)s er et utkast.") % named, page)]


def _leaders(newsletter: Newsletter, user: User) -> list[Line]:
    if newsletter.state != State.REVIEW or not permissions.can_approve_newsletter(user, newsletter):
        return []
    content = fingerprint(newsletter)
    if any(one.approved_by_id == user.pk and one.content == content for one in newsletter.approvals.all()):
        return []
    page = reverse("newsletters:newsletter-draft", args=[newsletter.public_id])
    return [Line(_("Les og godkjenn %(newsletter)s.") % {"newsletter": newsletter}, page)]


def _uncertain() -> list[Line]:
    """Newsletters with mails that nobody knows whether arrived."""
    rows = Delivery.objects.filter(kind=Delivery.Kind.NEWSLETTER, state=Delivery.State.UNCERTAIN)
    newsletters: dict[str, int] = {}
    for public_id in rows.values_list("newsletter__public_id", flat=True):
        newsletters[str(public_id)] = newsletters.get(str(public_id), 0) + 1
    return [
        Line(
            ngettext(
                "%(n)s e-post er usikker. Avgjør om den skal sendes på nytt.",
                "%(n)s e-poster er usikre. Avgjør om de skal sendes på nytt.",
                count,
            )
            % {"n": count},
            reverse("newsletters:delivery-list", args=[public_id]),
            is_late=True,
        )
        for public_id, count in newsletters.items()
    ]
