"""Organisations, users and the log: what they refuse, and who reads what."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from accounts import permissions
from accounts.actions import record
from accounts.models import LogEntry, Organisation, Role, User, has_role, is_organisation_number
from tests.factories import create_initiative, create_organisation, create_user


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("974760673", True),  # Brønnøysundregistrene
        ("974760674", False),
        ("97476067", False),
        ("9747606730", False),
        ("97476067x", False),
        ("９７４７６０６７３", False),
        ("", False),
        ("000000000", True),
    ],
)
def test_an_organisation_number_has_a_control_digit(number, is_valid):
    assert is_organisation_number(number) == is_valid


@pytest.mark.django_db
def test_an_organisation_keeps_only_a_valid_number():
    assert create_organisation(org_number="974760673").org_number == "974760673"
    with pytest.raises(ValidationError):
        create_organisation(org_number="974760674")


@pytest.mark.django_db
def test_an_organisation_is_not_part_of_itself_however_far_up():
    top = create_organisation()
    middle = create_organisation(parent=top)
    bottom = create_organisation(parent=middle)

    for parent in (top, middle, bottom):
        top.parent = parent
        with pytest.raises(ValidationError) as refusal:
            top.save()
        assert "parent" in refusal.value.message_dict
    assert Organisation.objects.get(pk=top.pk).parent is None


@pytest.mark.django_db
def test_organisations_are_in_norwegian_order():
    names = ["Zoom", "Østre Toten", "Ærlig", "Aasen", "Åmot", "Alvdal"]
    for name in names:
        create_organisation(name=name)

    ordered = Organisation.objects.in_name_order().values_list("name", flat=True)
    assert list(ordered) == ["Alvdal", "Zoom", "Ærlig", "Østre Toten", "Åmot", "Aasen"]


@pytest.mark.django_db
def test_a_user_is_made_with_a_lower_case_address():
    user = User.objects.create_user("Kari@Example.NO", name="Kari")

    assert user.email == "kari@example.no"
    assert not user.has_usable_password()
    assert User.objects.create_superuser("admin@example.no", name="A").role == Role.ADMIN


ROLES = ("public", "member", "outsider", "contributor", "leader", "editor", "admin")
MAY = {
    permissions.can_administer_users: {"admin"},
    permissions.can_edit_reference_data: {"editor", "admin"},
    permissions.can_read_log: {"editor", "leader"},
}


@pytest.mark.parametrize("may", MAY, ids=lambda may: may.__name__)
def test_who_may(cast, may):
    assert {who for who in ROLES if may(vars(cast)[who] or AnonymousUser())} == MAY[may]


@pytest.mark.parametrize("role", Role.values)
def test_a_role_counts_only_while_one_may_sign_in(role):
    assert has_role(User(role=role), role)
    assert not has_role(User(role=role, is_active=False), role)
    assert not has_role(AnonymousUser(), role)


@pytest.mark.parametrize("role", ["", *Role.values])
def test_only_editor_and_admin_open_the_administration(role):
    assert User(role=role).is_staff == (role in {"editor", "admin"})
    assert not User(role=role, is_active=False).is_staff
    assert not User(role=role).has_perm("accounts.change_user")


@pytest.mark.django_db
def test_who_reads_which_entries_of_the_log(cast):
    of_accounts = record(by=cast.admin, verb="endret", target=cast.member)
    of_portfolio = record(by=cast.editor, verb="endret", target=create_initiative())
    own = record(by=cast.contributor, verb="sendte inn status", target=create_initiative())

    def read(who):
        return set(LogEntry.objects.visible_to(vars(cast)[who] or AnonymousUser()))

    assert {who: read(who) for who in ROLES} == {
        "public": set(),
        "member": set(),
        "outsider": set(),
        "contributor": {own},
        "leader": {of_accounts, of_portfolio, own},
        "editor": {of_accounts, of_portfolio, own},
        "admin": {of_accounts},
    }


@pytest.mark.django_db
def test_the_log_keeps_values_as_text_that_outlives_what_they_name(editor):
    organisation = create_organisation(name="Hamar")

    entry = record(
        by=editor,
        verb="endret",
        target=organisation,
        old={"parent": organisation, "is_active": True, "n": 3, "day": editor.date_joined, "none": None},
        new={"areas": ["a", organisation]},
    )

    entry.refresh_from_db()
    assert entry.old == {
        "parent": "Hamar",
        "is_active": True,
        "n": 3,
        "day": editor.date_joined.isoformat(),
        "none": None,
    }
    assert entry.new == {"areas": ["a", "Hamar"]}
    assert (entry.target, entry.target_id) == ("Hamar", str(organisation.pk))


@pytest.mark.django_db
def test_the_target_of_an_entry_is_cut_to_its_place(editor):
    assert len(record(by=editor, verb="endret", target=create_initiative(title="x" * 300)).target) == 300


@pytest.mark.django_db
def test_a_person_is_shown_by_name():
    assert str(create_user(name="Kari")) == "Kari"
    assert str(User(email="kari@example.no")) == "kari@example.no"
