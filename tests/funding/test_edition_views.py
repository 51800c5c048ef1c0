"""Frozen tables of grants, and sending a table to a meeting."""

import hashlib
from datetime import date, timedelta
from uuid import uuid4

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import LogEntry
from funding import actions
from helsefellesskap import pdf
from meetings.models import Document
from portfolio.models import Edition
from tests.factories import (
    create_allocation,
    create_body,
    create_case,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_item,
    create_meeting,
)
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db

LIST, NEW = "/midler/utgaver/", "/midler/utgaver/ny/"
JUNE = date(2025, 6, 30)
TODAY = timezone.localdate()
TOMORROW = (TODAY + timedelta(days=1)).isoformat()
EVERYBODY = ["public", "member", "outsider", "contributor", "leader", "editor", "admin"]
FORBIDDEN = ["member", "outsider", "contributor", "leader", "admin"]


@pytest.fixture
def grant(db):
    grant = create_grant(year=2024, amount=1_000_000)
    decision = create_funding_decision()
    house = create_initiative(title="Familiens hus", slug="hus")
    secret = create_initiative(title="Hemmelig", visibility="internal")
    create_allocation(grant=grant, initiative=house, amount=400_000, decision=decision)
    create_allocation(grant=grant, initiative=secret, amount=100_000, decision=decision)
    return grant


def plain(response):
    return main(response).replace("\u00a0", " ")


def pdf_text(content):
    document = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def said(**changed):
    return {"title": "Midler juni", "as_of": "2025-06-30", "note": "Til SSU.", **changed}


def new_of(grant):
    return f"{NEW}?tilskudd={grant.public_id}"


def publish(grant, editor, **fields):
    return actions.publish_funding_edition(
        grant=grant,
        as_of=fields.pop("as_of", JUNE),
        title=fields.pop("title", str(grant)),
        by=editor,
        **fields,
    )


# Publishing


def test_the_public_is_sent_to_sign_in(client_of, grant):
    for address in (NEW, new_of(grant), f"/midler/tilskudd/{grant.public_id}/send/"):
        answer = client_of(None).get(address)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/konto/login/")


@pytest.mark.parametrize("who", FORBIDDEN)
def test_only_the_secretariat_publishes_and_sends(client_of, cast, grant, who):
    client = client_of(getattr(cast, who))
    for address in (NEW, new_of(grant), f"/midler/tilskudd/{grant.public_id}/send/"):
        assert (client.get(address).status_code, client.post(address, said()).status_code) == (403, 403)
    assert (Edition.objects.count(), Document.objects.count()) == (0, 0)


def test_the_grant_is_chosen_first(client_of, editor, grant):
    client = client_of(editor)

    for address in (NEW, f"{NEW}?tilskudd=tull"):
        assert f'href="{new_of(grant)}"' in body(client.get(address))
    assert client.get(f"{NEW}?tilskudd={uuid4()}").status_code == 404


def test_without_a_grant_there_is_nothing_to_publish(client_of, editor):
    assert "Registrer tilskuddet først" in main(client_of(editor).get(NEW))


def test_the_form_opens_with_the_name_and_the_day_that_was_shown(client_of, editor, grant):
    page = body(client_of(editor).get(f"{new_of(grant)}&dato=2025-06-30"))

    assert 'value="Ordning 2024"' in page
    assert 'value="2025-06-30"' in page
    for nonsense in ("", TOMORROW, "%00abc"):
        page = body(client_of(editor).get(f"{new_of(grant)}&dato={nonsense}"))
        assert f'value="{TODAY.isoformat()}"' in page


