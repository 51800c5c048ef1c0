"""Signing in and out, one's own password, and that nobody signs up."""

import pytest
from django.core import mail
from django.test import Client

from accounts.demo import PASSWORD, USERS
from accounts.models import User
from tests.portfolio.pages import body, main

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    }


@pytest.fixture
def person(db):
    return User.objects.create_user("kari@example.no", PASSWORD, name="Kari")


def sign_in(client, email="kari@example.no", password=PASSWORD, **extra):
    return client.post("/konto/login/", {"login": email, "password": password, **extra})


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("email", [email for email, *_ in USERS])
def test_each_demo_sign_in_works_with_the_password_alone(client, email):
    User.objects.create_user(email, PASSWORD, name="Noen")

    response = sign_in(client, email)

    assert (response.status_code, response.url) == (302, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize("email", ["KARI@example.no", " kari@example.no "])
def test_the_address_is_read_as_people_type_it(client, person, email):
    sign_in(client, email)

    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(client, person):
    answers = [
        sign_in(client, password="feil passord"),
        sign_in(client, email="ukjent@example.no"),
        sign_in(client, password=""),
    ]

    wrong, unknown, nothing = (main(answer) for answer in answers)
    assert wrong.replace("kari@", "x@") == unknown.replace("ukjent@", "x@")
    assert "påkrevet" in nothing
    assert not is_signed_in(client)


def test_somebody_who_may_no_longer_sign_in_is_told_so_only_with_the_password(client, person):
    person.is_active = False
    person.save()

    assert sign_in(client).url == "/konto/inaktiv/"
    assert "ikke lenger i bruk" in main(client.get("/konto/inaktiv/"))
    assert not is_signed_in(client)


def test_sign_in_leads_to_where_one_was_going(client, person):
    page = body(client.get("/konto/login/?next=/tiltak/ny/"))
    assert 'name="next" value="/tiltak/ny/"' in page

    assert sign_in(client, next="/tiltak/ny/").url == "/tiltak/ny/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_never_leads_to_another_site(client, person, elsewhere):
    assert sign_in(client, next=elsewhere).url == "/"


def test_sign_in_asks_for_a_token(person):
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_sign_out_is_a_post(client, person):
    client.force_login(person)

    assert client.get("/konto/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/konto/logout/").url == "/"
    assert not is_signed_in(client)


def test_the_session_is_a_new_one_after_sign_in(client, person):
    client.post("/tiltak/ny/", {"title": "Kladd"})
    before = client.session.session_key

    sign_in(client)

    assert client.session.session_key != before


def change_password(client, old=PASSWORD, new="et langt nytt passord", again=None):
    return client.post("/konto/passord/", {"oldpassword": old, "password1": new, "password2": again or new})


def test_a_password_is_changed_and_one_stays_signed_in(client, person):
    client.force_login(person)

    assert change_password(client).status_code == 302

    assert is_signed_in(client)
    person.refresh_from_db()
    assert person.check_password("et langt nytt passord")


@pytest.mark.parametrize(
    "fields",
    [
        {"old": "feil"},
        {"new": "kort"},
        {"new": "passordpassord", "again": "noe annet enn det"},
        {"new": "kari@example.no"},
    ],
)
def test_a_password_that_will_not_do_is_not_changed(client, person, fields):
    client.force_login(person)

    response = change_password(client, **fields)

    assert response.status_code in {200, 422}
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_somebody_without_a_password_gets_a_page_too(client, person):
    person.set_unusable_password()
    person.save()
    client.force_login(person)

    response = client.get("/konto/passord/", follow=True)

    assert response.status_code == 200


def test_nobody_signs_up(client, db):
    page = client.get("/konto/registrer/")
    client.post("/konto/registrer/", {"email": "ny@example.no", "password1": "et langt nytt passord"})

    assert "Det er sekretariatet som lager brukere." in main(page)
    assert User.objects.count() == 0


def test_a_forgotten_password_says_the_same_to_everybody(client, person):
    answers = [
        client.post("/konto/passord/nytt/", {"email": email}, follow=True)
        for email in ("kari@example.no", "ukjent@example.no")
    ]

    known, unknown = (main(answer) for answer in answers)
    assert known == unknown
    assert [message.to for message in mail.outbox if "kari" in str(message.to)] == [["kari@example.no"]]


def test_too_many_attempts_are_stopped(client, person, settings):
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "attempts"},
    }
    for _ in range(12):
        response = sign_in(client, password="feil passord")
    sign_in(client)

    assert not is_signed_in(client)
    assert response.status_code in {200, 429}
