"""Django's administration by the cast: users, organisations, lists of values, the log; nothing is deleted."""

import pytest

from accounts.actions import record
from accounts.models import LogEntry, Organisation, User
from portfolio.models import Phase
from tests.factories import create_organisation
from tests.portfolio.pages import main, text

pytestmark = pytest.mark.django_db

WHO = ("public", "member", "outsider", "contributor", "leader", "editor", "admin")
BOTH = "302 302 302 302 302 200 200"
ADMIN = "302 302 302 302 302 403 200"
NOBODY = "302 302 302 302 302 403 403"


@pytest.fixture
def things(cast):
    return {
        "organisation": create_organisation(name="Hamar").pk,
        "user": cast.member.pk,
        "log": record(by=cast.editor, verb="endret", target=cast.member).pk,
        "phase": Phase.objects.first().pk,
    }


PAGES = {
    "/admin/": BOTH,
    "/admin/accounts/user/": ADMIN,
    "/admin/accounts/user/add/": ADMIN,
    "/admin/accounts/user/{user}/change/": ADMIN,
    "/admin/accounts/user/{user}/password/": ADMIN,
    "/admin/accounts/user/{user}/delete/": NOBODY,
    "/admin/accounts/organisation/": BOTH,
    "/admin/accounts/organisation/add/": BOTH,
    "/admin/accounts/organisation/{organisation}/change/": BOTH,
    "/admin/accounts/organisation/{organisation}/delete/": NOBODY,
    "/admin/accounts/logentry/": BOTH,
    "/admin/accounts/logentry/{log}/change/": BOTH,
    "/admin/accounts/logentry/add/": NOBODY,
    "/admin/accounts/logentry/{log}/delete/": NOBODY,
    "/admin/portfolio/phase/": BOTH,
    "/admin/portfolio/phase/{phase}/change/": BOTH,
    "/admin/portfolio/phase/{phase}/delete/": NOBODY,
    "/admin/portfolio/strategyplan/": BOTH,
    "/admin/portfolio/strategicarea/": BOTH,
    "/admin/portfolio/programareaalias/": BOTH,
    "/admin/funding/fundingscheme/": BOTH,
    "/admin/auth/group/": NOBODY,
    "/admin/account/emailaddress/": NOBODY,
}


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_the_administration(address, things, cast, client_of):
    codes = [str(client_of(vars(cast)[who]).get(address.format(**things)).status_code) for who in WHO]

    assert " ".join(codes) == PAGES[address]


@pytest.mark.parametrize("who", ["member", "outsider", "contributor", "leader"])
def test_who_is_signed_in_and_may_not_administer_is_told_so(cast, client_of, who):
    assert client_of(vars(cast)[who]).get("/admin/", follow=True).status_code == 403


def test_the_public_signs_in_as_everywhere_else(client_of, db):
    assert client_of(None).get("/admin/", follow=True).redirect_chain[-1][0].startswith("/konto/login/?next=")


@pytest.mark.parametrize(
    "model", ["accounts/user", "accounts/organisation", "accounts/logentry", "portfolio/phase"]
)
def test_nothing_is_deleted_by_the_list_s_action(model, things, client_of, cast):
    kind = model.partition("/")[2].replace("logentry", "log")
    counted = {"user": User, "organisation": Organisation, "log": LogEntry, "phase": Phase}[kind]
    before = counted.objects.count()
    for user in (cast.admin, cast.editor):
        client_of(user).post(
            f"/admin/{model}/", {"action": "delete_selected", "_selected_action": things[kind], "post": "yes"}
        )

    assert counted.objects.count() == before


def change_user(client, user, **fields):
    data = {"email": user.email, "name": user.name, "role": user.role, "is_active": "on", **fields}
    return client.post(f"/admin/accounts/user/{user.pk}/change/", data)


def test_a_change_of_role_is_logged(client_of, admin, member):
    response = change_user(client_of(admin), member, role="editor")

    assert response.status_code == 302
    member.refresh_from_db()
    assert member.role == "editor"
    entry = LogEntry.objects.about(member).get()
    assert (entry.by, entry.verb) == (admin, "endret")
    assert (entry.old, entry.new) == ({"role": ""}, {"role": "editor"})


