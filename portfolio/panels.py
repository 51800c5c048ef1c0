"""What the portfolio shows on the overview."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from helsefellesskap import panels
from helsefellesskap.http import Request
from helsefellesskap.panels import Panel
from portfolio import permissions
from portfolio.documents import summarise
from portfolio.findings import reads_all_findings
from portfolio.models import Edition, Initiative, Phase, ProgramArea, StatusReport


@panels.register
def waiting_for_editor(request: Request) -> Panel | None:
    if not permissions.can_publish_status(request.user):
        return None
    reports = StatusReport.objects.waiting().select_related("initiative", "reporter_org").order_by("pk")
    if not reports:
        return None
    return Panel(_("Venter på deg"), "portfolio/panels/waiting.html", {"reports": reports}, order=10)


@panels.register
def own_initiatives(request: Request) -> Panel | None:
    if not isinstance(request.user, User):
        return None
    own = (
        Initiative.objects.visible_to(request.user).live().led_by(request.user).with_status().in_paper_order()
    )
    if not own:
        return None
    drafts = {
        report.initiative_id: report for report in request.user.reports.exclude(publication="published")
    }
    rows = [(initiative, drafts.get(initiative.pk)) for initiative in own]
    return Panel(_("Tiltakene dine"), "portfolio/panels/own.html", {"rows": rows}, order=10)


@panels.register
def status_numbers(request: Request) -> Panel | None:
    summary = summarise(
        Initiative.objects.visible_to(request.user).live(),
        phases=list(Phase.objects.all()),
        areas=list(ProgramArea.objects.all()),
        today=timezone.localdate(),
    )
    context = {"summary": summary, "can_edit": permissions.can_edit_portfolio(request.user)}
    return Panel(_("Status for tiltakene"), "portfolio/panels/summary.html", context, order=20, is_wide=True)


@panels.register
def quality(request: Request) -> Panel | None:
    """The way to the findings of all apps; to count them here would take as long as the rest of the overview."""
    if not reads_all_findings(request.user):
        return None
    return Panel(_("Kvalitet"), "portfolio/panels/quality.html", {}, order=22)


@panels.register
def newest_edition(request: Request) -> Panel | None:
    edition = Edition.objects.visible_to(request.user).of_kind(Edition.Kind.HANDLINGSDEL).first()
    context = {"edition": edition, "can_publish": permissions.can_publish_edition(request.user)}
    return Panel(_("Handlingsdelen"), "portfolio/panels/edition.html", context, order=40)
