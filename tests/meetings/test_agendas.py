"""The agenda: putting cases on it, their order, and publishing it."""

from datetime import date

import pytest

from accounts.models import LogEntry
from helsefellesskap import pdf
from meetings import rules
from meetings.actions import agendas, papers, publishing
from meetings.documents.agendas import agenda_differences, agenda_from, agenda_news, next_letter
from meetings.models import AgendaItem, AgendaVersion, Case, Document, Meeting, Notice
from tests.factories import (
    at,
    create_body,
    create_case,
    create_document,
    create_exemption,
    create_item,
    create_meeting,
    create_point,
    create_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_printing(monkeypatch):
    monkeypatch.setattr(pdf, "print_document", lambda template, context: f"%PDF {template}".encode())
    monkeypatch.setattr(pdf, "page_count", lambda content: 1)


@pytest.fixture
def meeting(ssu, ssu_member):
    return create_meeting(body=ssu, on=date(2027, 2, 18), state=Meeting.State.CALLED)


def ready(meeting, title="Sak", **fields):
    """A case on the agenda that can be published."""
    case = create_case(body=meeting.body, title=title, state=Case.State.REVIEW, kind="discussion", **fields)
    return create_item(meeting=meeting, case=case, released=False)


def publish(meeting, editor, **fields):
    meeting.refresh_from_db()
    return publishing.publish_agenda(meeting=meeting, by=editor, **fields)


def test_publishing_numbers_the_cases_in_the_order_of_the_agenda(meeting, editor):
    second, first = ready(meeting, "B", year=None), ready(meeting, "A")
    agendas.move_item(item=first, place=1, by=editor)

    version = publish(meeting, editor)

    numbers = {item.case.title: item.case.number for item in meeting.items.select_related("case__body")}
    meeting.refresh_from_db()
    assert numbers == {"A": "1/27", "B": "2/27"}
    assert (version.letter, meeting.state) == ("A", Meeting.State.PUBLISHED)
    assert [line["title"] for line in version.data["items"]] == ["A", "B"]
    assert second.case.announced_at is None
    assert Case.objects.filter(announced_at=None).count() == 0


def test_numbers_go_on_from_the_highest_and_are_never_reused(meeting, ssu, editor):
    create_case(body=ssu, year=2027, seq=7, state=Case.State.WITHDRAWN, announced=True)
    create_case(body=create_body(), year=2027, seq=30, announced=True)
    create_case(body=ssu, year=2026, seq=50, announced=True)
    item = ready(meeting)
    publish(meeting, editor)

    item.case.refresh_from_db()
    assert (item.case.seq, item.case.year) == (8, 2027)


def test_a_late_case_and_a_late_paper_say_so(meeting, editor, ssu_member):
    early = ready(meeting, "Tidlig")
    publish(meeting, editor)
    late = ready(meeting, "Sen")
    paper = create_document(case=early.case, released=False)

    version = publish(meeting, editor, note="Ny sak")

    late.refresh_from_db()
    early.refresh_from_db()
    paper.refresh_from_db()
    assert (version.letter, late.late_at is None, early.late_at) == ("B", False, None)
    assert paper.late_at == paper.released_at
    assert list(Notice.objects.order_by("pk").values_list("kind", "person", "round", "text")) == [
        ("papers", ssu_member.pk, 1, ""),
        ("papers", ssu_member.pk, 2, "Ny sak"),
    ]
    lines = {line.title: line for line in agenda_from(version.data, is_inside=True).lines}
    assert (lines["Sen"].late_at is None, lines["Tidlig"].papers[0].late_at is None) == (False, False)
    assert lines["Tidlig"].late_at is None


def test_papers_of_the_first_agenda_are_not_late(meeting, editor):
    paper = create_document(case=ready(meeting).case, released=False)
    publish(meeting, editor)

    paper.refresh_from_db()
    assert (paper.late_at, paper.released_at is None) == (None, False)
    assert paper.versions.get().released_at == paper.released_at


def test_the_same_again_makes_no_new_version(meeting, editor):
    ready(meeting)
    publish(meeting, editor)
    with pytest.raises(publishing.NothingNew):
        publish(meeting, editor)

    assert AgendaVersion.objects.count() == 1


def test_a_new_version_of_a_paper_makes_a_new_agenda(meeting, editor):
    document = create_document(case=ready(meeting).case, released=False)
    publish(meeting, editor)
    create_version(document=document, number=2, released=False)

    version = publish(meeting, editor)
    old, new = (agenda_from(one.data, is_inside=True) for one in meeting.agendas.order_by("pk"))
    assert version.letter == "B"
    assert [difference.what for difference in agenda_differences(old, new)] == ["Ny versjon"]


def write_paper(item, editor, text="<p>Saken gjelder noe.</p>", version=None):
    return papers.save_paper(
        case=item.case, sections={"purpose": text}, questions=[], version=version, by=editor
    )


def test_a_written_paper_is_on_the_agenda_it_is_published_with(meeting, editor):
    write_paper(ready(meeting), editor)
    version = publish(meeting, editor)

    shown = [
        (paper.title, paper.version) for paper in agenda_from(version.data, is_inside=True).lines[0].papers
    ]
    assert shown == [("Saksfremlegg", 1)]
    with pytest.raises(publishing.NothingNew):
        publish(meeting, editor)


def test_a_paper_that_is_written_anew_is_told_as_a_new_version(meeting, editor):
    item = ready(meeting)
    write_paper(item, editor)
    publish(meeting, editor)
    write_paper(item, editor, "<p>Nytt.</p>", version=1)
    publish(meeting, editor)

    assert [str(one.what) for one in agenda_news(meeting)] == ["Ny versjon"]


def test_the_papers_of_a_late_case_are_as_late_as_the_case(meeting, editor):
    ready(meeting)
    publish(meeting, editor)
    late = ready(meeting)
    write_paper(late, editor)
    annex = create_document(case=late.case, released=False)
    version = publish(meeting, editor)

    line = agenda_from(version.data, is_inside=True).lines[1]
    annex.refresh_from_db()
    assert (line.late_at, [paper.late_at for paper in line.papers]) == (version.published_at, [None] * 2)
    assert (annex.late_at, annex.released_at) == (None, version.published_at)


def test_a_late_document_of_the_meeting_says_so(meeting, editor):
    ready(meeting)
    publish(meeting, editor)
    document = create_document(meeting=meeting, title="Program", released=False)
    version = publish(meeting, editor)

    document.refresh_from_db()
    assert document.late_at == version.published_at
    assert [(one.what, one.title) for one in agenda_news(meeting)] == [("Nytt dokument", "Program (møtet)")]


def test_a_postponed_case_stays_postponed_when_the_agenda_is_published_again(meeting, editor):
    item, _other = ready(meeting, "Utsatt"), ready(meeting, "Blir")
    publish(meeting, editor)
    Case.objects.filter(pk=item.case_id).update(state=Case.State.POSTPONED)
    AgendaItem.objects.filter(pk=item.pk).update(outcome="postponed")
    version = publish(meeting, editor)

    item.case.refresh_from_db()
    assert item.case.state == Case.State.POSTPONED
    assert [line.mark for line in agenda_from(version.data, is_inside=True).lines] == ["utsatt", ""]
    assert [one.what for one in agenda_news(meeting)] == ["Utsatt"]


def test_a_case_withdrawn_before_it_was_published_is_not_on_the_agenda(meeting, editor):
    item = ready(meeting, "Ble ikke noe av")
    ready(meeting, "Blir")
    create_point(item=item)
    Case.objects.filter(pk=item.case_id).update(state=Case.State.WITHDRAWN)
    version = publish(meeting, editor)

    item.refresh_from_db()
    assert ([line["title"] for line in version.data["items"]], item.released_at) == (["Blir"], None)


def test_a_new_day_and_place_are_told(meeting, editor):
    ready(meeting)
    publish(meeting, editor)
    Meeting.objects.filter(pk=meeting.pk).update(
        day=date(2027, 3, 4), starts_at=at(date(2027, 3, 4), 9), place="Hamar"
    )
    publish(meeting, editor)

    assert [(one.what, one.title) for one in agenda_news(meeting)] == [
        ("Ny tid", "04.03.2027 kl.\u00a009.00"),
        ("Nytt sted", "Hamar"),
    ]


def test_what_to_look_over_does_not_stop_but_is_recorded(meeting, editor):
    document = create_document(case=ready(meeting).case, title="Kart", released=False, versions=0)
    create_version(document=document, content_type="image/png", extension="png", released=False)
    publish(meeting, editor)

    entry = LogEntry.objects.about(meeting).get(verb="publiserte sakliste")
    assert [warning.startswith("«Kart» er et bilde") for warning in entry.new["merknader"]] == [True]


def test_a_national_identity_number_in_the_note_is_refused(meeting, editor):
    ready(meeting)
    with pytest.raises(rules.NotAllowed):
        publish(meeting, editor, note="Om 13097248022")

    assert AgendaVersion.objects.count() == 0


def test_a_draft_of_a_redacted_version_is_looked_through_too(meeting, editor):
    document = create_document(
        case=ready(meeting).case, access="exempt", public_title="Notat", released=False
    )
    create_version(document=document, is_redacted=True, released=False, text="Født 130972 48022")
    with pytest.raises(publishing.NotReady):
        publish(meeting, editor)


def test_deadlines_are_kept_by_publishing(meeting, editor):
    for kind in ("items", "papers", "notice"):
        meeting.deadlines.create(kind=kind, due_on=date(2027, 1, 21))
    ready(meeting)
    publish(meeting, editor)

    kept = dict(meeting.deadlines.values_list("kind", "kept_by"))
    assert kept == {"items": editor.pk, "papers": editor.pk, "notice": None}


def blocked(meeting):
    return {
        "a meeting without a day": lambda: [
            ready(meeting),
            Meeting.objects.filter(pk=meeting.pk).update(day=date(2027, 2, 1), precision="month"),
        ],
        "a case of another body": lambda: Case.objects.filter(pk=ready(meeting).case_id).update(
            body=create_body()
        ),
        "a planned meeting": lambda: [
            ready(meeting),
            Meeting.objects.filter(pk=meeting.pk).update(state="planned"),
        ],
        "an empty agenda": lambda: None,
        "a draft": lambda: Case.objects.filter(pk=ready(meeting).case_id).update(state=Case.State.DRAFT),
        "a decision without a proposal": lambda: Case.objects.filter(pk=ready(meeting).case_id).update(
            kind="decision"
        ),
        "a national identity number": lambda: create_document(
            case=ready(meeting).case, title="Vedtak 13097248022", released=False
        ),
        "a number inside a file": lambda: (
            Document.objects.filter(pk=create_document(case=ready(meeting).case, released=False).pk)
            and create_version(
                document=create_document(case=ready(meeting, "To").case, released=False),
                number=2,
                released=False,
                text="Født 130972 48022",
            )
        ),
        "a document without a file": lambda: create_document(
            case=ready(meeting).case, released=False, versions=0
        ),
    }


@pytest.mark.parametrize(
    "why",
    [
        "a meeting without a day",
        "a case of another body",
        "a planned meeting",
        "an empty agenda",
        "a draft",
        "a decision without a proposal",
        "a national identity number",
        "a number inside a file",
        "a document without a file",
    ],
)
def test_what_stops_the_publishing_leaves_everything_as_it_was(meeting, editor, why):
    blocked(meeting)[why]()
    with pytest.raises(publishing.NotReady) as refusal:
        publish(meeting, editor)

    assert [problem.is_blocking for problem in refusal.value.problems] == [True]
    assert (AgendaVersion.objects.count(), Case.objects.exclude(seq=None).count()) == (0, 0)
    assert Document.objects.exclude(released_at=None).count() == 0


def test_a_decision_with_a_proposal_is_published(meeting, editor):
    item = ready(meeting)
    Case.objects.filter(pk=item.case_id).update(kind="decision")
    create_point(case=item.case, outcome="proposed")

    assert publish(meeting, editor).letter == "A"


def test_the_public_agenda_has_public_titles_alone(meeting, editor):
    item = ready(meeting, "Oppsigelse av Navnesen", exemption=create_exemption(), public_title="Personalsak")
    create_document(case=item.case, title="Brev om Navnesen", released=False)
    create_document(
        meeting=meeting, title="Notat om Navnesen", public_title="Notat", access="exempt", released=False
    )
    version = publish(meeting, editor)

    public, inside = (agenda_from(version.data, is_inside=inside) for inside in (False, True))
    assert "Navnesen" not in repr(public)
    assert [line.title for line in public.lines] == ["Personalsak"]
    assert public.lines[0].papers == []
    assert public.lines[0].basis == "offl. § 23 første ledd"
    assert [line.title for line in inside.lines] == ["Oppsigelse av Navnesen"]


def test_a_withdrawn_case_keeps_its_number_on_the_agenda(meeting, editor):
    item, _other = ready(meeting, "Trukket"), ready(meeting, "Blir")
    publish(meeting, editor)
    Case.objects.filter(pk=item.case_id).update(state=Case.State.WITHDRAWN)
    version = publish(meeting, editor)

    lines = agenda_from(version.data, is_inside=True).lines
    assert [(line.number, line.mark) for line in lines] == [("1/27", "trukket"), ("2/27", "")]


def test_a_written_paper_is_frozen_as_a_document(meeting, editor, monkeypatch):
    item = ready(meeting, "Skriftlig")
    papers.save_paper(
        case=item.case,
        sections={"purpose": "<p>Saken gjelder <b>noe</b>.</p>"},
        questions=["Hva nå?"],
        version=None,
        by=editor,
    )
    publish(meeting, editor)

    version = Document.objects.get(case=item.case).versions.get()
    assert version.content["sections"] == [["Saken gjelder", "<p>Saken gjelder <strong>noe</strong>.</p>"]]
    assert (version.content["number"], version.content["questions"]) == ("1/27", ["Hva nå?"])
    assert version.released_at is not None

    papers.save_paper(
        case=item.case, sections={"purpose": "<p>Nytt.</p>"}, questions=[], version=1, by=editor
    )
    assert publish(meeting, editor).letter == "B"
    assert Document.objects.get(case=item.case).versions.count() == 2


def test_what_changes_while_it_is_printed_is_printed_again(meeting, editor, monkeypatch):
    item = ready(meeting, "Gammel tittel")
    real, calls = publishing.agenda_print, []

    def meddle(agenda):
        if not calls:
            Case.objects.filter(pk=item.case_id).update(title="Ny tittel")
        calls.append(agenda)
        return real(agenda)

    monkeypatch.setattr(publishing, "agenda_print", meddle)
    version = publish(meeting, editor)

    assert version.data["items"][0]["title"] == "Ny tittel"
    assert len(calls) == 4


def test_a_failure_at_the_end_leaves_nothing(meeting, editor, monkeypatch):
    ready(meeting)

    def fail(**_fields):
        raise OSError("disk full")

    monkeypatch.setattr(publishing, "record", fail)
    with pytest.raises(OSError, match="disk full"):
        publish(meeting, editor)

    meeting.refresh_from_db()
    assert (meeting.state, AgendaVersion.objects.count(), Case.objects.exclude(seq=None).count()) == (
        "called",
        0,
        0,
    )


def test_a_case_is_put_on_the_agenda_of_its_own_body_once(meeting, editor, pa):
    case = create_case(body=meeting.body)
    first = agendas.put_on_agenda(meeting=meeting, case=case, by=editor)

    assert agendas.put_on_agenda(meeting=meeting, case=case, by=editor) == first
    assert LogEntry.objects.about(meeting).count() == 1
    with pytest.raises(rules.NotAllowed):
        agendas.put_on_agenda(meeting=meeting, case=create_case(body=pa), by=editor)
    with pytest.raises(rules.NotAllowed):
        agendas.put_on_agenda(
            meeting=create_meeting(body=meeting.body, on=date(2027, 9, 9)), case=case, by=editor
        )


@pytest.mark.parametrize("state", ["withdrawn", "closed", "proposed", "returned"])
def test_cases_that_are_not_put_on_an_agenda(meeting, editor, state):
    with pytest.raises(rules.NotAllowed):
        agendas.put_on_agenda(meeting=meeting, case=create_case(body=meeting.body, state=state), by=editor)


@pytest.mark.parametrize("state", ["approved", "archived", "cancelled"])
def test_the_agenda_stands_when_the_minutes_are_approved_or_the_meeting_is_off(meeting, editor, state):
    item = ready(meeting)
    Meeting.objects.filter(pk=meeting.pk).update(
        state=state, cancel_reason="x" if state == "cancelled" else ""
    )
    item.meeting.refresh_from_db()
    for change in (
        lambda: agendas.put_on_agenda(meeting=meeting, case=create_case(body=meeting.body), by=editor),
        lambda: agendas.take_off_agenda(item=item, by=editor),
        lambda: agendas.move_item(item=item, place=1, by=editor),
        lambda: agendas.send_to_review(meeting=meeting, by=editor),
    ):
        with pytest.raises(rules.NotAllowed):
            change()


@pytest.mark.parametrize("state", ["held", "drafted"])
def test_what_came_up_at_the_meeting_is_published_after_it(meeting, editor, state):
    planned = ready(meeting)
    publish(meeting, editor)
    Meeting.objects.filter(pk=meeting.pk).update(state=state)
    meeting.refresh_from_db()
    raised = ready(meeting, "Eventuelt")
    slides = create_document(case=planned.case, kind="presentation", released=False)
    publish(meeting, editor)

    for row in (meeting, planned, raised, slides):
        row.refresh_from_db()
    assert (meeting.state, raised.case.seq, raised.late_at is None) == (state, planned.case.seq + 1, False)
    assert slides.released_at is not None


def test_only_what_was_not_published_is_taken_off(meeting, editor):
    item = ready(meeting)
    publish(meeting, editor)
    with pytest.raises(rules.NotAllowed):
        agendas.take_off_agenda(item=item, by=editor)

    other = ready(meeting)
    agendas.take_off_agenda(item=other, by=editor)
    assert list(AgendaItem.objects.all()) == [item]


def test_all_drafts_go_to_the_leaders_at_once(meeting, editor):
    for state in ("draft", "backlog", "review"):
        create_item(meeting=meeting, case=create_case(body=meeting.body, state=state), released=False)

    assert agendas.send_to_review(meeting=meeting, by=editor) == 2
    assert set(Case.objects.values_list("state", flat=True)) == {"review"}


def test_places_are_kept_together(meeting, editor):
    items = [ready(meeting, title) for title in "ABC"]
    agendas.move_item(item=items[2], place=1, by=editor)

    assert list(meeting.items.in_order().values_list("case__title", "order")) == [
        ("C", 1),
        ("A", 2),
        ("B", 3),
    ]


@pytest.mark.parametrize(("published", "letter"), [(0, "A"), (1, "B"), (25, "Z"), (26, "AA"), (27, "AB")])
def test_letters_go_on(published, letter):
    assert next_letter(published) == letter


def test_a_postponed_case_is_listed_again_under_its_number(meeting, ssu, editor):
    item = ready(meeting)
    publish(meeting, editor)
    Case.objects.filter(pk=item.case_id).update(state=Case.State.POSTPONED)
    AgendaItem.objects.filter(pk=item.pk).update(outcome="postponed")
    later = create_meeting(body=ssu, on=date(2028, 2, 18), state="called")
    agendas.put_on_agenda(meeting=later, case=Case.objects.get(pk=item.case_id), by=editor)
    publish(later, editor)

    case = Case.objects.get(pk=item.case_id)
    assert (case.number, case.items.count(), case.state) == ("1/27", 2, "listed")
