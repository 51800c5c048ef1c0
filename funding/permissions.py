"""Who may do what with money; whether it is in order now is asked of rules.

The secretariat keeps grants and allocations, with a trail; contributors propose for their own organisation and report
what they have used.
"""

from accounts.models import Role, User, Viewer, has_role
from funding.models import Allocation, Proposal
from funding.models.grants import readers_inside


def can_edit_funding(user: Viewer) -> bool:
    """Keep grants, rounds, allocations, transfers and gains; answer proposals; publish and send on."""
    return has_role(user, Role.EDITOR)


def can_read_plans(user: Viewer) -> bool:
    """What is proposed and planned and not decided yet, and the trail of money."""
    return readers_inside(user)


def can_propose(user: Viewer) -> bool:
    """Speak for one's organisation in a round; the secretariat registers what comes by other ways."""
    if has_role(user, Role.EDITOR):
        return True
    return isinstance(user, User) and has_role(user, Role.CONTRIBUTOR) and user.organisation_id is not None


def can_change_proposal(user: Viewer, proposal: Proposal) -> bool:
    """One's own and one's organisation's; whether it is still a draft is asked of rules."""
    if has_role(user, Role.EDITOR):
        return proposal.written_by.role == Role.EDITOR
    if not isinstance(user, User) or not has_role(user, Role.CONTRIBUTOR):
        return False
    if user.organisation_id is None:
        return proposal.written_by_id == user.pk
    return proposal.organisation_id == user.organisation_id


def can_report_spending(user: Viewer, allocation: Allocation) -> bool:
    """The recipient, who owns or leads the initiative, and the secretariat for them."""
    if has_role(user, Role.EDITOR):
        return True
    if not isinstance(user, User) or not has_role(user, Role.CONTRIBUTOR):
        return False
    initiative = allocation.initiative
    if initiative is not None and initiative.project_lead_id == user.pk:
        return True
    owners = {allocation.recipient_id, initiative.owner_id if initiative else None} - {None}
    return user.organisation_id in owners


def can_read_letter(user: Viewer, allocation: Allocation) -> bool:
    """The award letter: who sent it, who approves, and who got it."""
    return readers_inside(user) or can_report_spending(user, allocation)