def test_nobody_else_changes_a_role(client_of, editor, member, cast):
    for user in (editor, member, cast.leader, None):
        change_user(client_of(user), member, role="admin")

    member.refresh_from_db()
    assert member.role == ""


def test_a_user_is_made_by_the_administrator_and_logged_without_the_password(client_of, admin):
    response = client_of(admin).post(
        "/admin/accounts/user/add/",
        {
            "email": "ny@example.no",
            "name": "Ny",
            "role": "editor",
            "usable_password": "true",
            "password1": "et langt nytt passord",
            "password2": "et langt nytt passord",
        },
    )

    assert response.status_code == 302, main(response)
    user = User.objects.get(email="ny@example.no")
    assert user.check_password("et langt nytt passord")
    entry = LogEntry.objects.about(user).get()
    assert entry.verb == "opprettet"
    assert "passord" not in str(entry.new)


def test_a_new_address_in_capitals_is_not_a_second_account(client_of, admin, member):
    response = client_of(admin).post(
        "/admin/accounts/user/add/",
        {"email": member.email.upper(), "name": "Ny", "usable_password": "false"},
    )

    assert response.status_code == 200
    assert User.objects.filter(email__iexact=member.email).count() == 1


def test_an_address_in_capitals_can_sign_in(client_of, admin):
    data = {"email": "Ny@Example.no", "name": "Ny", "usable_password": "true"}
    password = {"password1": "et langt nytt passord", "password2": "et langt nytt passord"}
    client_of(admin).post("/admin/accounts/user/add/", {**data, **password})

    client = client_of(None)
    client.post("/konto/login/", {"login": "ny@example.no", "password": "et langt nytt passord"})

    assert client.get("/konto/passord/").status_code == 200


def test_a_password_set_by_the_administrator_is_logged_too(client_of, admin, member):
    client_of(admin).post(
        f"/admin/accounts/user/{member.pk}/password/",
        {
            "usable_password": "true",
            "password1": "et langt nytt passord",
            "password2": "et langt nytt passord",
        },
    )

    member.refresh_from_db()
    assert member.check_password("et langt nytt passord")
    assert LogEntry.objects.about(member).count() == 1


def change_organisation(client, organisation, **fields):
    data = {
        "name": organisation.name,
        "kind": organisation.kind,
        "language": "nb",
        "is_active": "on",
        **fields,
    }
    return client.post(f"/admin/accounts/organisation/{organisation.pk}/change/", data)


def test_an_organisation_is_changed_and_logged_in_words(client_of, editor):
    trust = create_organisation(name="Sykehuset", kind="hospital_trust")
    other = create_organisation(name="Et annet", kind="hospital_trust")
    organisation = create_organisation(name="Hamar", parent=other)

    change_organisation(client_of(editor), organisation, parent=trust.pk, name="Hamar kommune")

    entry = LogEntry.objects.about(organisation).get()
    assert entry.old == {"name": "Hamar", "parent": "Et annet"}
    assert entry.new == {"name": "Hamar kommune", "parent": "Sykehuset"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"parent": "{child}"}, "kan ikke være del av seg selv"),
        ({"parent": "{itself}"}, "kan ikke være del av seg selv"),
        ({"org_number": "123456789"}, "kontrollsiffer"),
        ({"name": ""}, "påkrevet"),
    ],
)
def test_an_organisation_that_is_not_in_order_is_refused_with_a_sentence(client_of, editor, fields, sentence):
    organisation = create_organisation(name="Hamar")
    child = create_organisation(parent=organisation)
    fields = {name: value.format(child=child.pk, itself=organisation.pk) for name, value in fields.items()}

    response = change_organisation(client_of(editor), organisation, **fields)

    assert response.status_code == 200
    assert sentence in text(response)
    assert LogEntry.objects.count() == 0


def test_the_log_is_read_only(client_of, editor, admin, things):
    entry = LogEntry.objects.get()
    for user in (editor, admin):
        response = client_of(user).post(f"/admin/accounts/logentry/{entry.pk}/change/", {"verb": "noe annet"})
        assert response.status_code == 403

    assert LogEntry.objects.get().verb == "endret"