def test_an_edition_is_frozen_whatever_happens_afterwards(client_of, editor, grant):
    answer = client_of(editor).post(new_of(grant), said())
    assert (answer.status_code, answer.url) == (302, f"{LIST}1/")
    edition = Edition.objects.get()
    public = client_of(None)
    page = plain(public.get(f"{LIST}1/"))
    content = b"".join(public.get(f"{LIST}1.pdf").streaming_content)
    assert hashlib.sha256(content).hexdigest() == edition.sha256
    assert edition.sha256 in page
    assert "Utgave 1, midler per 30.06.2025" in page
    assert ("Familiens hus" in page, "400 000 kr" in page, "500 000 kr" in page) == (True, True, True)
    assert "Hemmelig" not in page
    assert "Hemmelig" not in pdf_text(content)

    create_allocation(grant=grant, amount=50_000, decision=grant.allocations.first().decision)
    assert plain(public.get(f"{LIST}1/")) == page
    assert b"".join(public.get(f"{LIST}1.pdf").streaming_content) == content


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_editions_and_only_the_secretariat_is_offered_a_new_one(client_of, cast, grant, who):
    publish(grant, cast.editor, note="Til SSU.")
    client = client_of(getattr(cast, who))
    page = client.get(LIST)

    assert "1 Ordning 2024 30.06.2025" in main(page)
    assert (f'href="{NEW}"' in body(page)) == (who == "editor")
    detail = client.get(f"{LIST}1/")
    assert detail.status_code == 200
    assert ("av Sekretariatet" in main(detail)) == (who in {"outsider", "contributor", "leader", "editor"})
    assert client.get(f"{LIST}1.pdf")["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("number", [2, 99])
def test_an_edition_that_is_not_there_is_not_found(client_of, editor, grant, number):
    publish(grant, editor)
    Edition.objects.create(
        number=2,
        title="Handlingsdel",
        as_of=JUNE,
        data={"day": "2025-06-27", "groups": []},
        published_by=editor,
    )

    assert client_of(None).get(f"{LIST}{number}/").status_code == 404
    assert client_of(None).get(f"{LIST}{number}.pdf").status_code == 404
    assert "Handlingsdel" not in main(client_of(None).get(LIST))


def test_no_edition_yet_is_said(client_of, db):
    assert "Ingen utgaver ennå" in main(client_of(None).get(LIST))


def test_an_edition_links_only_to_pages_the_reader_may_open_now(client_of, editor, grant):
    publish(grant, editor)
    initiative = grant.allocations.get(initiative__slug="hus").initiative
    assert 'href="/tiltak/hus/"' in body(client_of(None).get(f"{LIST}1/"))
    initiative.visibility = "internal"
    initiative.save()

    public, inside = (body(client_of(user).get(f"{LIST}1/")) for user in (None, editor))

    assert ("Familiens hus" in public, 'href="/tiltak/hus/"' in public) == (True, False)
    assert 'href="/tiltak/hus/"' in inside


def test_an_older_address_still_leads_on(client_of, editor, grant):
    publish(grant, editor)
    initiative = grant.allocations.get(initiative__slug="hus").initiative
    initiative.old_slugs.create(slug="hus")
    initiative.slug = "nytt-hus"
    initiative.save()

    assert 'href="/tiltak/hus/"' in body(client_of(None).get(f"{LIST}1/"))
    assert client_of(None).get("/tiltak/hus/", follow=True).status_code == 200


def test_a_new_edition_supersedes_one_of_the_same_grant(client_of, editor, grant):
    first = publish(grant, editor)
    other = publish(create_grant(year=2025), editor, as_of=TODAY)
    client = client_of(editor)
    page = body(client.get(new_of(grant)))
    assert (f'<option value="{first.pk}">' in page, f'<option value="{other.pk}">' in page) == (True, False)

    client.post(new_of(grant), said(supersedes=str(first.pk)))

    public = client_of(None)
    assert "Denne utgaven er erstattet av utgave 3 ." in main(public.get(f"{LIST}1/"))
    assert "Erstatter utgave 1" in main(public.get(f"{LIST}3/"))
    assert "Erstattet av utgave 3" in main(public.get(LIST))
    assert f'<option value="{first.pk}">' not in body(client.get(new_of(grant)))


def test_an_edition_sent_twice_is_published_once(client_of, editor, grant):
    client = client_of(editor)
    client.post(new_of(grant), said())

    again = client.post(new_of(grant), said())

    assert again.status_code == 422
    assert "allerede publisert, som utgave 1" in main(again)
    assert Edition.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": ""}, "påkrevet"),
        ({"title": "<b>Juni</b>"}, "HTML-koder"),
        ({"note": "x" * 501}, "500"),
        ({"as_of": TOMORROW}, "fram i tid"),
        ({"as_of": "abc"}, "dd.mm.åååå"),
        ({"supersedes": "99"}, "gyldig"),
    ],
)
def test_an_edition_that_cannot_be_published_leaves_nothing(client_of, editor, grant, fields, sentence):
    answer = client_of(editor).post(new_of(grant), {**said(), **fields})

    assert answer.status_code == 422
    assert any(sentence in line for line in errors(answer))
    assert (Edition.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_a_print_that_fails_is_explained_on_the_form(client_of, editor, grant, monkeypatch):
    def fail(*_args, **_options):
        raise pdf.PrintError("Utskriften gikk ikke.")

    monkeypatch.setattr(pdf, "print_document", fail)
    meeting = create_meeting(on=TODAY + timedelta(days=30))
    client = client_of(editor)

    for answer in (
        client.post(new_of(grant), said()),
        client.post(f"/midler/tilskudd/{grant.public_id}/send/", {"meeting": meeting.pk}),
    ):
        assert answer.status_code == 422
        assert "Utskriften gikk ikke." in main(answer)
    assert (Edition.objects.count(), Document.objects.count()) == (0, 0)


def test_the_list_costs_the_same_whatever_its_length(client_of, editor, grant):
    client, counts = client_of(None), []
    for number in range(3):
        Edition.objects.create(
            kind="funding", number=number + 1, title=f"Midler {number}", as_of=JUNE, data={}, published_by=editor
        )  # fmt: skip
        if number != 1:
            with CaptureQueriesContext(connection) as queries:
                client.get(LIST)
            counts.append(len(queries))

    assert counts[0] == counts[1]


# To a meeting


@pytest.fixture
def meeting(ssu):
    return create_meeting(body=ssu, on=TODAY + timedelta(days=30))


def send_of(grant):
    return f"/midler/tilskudd/{grant.public_id}/send/"


def test_the_table_is_sent_to_a_meeting_as_the_public_sees_it(client_of, editor, grant, meeting):
    answer = client_of(editor).post(send_of(grant), {"meeting": meeting.pk}, follow=True)

    assert answer.redirect_chain == [(meeting.get_absolute_url(), 302)]
    document = Document.objects.get()
    assert (document.meeting, document.case, document.access) == (meeting, None, "public")
    assert document.released_at is None
    assert f"«{document.title}» er lagt til {meeting}." in main(answer)
    text = pdf_text(document.versions.get().file.read())
    assert ("Familiens hus" in text, "Hemmelig" in text) == (True, False)
    assert LogEntry.objects.about(grant).get().by == editor


def test_the_table_of_a_day_becomes_an_annex_of_a_case(client_of, editor, grant, meeting):
    case = create_case(body=meeting.body, title="Midlene for 2024", state="listed")
    create_item(meeting=meeting, case=case, released=False)
    client = client_of(editor)
    page = body(client.get(f"{send_of(grant)}?dato=2025-02-19"))
    assert 'value="2025-02-19"' in page
    assert f'<optgroup label="{meeting}">' in page
    assert "Midlene for 2024</option>" in page

    client.post(send_of(grant), {"meeting": meeting.pk, "case": case.pk, "day": "2025-02-19"})

    document = Document.objects.get()
    assert (document.meeting, document.case) == (None, case)
    assert document.title == "Ordning 2024 per 19.02.2025"
    assert "Familiens hus" not in pdf_text(document.versions.get().file.read())  # allocated the day after


def test_the_table_sent_twice_is_one_document(client_of, editor, grant, meeting):
    client = client_of(editor)

    answers = [client.post(send_of(grant), {"meeting": meeting.pk}) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Document.objects.count() == 1


def test_only_meetings_ahead_and_the_cases_that_wait_there_are_offered(client_of, editor, grant, meeting):
    held = create_meeting(body=meeting.body, on=date(2025, 1, 10), state="held")
    cancelled = create_meeting(body=meeting.body, on=TODAY + timedelta(days=60), state="cancelled")
    old = create_case(body=meeting.body, title="Gammel sak", state="treated")
    create_item(meeting=held, case=old)
    client = client_of(editor)
    page = body(client.get(send_of(grant)))
    assert f'<option value="{meeting.pk}">' in page
    assert "Gammel sak" not in page

    for other in (held, cancelled):
        answer = client.post(send_of(grant), {"meeting": other.pk})
        assert answer.status_code == 422
        assert any("gyldig" in line for line in errors(answer))
    assert not Document.objects.exists()


def test_a_case_of_another_meeting_is_refused_at_the_field(client_of, editor, grant, meeting):
    other = create_meeting(body=create_body(), on=TODAY + timedelta(days=40))
    case = create_item(meeting=other, released=False).case

    answer = client_of(editor).post(send_of(grant), {"meeting": meeting.pk, "case": case.pk})

    assert answer.status_code == 422
    assert errors(answer) == ["Saken står ikke på saklisten til møtet."]
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"meeting": ""}, "påkrevet"),
        ({"meeting": "999999"}, "gyldig"),
        ({"case": "999999"}, "gyldig"),
        ({"day": TOMORROW}, "fram i tid"),
        ({"day": "abc"}, "dd.mm.åååå"),
    ],
)
def test_what_cannot_be_sent_leaves_nothing(client_of, editor, grant, meeting, fields, sentence):
    answer = client_of(editor).post(send_of(grant), {"meeting": meeting.pk, **fields})

    assert answer.status_code == 422
    assert any(sentence in line for line in errors(answer))
    assert (Document.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_without_a_meeting_ahead_one_is_planned_first(client_of, editor, grant):
    page = client_of(editor).get(send_of(grant))

    assert "Ingen kommende møter" in main(page)
    assert 'href="/moter/"' in body(page)
