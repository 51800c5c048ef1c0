"""Who may do what with the portfolio; whether it is in order now is asked of rules."""

from accounts.models import Role, User, Viewer, has_role
from portfolio.models import Initiative, StatusReport


def can_edit_portfolio(user: Viewer) -> bool:
    """Create, rename, move and close initiatives; keep program areas."""
    return has_role(user, Role.EDITOR)


def can_publish_status(user: Viewer) -> bool:
    return has_role(user, Role.EDITOR)


def can_propose_status(user: Viewer, initiative: Initiative) -> bool:
    """The project lead, or somebody of the organisation that owns it."""
    if not isinstance(user, User) or not has_role(user, Role.CONTRIBUTOR):
        return False
    owns = user.organisation_id is not None and user.organisation_id == initiative.owner_id
    return initiative.is_live and (initiative.project_lead_id == user.pk or owns)


def can_change_draft(user: Viewer, report: StatusReport) -> bool:
    return isinstance(user, User) and report.reported_by_id == user.pk and not report.is_published


def can_publish_edition(user: Viewer) -> bool:
    return has_role(user, Role.EDITOR)


def can_read_sources(user: Viewer) -> bool:
    """What stood in the paper a report came from."""
    return has_role(user, Role.EDITOR)


def can_read_people(user: Viewer) -> bool:
    """Names of persons; the public sees roles and organisations."""
    return has_role(user, Role.EDITOR, Role.LEADER, Role.CONTRIBUTOR)
