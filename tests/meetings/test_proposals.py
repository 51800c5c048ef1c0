"""Cases proposed by partners, and what the secretariat answers."""

import pytest
from django.core import mail
from django.urls import reverse

from meetings import actions
from meetings.models import Case
from meetings.rules import NotAllowed
from meetings.rules.cases import check_answer
from tests.factories import create_body, create_exemption, create_initiative, create_meeting
from tests.portfolio.pages import body, errors, main

pytestmark = pytest.mark.django_db


def address(name, case):
    return reverse(f"meetings:{name}", args=[case.public_id])


def test_a_contributor_proposes_and_reads_the_answer(client_of, contributor, outsider, editor, ssu):
    posted = {"title": "Ny avtale", "body": ssu.pk, "summary": "Vi ønsker en avtale.", "initiative": ""}
    page = client_of(contributor).post("/saker/foresla/", posted, follow=True)
    case = Case.objects.get()
    assert "Ny avtale" in main(page)
    assert client_of(outsider).get(case.get_absolute_url()).status_code == 404

    client_of(editor).post(address("proposal-answer", case), {"to": "returned", "answer": "Si mer."})
    page = client_of(contributor).get(case.get_absolute_url())
    assert "Si mer." in main(page)
    client_of(contributor).post(address("proposal-edit", case), {**posted, "summary": "Mer."})
    case.refresh_from_db()
    assert (case.state, case.summary) == ("proposed", "Mer.")
    assert "Ny avtale" in main(client_of(contributor).get("/saker/?vis=mine"))


@pytest.mark.parametrize(
    ("who", "status"),
    [("public", 302), ("member", 403), ("admin", 403), ("contributor", 200), ("leader", 200)],
)
def test_who_may_propose(client_of, cast, who, status):
    assert client_of(getattr(cast, who)).get("/saker/foresla/").status_code == status


def test_a_proposal_without_words_keeps_what_was_typed(client_of, contributor, ssu):
    page = client_of(contributor).post("/saker/foresla/", {"title": "Ny æøå", "body": ssu.pk, "summary": ""})

    assert (page.status_code, Case.objects.count()) == (422, 0)
    assert "Ny æøå" in body(page)


@pytest.mark.parametrize(
    ("to", "answer", "is_fine"),
    [
        ("backlog", "", True), ("later", "", False), ("later", "I februar.", True), ("returned", " ", False),
        ("returned", "Si mer.", True), ("withdrawn", "", False), ("withdrawn", "Nei.", True),
    ],
)  # fmt: skip
def test_what_an_answer_says(to, answer, is_fine):
    if is_fine:
        check_answer(to, answer)
    else:
        with pytest.raises(NotAllowed):
            check_answer(to, answer)


@pytest.fixture
def proposal(client_of, contributor, ssu):
    client_of(contributor).post("/saker/foresla/", proposed(ssu))
    return Case.objects.get()


def proposed(ssu, **fields):
    return {
        "title": "Ny avtale", "body": ssu.pk, "summary": "Vi ønsker en avtale.", "initiative": "",
        "wanted_meeting": "", **fields,
    }  # fmt: skip


def test_who_proposed_reads_the_answer_when_it_is_taken_in(
    client_of, editor, contributor, ssu_member, proposal
):
    page = client_of(editor).post(
        address("proposal-answer", proposal), {"to": "later", "answer": "Tas opp i september."}
    )
    proposal.refresh_from_db()
    seen = main(client_of(contributor).get(proposal.get_absolute_url()))

    assert (page.status_code, proposal.state) == (302, "backlog")
    assert "Svar fra sekretariatet Tas opp i september." in seen
    assert client_of(ssu_member).get(proposal.get_absolute_url()).status_code == 404
    assert client_of(contributor).get(address("proposal-edit", proposal)).status_code == 403


def test_a_postponement_says_until_when(client_of, editor, proposal):
    page = client_of(editor).post(address("proposal-answer", proposal), {"to": "later", "answer": ""})

    proposal.refresh_from_db()
    assert (page.status_code, errors(page), proposal.state) == (
        422,
        ["Skriv hvilket møte saken utsettes til."],
        "proposed",
    )


