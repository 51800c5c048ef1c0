"""Registering schemes and grants, changing their terms, and carrying what is left on."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import LogEntry
from funding import actions
from funding.models import FundingScheme, Grant, Source, Transfer, balance_of
from tests.factories import create_allocation, create_grant, create_organisation
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db

SCHEME, NEW = "/midler/ordninger/ny/", "/midler/tilskudd/ny/"
TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()


@pytest.fixture
def scheme(db):
    return FundingScheme.objects.create(name="Samhandlingsmidler", slug="samhandling")


def facts(scheme, **changed):
    return {
        "scheme": str(scheme.pk),
        "year": "2026",
        "used_in": "2027",
        "amount": "10,7 mill",
        "exactness": "rounded",
        "step": "100000",
        "letter_reference": "Brev 12.01.2026",
        "use_until": "31.12.2027",
        "report_due": "2028-03-01",
        "note": "Til rekruttering.",
        **changed,
    }


def transfer(to, **changed):
    return {
        "to_grant": str(to.pk),
        "source": "new",
        "amount": "40 000",
        "on": "2026-03-01",
        "reason": "Brukes neste år.",
        **changed,
    }


# Who

FORBIDDEN = ["member", "outsider", "contributor", "leader", "admin"]


def addresses():
    grant = create_grant()
    create_grant(year=2025)
    own = f"/midler/tilskudd/{grant.public_id}"
    return [SCHEME, NEW, f"{own}/rediger/", f"{own}/overfor/"]


def test_the_public_is_sent_to_sign_in(client_of, db):
    for address in addresses():
        for answer in (client_of(None).get(address), client_of(None).post(address)):
            assert (answer.status_code, answer.url.split("?")[0]) == (302, "/konto/login/")


@pytest.mark.parametrize("who", FORBIDDEN)
def test_only_the_secretariat_keeps_grants(client_of, cast, who):
    client = client_of(getattr(cast, who))
    for address in addresses():
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    assert (FundingScheme.objects.count(), Grant.objects.count(), LogEntry.objects.count()) == (1, 2, 0)


def test_the_secretariat_opens_every_form(client_of, editor):
    for address in addresses():
        assert client_of(editor).get(address).status_code == 200


@pytest.mark.parametrize("verb", ["rediger", "overfor"])
def test_a_grant_that_is_not_there_is_not_found(client_of, editor, verb):
    address = f"/midler/tilskudd/00000000-0000-4000-8000-000000000000/{verb}/"

    assert client_of(editor).get(address).status_code == 404


# Schemes


def test_a_new_scheme_leads_to_its_first_grant(client_of, editor, scheme):
    ministry = create_organisation(name="Departementet", kind="state")
    client = client_of(editor)

    answer = client.post(SCHEME, {"name": "  Nye   midler ", "grantor": str(ministry.pk)})

    made = FundingScheme.objects.get(name="Nye midler")
    assert (answer.status_code, answer.url) == (302, f"{NEW}?ordning={made.slug}")
    assert made.grantor == ministry
    assert LogEntry.objects.about(made).get().by == editor
    assert f'<option value="{made.pk}" selected>' in body(client.get(answer.url))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "påkrevet"),
        ({"name": "samhandlingsmidler"}, "allerede en ordning"),
        ({"name": "<b>Ny</b>"}, "HTML-koder"),
        ({"name": "x" * 121}, "120"),
        ({"grantor": "999999"}, "gyldig"),
    ],
)
def test_a_scheme_that_cannot_be_made_keeps_what_was_typed(client_of, editor, scheme, fields, sentence):
    answer = client_of(editor).post(SCHEME, {"name": "Andre midler", **fields})

    assert answer.status_code == 422
    assert sentence in main(answer)
    assert FundingScheme.objects.count() == 1


def test_a_grantor_that_is_no_longer_in_use_is_not_offered(client_of, editor):
    create_organisation(name="Nedlagt direktorat", kind="state", is_active=False)

    assert "Nedlagt" not in main(client_of(editor).get(SCHEME))


def test_without_a_scheme_one_is_made_first(client_of, editor):
    answer = client_of(editor).get(NEW, follow=True)

    assert answer.redirect_chain == [(SCHEME, 302)]
    assert "Registrer tilskuddsordningen først" in main(answer)


# Grants


def test_a_grant_is_registered_with_its_terms(client_of, editor, scheme):
    answer = client_of(editor).post(NEW, facts(scheme))

    grant = Grant.objects.get()
    assert (answer.status_code, answer.url) == (302, grant.get_absolute_url())
    assert (grant.scheme, grant.year, grant.used_in) == (scheme, 2026, 2027)
    assert (grant.amount, grant.rounded_to) == (10_700_000, 100_000)
    assert (grant.use_until, grant.report_due) == (date(2027, 12, 31), date(2028, 3, 1))
    assert (grant.letter_reference, grant.note) == ("Brev 12.01.2026", "Til rekruttering.")
    assert LogEntry.objects.about(grant).get().by == editor


def test_an_exact_grant_has_no_rounding_whatever_the_step_says(client_of, editor, scheme):
    client_of(editor).post(NEW, facts(scheme, exactness="exact", amount="10 712 345", used_in=""))

    grant = Grant.objects.get()
    assert (grant.amount, grant.rounded_to, grant.used_in) == (10_712_345, None, None)


def test_a_grant_needs_no_more_than_scheme_year_and_amount(client_of, editor, scheme):
    client_of(editor).post(
        NEW, {"scheme": scheme.pk, "year": "2026", "amount": "500000", "exactness": "exact"}
    )

    assert Grant.objects.get().amount == 500_000


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"scheme": ""}, "påkrevet"),
        ({"scheme": "999999"}, "gyldig"),
        ({"year": "1999"}, "2000"),
        ({"year": "2025"}, "allerede registrert for 2025"),
        ({"year": "i år"}, "heltall"),
        ({"used_in": "2024"}, "før året de er gitt for"),
        ({"amount": ""}, "påkrevet"),
        ({"amount": "10.700"}, "kan bety to ting"),
        ({"amount": "0"}, "minst 1"),
        ({"amount": "mye"}, "ikke et beløp"),
        ({"exactness": "omtrent"}, "gyldig"),
        ({"step": ""}, "Velg hva rammen er avrundet til"),
        ({"step": "3"}, "gyldig"),
        ({"amount": "10 712 000"}, "ikke avrundet til nærmeste 100 000"),
        ({"use_until": "31.02.2027"}, "dd.mm.åååå"),
        ({"use_until": "31.12.2019"}, "2019 kan ikke stemme"),
        ({"report_due": "01.03.2207"}, "2207 kan ikke stemme"),
        ({"note": "<i>Til</i>"}, "HTML-koder"),
        ({"note": "x" * 1001}, "1000"),
        ({"letter_reference": "x" * 121}, "120"),
    ],
)
def test_a_grant_that_cannot_be_registered_keeps_what_was_typed(client_of, editor, scheme, fields, sentence):
    create_grant(year=2025, scheme=scheme)

    answer = client_of(editor).post(NEW, {**facts(scheme, letter_reference="Brev A"), **fields})

    assert answer.status_code == 422
    assert sentence in main(answer).replace("\u00a0", " ")
    assert any(sentence in line.replace("\u00a0", " ") for line in errors(answer))
    assert "letter_reference" in fields or 'value="Brev A"' in body(answer)
    assert Grant.objects.count() == 1


def test_a_grant_sent_twice_is_registered_once(client_of, editor, scheme):
    client = client_of(editor)
    client.post(NEW, facts(scheme))

    again = client.post(NEW, facts(scheme))

    assert again.status_code == 422
    assert "allerede registrert for 2026" in main(again)
    assert Grant.objects.count() == 1


# Changing


def test_the_form_of_a_grant_opens_as_it_stands_and_saves_what_is_changed(client_of, editor, scheme):
    grant = create_grant(scheme=scheme, amount=10_700_000, rounded_to=50_000, use_until=date(2025, 12, 31))
    client = client_of(editor)
    address = f"/midler/tilskudd/{grant.public_id}/rediger/"
    page = body(client.get(address))
    assert 'value="10\u00a0700\u00a0000"' in page
    assert '<option value="50000" selected>' in page  # whatever it was rounded to is offered
    version = grant.history.first().history_id

    answer = client.post(
        address,
        facts(scheme, year="2024", used_in="", amount="10 700 000", step="50000", version=version,
              use_until="2026-06-30", report_due="", letter_reference="", note=""),
    )  # fmt: skip

    grant.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, grant.get_absolute_url())
    assert grant.use_until == date(2026, 6, 30)
    entry = LogEntry.objects.about(grant).get()
    assert entry.new == {"use_until": "2026-06-30"}


def test_who_comes_second_is_told_what_changed_and_keeps_their_own(client_of, editor, scheme):
    grant = create_grant(scheme=scheme, amount=10_700_000, rounded_to=100_000)
    client, address = client_of(editor), f"/midler/tilskudd/{grant.public_id}/rediger/"
    seen = grant.history.first().history_id
    first = facts(scheme, year="2024", note="Den første.", version=seen)
    assert client.post(address, first).status_code == 302

    second = facts(scheme, year="2024", note="Den andre.", version=seen)
    answer = client.post(address, second)

    assert answer.status_code == 422
    words = main(answer)
    assert "Opplysningene er endret siden du åpnet skjemaet" in words
    assert "Den første." in words
    assert "Den andre." in words
    newest = grant.history.first().history_id
    assert f'name="version" value="{newest}"' in body(answer)
    grant.refresh_from_db()
    assert grant.note == "Den første."

    assert client.post(address, {**second, "version": newest}).status_code == 302
    grant.refresh_from_db()
    assert grant.note == "Den andre."


@pytest.mark.parametrize("version", ["", "0", "tull", "999999999999999999999"])
def test_a_form_without_a_version_is_a_conflict(client_of, editor, scheme, version):
    grant = create_grant(scheme=scheme)

    answer = client_of(editor).post(
        f"/midler/tilskudd/{grant.public_id}/rediger/", facts(scheme, version=version)
    )

    assert answer.status_code == 422
    assert "er endret siden" in main(answer)


def test_a_frame_is_never_less_than_what_is_allocated(client_of, editor, scheme):
    grant = create_grant(scheme=scheme, year=2026, amount=1_000_000)
    create_allocation(grant=grant, amount=600_000)
    version = grant.history.first().history_id

    answer = client_of(editor).post(
        f"/midler/tilskudd/{grant.public_id}/rediger/",
        facts(scheme, amount="500 000", exactness="exact", version=version),
    )

    assert answer.status_code == 422
    assert "allerede fordelt 600 000 kr" in errors(answer)[0].replace("\u00a0", " ")
    assert Grant.objects.get().amount == 1_000_000


# Carrying on


@pytest.fixture
def pair(scheme):
    old = create_grant(scheme=scheme, year=2025, amount=100_000)
    new = create_grant(scheme=scheme, year=2026, amount=100_000)
    create_allocation(grant=old, amount=60_000)
    return old, new


def address_of(grant):
    return f"/midler/tilskudd/{grant.public_id}/overfor/"


def test_what_is_left_is_said_and_can_be_carried_to_another_year(client_of, editor, pair):
    old, new = pair
    client = client_of(editor)
    page = client.get(address_of(old))
    assert "Nye midler 40 000 kr" in main(page).replace("\u00a0", " ")
    assert "ca." not in main(page)
    assert f'<option value="{new.pk}">Samhandlingsmidler 2026</option>' in body(page)
    assert f'<option value="{old.pk}">' not in body(page)
    assert 'value="carried"' not in body(page)  # there is none to choose

    answer = client.post(address_of(old), transfer(new), follow=True)

    assert answer.redirect_chain[0][0] == old.get_absolute_url()
    assert "40 000 kr er overført til Samhandlingsmidler 2026" in main(answer).replace("\u00a0", " ")
    assert (balance_of(old).remainder, balance_of(new).remainder_carried) == (0, 40_000)
    made = Transfer.objects.get()
    assert (made.made_by, made.on, made.reason) == (editor, date(2026, 3, 1), "Brukes neste år.")


def test_carried_money_is_chosen_apart(client_of, editor, pair):
    old, new = pair
    later = create_grant(scheme=old.scheme, year=2027)
    actions.transfer_money(
        from_grant=old, to_grant=new, amount=30_000, source=Source.NEW, on=date(2026, 3, 1), reason="Ja.",
        by=editor,
    )  # fmt: skip
    client = client_of(editor)
    words = main(client.get(address_of(new))).replace("\u00a0", " ")
    assert "Nye midler 100 000 kr" in words
    assert "Overførte midler 30 000 kr" in words

    client.post(address_of(new), transfer(later, source="carried", amount="30 000"))

    assert (balance_of(new).remainder_new, balance_of(new).remainder_carried) == (100_000, 0)


def test_a_rounded_frame_may_be_overdrawn_by_its_rounding_and_that_is_told(client_of, editor, scheme):
    old = create_grant(scheme=scheme, year=2025, amount=100_000, rounded_to=10_000)
    new = create_grant(scheme=scheme, year=2026)
    client = client_of(editor)
    assert "ca. 100 000 kr" in main(client.get(address_of(old))).replace("\u00a0", " ")

    answer = client.post(address_of(old), transfer(new, amount="103 000"), follow=True)

    assert "Nå er det fordelt 3 000 kr mer enn rammen" in main(answer).replace("\u00a0", " ")
    assert 'data-color="warning"' in body(answer)
    refused = client.post(address_of(old), transfer(new, amount="3 000"))
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"to_grant": ""}, "påkrevet"),
        ({"to_grant": "999999"}, "gyldig"),
        ({"source": ""}, "påkrevet"),
        ({"source": "carried"}, "gyldig"),
        ({"amount": "40 001"}, "Det er 40 000 kr igjen av nye midler"),
        ({"amount": "-5"}, "mindre enn null"),
        ({"on": ""}, "påkrevet"),
        ({"on": TOMORROW}, "fram i tid"),
        ({"on": "01.01.1999"}, "for langt tilbake"),
        ({"reason": " "}, "påkrevet"),
        ({"reason": "<b>Nei</b>"}, "HTML-koder"),
        ({"reason": "x" * 501}, "500"),
    ],
)
def test_a_transfer_that_cannot_be_made_moves_nothing(client_of, editor, pair, fields, sentence):
    old, new = pair

    answer = client_of(editor).post(address_of(old), transfer(new, **fields))

    assert answer.status_code == 422
    assert any(sentence in line.replace("\u00a0", " ") for line in errors(answer))
    assert (Transfer.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_a_transfer_sent_twice_moves_money_once(client_of, editor, scheme):
    old, new = create_grant(scheme=scheme, year=2025), create_grant(scheme=scheme, year=2026)
    client = client_of(editor)

    answers = [client.post(address_of(old), transfer(new)) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Transfer.objects.count() == 1


def test_nothing_left_is_nothing_to_carry(client_of, editor, pair):
    old, new = pair
    create_allocation(grant=old, amount=40_000, decision=old.allocations.get().decision)
    client = client_of(editor)
    words = main(client.get(address_of(old)))
    assert "Det er ikke noe igjen å overføre" in words
    assert "Hvilke penger?" not in words

    assert client.post(address_of(old), transfer(new)).status_code == 422
    assert not Transfer.objects.exists()


def test_without_another_grant_that_is_what_to_register(client_of, editor, scheme):
    grant = create_grant(scheme=scheme)
    page = client_of(editor).get(address_of(grant))

    assert "Det finnes ikke noe annet tilskudd å overføre til" in main(page)
    assert f'href="{NEW}?ordning=samhandling"' in body(page)


def test_what_was_typed_when_the_session_was_over_is_there_again(client_of, editor, scheme):
    client = client_of(None)
    client.post(NEW, facts(scheme, note="Skrevet uten innlogging."))
    client.force_login(editor)

    words = main(client.get(NEW))

    assert "er hentet fram, men ikke lagret" in words
    assert "Skrevet uten innlogging." in words
    assert not Grant.objects.exists()
