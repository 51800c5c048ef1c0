"""What money shows on the overview."""

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from funding import permissions
from funding.models import FundingRound, Grant, Proposal, balances_of
from helsefellesskap import panels
from helsefellesskap.http import Request
from helsefellesskap.panels import Panel

SHOWN = 5
"""How many rows fit a box of the overview."""

WORKED_ON = [FundingRound.State.OPEN, FundingRound.State.PRIORITISING]


@panels.register
def rounds_to_propose_in(request: Request) -> Panel | None:
    """Contributors: where they can propose today, and what they have begun on."""
    user = request.user
    if permissions.can_edit_funding(user) or not permissions.can_propose(user):
        return None
    rounds = list(FundingRound.objects.visible_to(user).open(timezone.localdate()))
    begun = Proposal.objects.visible_to(user).filter(state=Proposal.State.DRAFT, round__state__in=WORKED_ON)
    drafts = list(begun.select_related("round").order_by("-round__created_at", "rank", "pk")[:SHOWN])
    if not rounds and not drafts:
        return None
    context = {"rounds": rounds, "drafts": [(draft, draft.round in rounds) for draft in drafts]}
    return Panel(_("Innspill til midler"), "funding/panels/rounds.html", context, order=11)


@panels.register
def money_left(request: Request) -> Panel | None:
    """Everybody: what is left of the newest grants."""
    newest = Grant.objects.visible_to(request.user).select_related("scheme").newest_first()
    grants = list(newest[:SHOWN])
    if not grants:
        return None
    balances = balances_of(grants)
    context = {"rows": [(grant, balances[grant.pk]) for grant in grants]}
    return Panel(_("Midler"), "funding/panels/grants.html", context, order=35)


@panels.register
def proposals_to_answer(request: Request) -> Panel | None:
    """The secretariat: what has come in, and what waits for an answer."""
    user = request.user
    if not permissions.can_edit_funding(user):
        return None
    submitted = Count("proposals", filter=Q(proposals__state=Proposal.State.SUBMITTED))
    rounds = FundingRound.objects.visible_to(user).filter(state__in=WORKED_ON).annotate(waiting=submitted)
    waiting = list(rounds.filter(waiting__gt=0))
    if not waiting:
        return None
    return Panel(_("Innspill å svare på"), "funding/panels/proposals.html", {"rounds": waiting}, order=12)
