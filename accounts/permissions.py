"""Who may do what with accounts and reference data."""

from accounts.models import Role, Viewer, has_role


def can_administer_users(user: Viewer) -> bool:
    return has_role(user, Role.ADMIN)


def can_edit_reference_data(user: Viewer) -> bool:
    """Organisations and lists of values, in Django's admin."""
    return has_role(user, Role.EDITOR, Role.ADMIN)


def can_read_log(user: Viewer) -> bool:
    return has_role(user, Role.EDITOR, Role.LEADER)