def test_a_returned_proposal_is_changed_in_all_it_says(client_of, editor, contributor, ssu, proposal):
    client_of(editor).post(
        address("proposal-answer", proposal), {"to": "returned", "answer": "Hvilket tiltak?"}
    )
    initiative, meeting = create_initiative(), create_meeting(body=ssu)
    client_of(contributor).post(
        address("proposal-edit", proposal),
        proposed(ssu, initiative=initiative.pk, wanted_meeting=meeting.pk),
    )

    proposal.refresh_from_db()
    assert (proposal.state, proposal.wanted_meeting, list(proposal.initiatives.all())) == (
        "proposed",
        meeting,
        [initiative],
    )
    page = main(client_of(editor).get(address("proposal-answer", proposal)))
    assert [words in page for words in (initiative.title, str(meeting))] == [True, True]


def test_a_wanted_meeting_is_of_the_body_that_is_wanted(client_of, contributor, ssu, pa):
    page = client_of(contributor).post(
        "/saker/foresla/", proposed(ssu, wanted_meeting=create_meeting(body=pa).pk)
    )

    assert errors(page) == ["Møtet er i et annet organ enn det som skal behandle saken."]


def test_only_coming_meetings_of_public_bodies_are_offered(client_of, contributor, ssu):
    coming = create_meeting(body=ssu)
    create_meeting(body=ssu, on=create_meeting(body=ssu, state="cancelled").day.replace(year=2020))
    create_meeting(body=create_body(visibility="internal"))
    form = client_of(contributor).get("/saker/foresla/").context["form"]

    assert list(form.fields["wanted_meeting"].queryset) == [coming]


def test_ones_own_initiatives_come_first(client_of, contributor):
    create_initiative(title="Et annet")
    create_initiative(title="Vårt", project_lead=contributor)
    create_initiative(title="Skjult", visibility="internal")
    form = client_of(contributor).get("/saker/foresla/").context["form"]
    groups = [
        (label, [title for _key, title in rows])
        for label, rows in list(form.fields["initiative"].choices)[1:]
    ]

    assert groups == [("Tiltakene deres", ["Vårt"]), ("Andre tiltak", ["Et annet"])]


def test_the_overview_tells_of_proposals(client_of, cast, ssu_member, proposal):
    people = {**vars(cast), "ssu": ssu_member}
    pages = {who: main(client_of(person).get("/")) for who, person in people.items()}

    assert {who for who, page in pages.items() if "Forslag venter på svar" in page} == {"editor"}
    assert {who for who, page in pages.items() if "Sakene du har foreslått" in page} == {"contributor"}
    assert {who for who, page in pages.items() if "Ny avtale" in page} == {"editor", "contributor"}


def test_an_answered_proposal_does_not_wait(client_of, editor, proposal):
    client_of(editor).post(address("proposal-answer", proposal), {"to": "backlog", "answer": ""})

    assert "Forslag venter på svar" not in main(client_of(editor).get("/"))


def test_an_announced_proposal_is_read_as_by_anybody_else(client_of, contributor, editor, proposal):
    Case.objects.filter(pk=proposal.pk).update(
        state="listed",
        announced_at="2026-01-01T12:00Z",
        exemption=create_exemption(),
        title="Oppsigelse av Navnesen",
        public_title="Personalsak",
    )
    pages = [main(client_of(person).get(proposal.get_absolute_url())) for person in (contributor, editor)]

    assert ["Navnesen" in page for page in pages] == [False, True]
    assert "Be om innsyn" in pages[0]


@pytest.mark.parametrize(
    ("to", "answer", "words"),
    [
        ("backlog", "", "tatt inn i saksbanken"),
        ("returned", "Si mer.", "sendt tilbake til deg"),
        ("withdrawn", "Hører ikke hjemme her.", "blir ikke tatt opp"),
    ],
)
def test_who_proposed_gets_the_answer_by_mail(editor, contributor, proposal, to, answer, words):
    actions.answer_proposal(case=proposal, to=to, answer=answer, by=editor)
    actions.send_waiting_notices()

    [letter] = mail.outbox
    assert letter.to == [contributor.email]
    assert words in letter.body
    assert answer in letter.body
    assert proposal.get_absolute_url() in letter.body
