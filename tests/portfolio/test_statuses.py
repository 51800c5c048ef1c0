"""Reporting status: the life of a report, its corrections, collisions, and its trail."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import LogEntry
from portfolio import actions, rules
from portfolio.actions.statuses import SeveralChanged
from portfolio.models import Initiative, StatusReport
from portfolio.rules import Status
from tests.factories import create_initiative, create_organisation, create_report, create_user, phase

pytestmark = pytest.mark.django_db

SPRING = date(2025, 3, 1)
JUNE = date(2025, 6, 27)
AUTUMN = date(2025, 10, 1)


def said(comment: str = "Prøver ut.", *, on: date = AUTUMN, cell: str = "losning", **fields) -> Status:
    first, _dash, last = cell.partition("-")
    fields = {"state": "active" if cell else "not_started", **fields}
    return Status(reported_on=on, phase_from=phase(first), phase_to=phase(last), comment=comment, **fields)


def publish(initiative, status, *, by, based_on="newest"):
    if based_on == "newest":
        based_on = Initiative.objects.get(pk=initiative.pk).latest_report_id
    return actions.publish_status(initiative=initiative, status=status, based_on=based_on, by=by)


def newest(initiative) -> StatusReport | None:
    return StatusReport.objects.published().filter(initiative=initiative).newest_first().first()


def test_publish_status_moves_the_pointer_and_writes_the_trail(editor):
    initiative = create_initiative()
    before = create_report(initiative=initiative, on=JUNE, phases="innsikt", comment="Kartlegger.")

    report = publish(initiative, said("Prøver ut."), by=editor)

    initiative.refresh_from_db()
    assert initiative.latest_report == report
    assert report.published_by == editor
    assert report.reported_by == editor
    assert report.corrects is None
    entry = LogEntry.objects.about(initiative).get()
    assert (entry.by, entry.verb) == (editor, "publiserte status")
    assert entry.old["comment"] == before.comment
    assert entry.new["comment"] == "Prøver ut."
    assert (entry.old["phase_name"], entry.new["phase_name"]) == ("Innsikt", "Løsning")


def test_first_status_of_an_initiative_has_no_old_values(editor):
    initiative = create_initiative()

    report = publish(initiative, said(), by=editor, based_on=None)

    initiative.refresh_from_db()
    assert initiative.latest_report == report
    assert LogEntry.objects.about(initiative).get().old == {}


def test_status_is_reported_for_the_organisation_of_who_reports():
    valdres = create_organisation(name="Valdres")
    initiative = create_initiative()

    report = publish(initiative, said(), by=create_user(role="editor", organisation=valdres))

    assert report.reporter_org == valdres


def test_second_report_on_the_same_day_corrects_the_first(editor):
    initiative = create_initiative()
    first = create_report(initiative=initiative, on=JUNE, comment="Skriveffeil.")

    report = publish(initiative, said("Skrivefeil.", on=JUNE), by=editor)

    assert report.corrects == first
    initiative.refresh_from_db()
    assert initiative.latest_report == report
    entry = LogEntry.objects.about(initiative).get()
    assert entry.verb == "rettet status"
    assert (entry.old["comment"], entry.new["comment"]) == ("Skriveffeil.", "Skrivefeil.")


def test_a_correction_is_corrected_in_turn(editor):
    initiative = create_initiative()
    first, second, third = (publish(initiative, said(text, on=JUNE), by=editor) for text in ("a", "b", "c"))

    assert (first.corrects, second.corrects, third.corrects) == (None, first, second)
    initiative.refresh_from_db()
    assert initiative.latest_report == third


def test_a_report_for_an_earlier_day_goes_into_history_and_leaves_the_pointer(editor):
    initiative = create_initiative()
    now = create_report(initiative=initiative, on=JUNE, comment="Nyest.")

    late = publish(initiative, said("Kom sent.", on=SPRING), by=editor)

    initiative.refresh_from_db()
    assert initiative.latest_report == now
    assert [report.pk for report in initiative.reports.newest_first()] == [now.pk, late.pk]


def test_a_step_is_judged_by_the_report_before_that_day(editor):
    initiative = create_initiative()
    create_report(initiative=initiative, on=SPRING, phases="oppstart")
    create_report(initiative=initiative, on=AUTUMN, phases="drift")

    with pytest.raises(rules.NotAllowed) as no:
        publish(initiative, said(on=JUNE, cell="losning"), by=editor)
    assert no.value.field == "reason"

    publish(initiative, said(on=JUNE, cell="innsikt"), by=editor)


def test_a_correction_is_judged_by_the_day_before_and_not_by_what_it_corrects(editor):
    initiative = create_initiative()
    create_report(initiative=initiative, on=SPRING, phases="oppstart")
    wrong = create_report(initiative=initiative, on=JUNE, phases="drift")

    report = publish(initiative, said(on=JUNE, cell="innsikt"), by=editor)

    assert report.corrects == wrong


def test_the_same_status_sent_twice_is_saved_once(editor):
    initiative = create_initiative()
    before = create_report(initiative=initiative, on=JUNE)
    saved = publish(initiative, said(), by=editor, based_on=before.pk)

    with pytest.raises(rules.AlreadySaved) as no:
        publish(initiative, said(), by=editor, based_on=before.pk)

    assert no.value.report == saved
    assert StatusReport.objects.count() == 2
    assert LogEntry.objects.count() == 1


def test_a_backdated_status_sent_twice_is_saved_once(editor):
    initiative = create_initiative()
    newest_of_all = create_report(initiative=initiative, on=AUTUMN)
    backdated = said("Kom sent.", on=JUNE)
    publish(initiative, backdated, by=editor, based_on=newest_of_all.pk)

    with pytest.raises(rules.AlreadySaved):
        publish(initiative, backdated, by=editor, based_on=newest_of_all.pk)

    assert StatusReport.objects.count() == 2


def test_the_same_words_of_somebody_else_are_a_collision(editor):
    initiative = create_initiative()
    before = create_report(initiative=initiative, on=JUNE)
    publish(initiative, said(), by=editor, based_on=before.pk)

    with pytest.raises(rules.Changed):
        publish(initiative, said(), by=create_user(role="editor"), based_on=before.pk)


def test_publish_status_tells_when_somebody_else_was_first(editor):
    initiative = create_initiative()
    seen = create_report(initiative=initiative, on=JUNE)
    by_another = create_report(initiative=initiative, on=AUTUMN, comment="Noe nytt.")

    with pytest.raises(rules.Changed) as refusal:
        publish(initiative, said("Mitt."), by=editor, based_on=seen.pk)

    assert refusal.value.newest == by_another
    assert StatusReport.objects.count() == 2
    assert LogEntry.objects.count() == 0

    publish(initiative, said("Mitt."), by=editor, based_on=by_another.pk)
    assert newest(initiative).comment == "Mitt."


def test_a_form_opened_before_the_first_report_collides_too(editor):
    initiative = create_initiative()
    create_report(initiative=initiative, on=JUNE)

    with pytest.raises(rules.Changed):
        publish(initiative, said(), by=editor, based_on=None)


def test_a_closed_initiative_gets_no_status(editor):
    initiative = create_initiative()
    actions.close_initiative(initiative=initiative, closed_as="archived", reason="Ferdig.", by=editor)

    with pytest.raises(rules.NotAllowed, match="tatt ut"):
        publish(initiative, said(), by=editor)

    assert StatusReport.objects.count() == 0


def test_a_refused_status_leaves_no_trace(editor):
    initiative = create_initiative()
    tomorrow = timezone.localdate() + timedelta(days=1)

    with pytest.raises(rules.NotAllowed):
        publish(initiative, said(on=tomorrow), by=editor)

    assert (StatusReport.objects.count(), LogEntry.objects.count()) == (0, 0)


# One text for several


def several(number: int, comment: str = "Felles.") -> list[tuple[Initiative, Status, int | None]]:
    initiatives = [create_initiative() for _ in range(number)]
    return [
        (initiative, said(comment), create_report(initiative=initiative, on=JUNE).pk)
        for initiative in initiatives
    ]


def test_publish_statuses_gives_each_its_own_report_and_trail(editor):
    saved = actions.publish_statuses(statuses=several(3), by=editor)

    assert [report.comment for report in saved] == ["Felles."] * 3
    assert len({report.initiative_id for report in saved}) == 3
    assert LogEntry.objects.count() == 3


def test_publish_statuses_saves_all_or_none_and_names_the_one_refused(editor):
    statuses = several(3)
    seen = statuses[2][0]
    create_report(initiative=seen, on=SPRING + timedelta(days=200), comment="Noe nytt.")

    with pytest.raises(SeveralChanged) as no:
        actions.publish_statuses(statuses=statuses, by=editor)
    assert [report.initiative for report in no.value.newest] == [seen]

    assert StatusReport.objects.count() == 4
    assert LogEntry.objects.count() == 0


def test_publish_statuses_sent_twice_saves_once(editor):
    statuses = several(2)
    actions.publish_statuses(statuses=statuses, by=editor)

    assert actions.publish_statuses(statuses=statuses, by=editor) == []
    assert StatusReport.objects.count() == 4


# Drafts


def test_save_draft_keeps_one_for_each_person_and_leaves_the_pointer(contributor, outsider):
    initiative = create_initiative(project_lead=contributor)
    first = actions.save_draft(initiative=initiative, status=said("Førs"), by=contributor)
    again = actions.save_draft(initiative=initiative, status=said("Første tanke."), by=contributor)
    other = actions.save_draft(initiative=initiative, status=said("En annen."), by=outsider)

    assert again == first != other
    assert again.comment == "Første tanke."
    assert again.publication == "draft"
    assert again.reporter_org == contributor.organisation
    initiative.refresh_from_db()
    assert initiative.latest_report is None


def test_a_draft_is_sent_in_returned_sent_again_and_published(contributor, editor):
    initiative = create_initiative(project_lead=contributor)
    draft = actions.save_draft(initiative=initiative, status=said("Utkast."), by=contributor)

    actions.submit_status(report=draft, by=contributor)
    actions.return_status(report=draft, comment="Skriv mer.", by=editor)
    draft.refresh_from_db()
    assert (draft.publication, draft.return_comment) == ("draft", "Skriv mer.")

    draft = actions.save_draft(initiative=initiative, status=said("Nå med mer."), by=contributor)
    actions.submit_status(report=draft, by=contributor)
    draft.refresh_from_db()
    assert (draft.publication, draft.return_comment) == ("submitted", "")

    report = actions.publish_submitted(report=draft, based_on=None, by=editor)
    initiative.refresh_from_db()
    assert initiative.latest_report == report
    assert (report.reported_by, report.published_by) == (contributor, editor)
    assert [(entry.verb, entry.by) for entry in LogEntry.objects.order_by("pk")] == [
        ("sendte inn status", contributor),
        ("sendte tilbake status", editor),
        ("sendte inn status", contributor),
        ("publiserte status", editor),
    ]


def test_writing_on_what_was_sent_in_takes_it_back(contributor):
    initiative = create_initiative(project_lead=contributor)
    draft = actions.save_draft(initiative=initiative, status=said("Utkast."), by=contributor)
    actions.submit_status(report=draft, by=contributor)

    again = actions.save_draft(initiative=initiative, status=said("Jeg tok feil."), by=contributor)

    assert again == draft
    assert StatusReport.objects.get().publication == "draft"


def test_a_step_back_can_be_a_draft_but_is_not_sent_without_a_reason(contributor):
    initiative = create_initiative(project_lead=contributor)
    create_report(initiative=initiative, on=JUNE, phases="drift")
    draft = actions.save_draft(initiative=initiative, status=said(cell="oppstart"), by=contributor)

    with pytest.raises(rules.NotAllowed) as no:
        actions.submit_status(report=draft, by=contributor)
    assert no.value.field == "reason"

    actions.save_draft(
        initiative=initiative, status=said(cell="oppstart", reason="Ny start."), by=contributor
    )
    actions.submit_status(report=draft, by=contributor)


@pytest.mark.parametrize("comment", ["", "  ", "<b>Nei</b>"])
def test_a_report_is_returned_only_with_what_must_be_changed(contributor, editor, comment):
    initiative = create_initiative(project_lead=contributor)
    report = create_report(initiative=initiative, publication="submitted", by=contributor)

    with pytest.raises(rules.NotAllowed) as no:
        actions.return_status(report=report, comment=comment, by=editor)

    assert no.value.field == "return_comment"
    report.refresh_from_db()
    assert report.publication == "submitted"


def test_what_must_be_changed_is_not_longer_than_its_field(contributor, editor):
    report = create_report(initiative=create_initiative(), publication="submitted", by=contributor)

    with pytest.raises(rules.NotAllowed) as no:
        actions.return_status(report=report, comment="x" * 501, by=editor)

    assert no.value.field == "return_comment"


@pytest.mark.parametrize("verb", ["submit", "return", "publish"])
def test_a_published_report_has_no_next_state(editor, verb):
    report = create_report(initiative=create_initiative())
    act = {
        "submit": lambda: actions.submit_status(report=report, by=editor),
        "return": lambda: actions.return_status(report=report, comment="Nei.", by=editor),
        "publish": lambda: actions.publish_submitted(report=report, based_on=report.pk, by=editor),
    }[verb]

    with pytest.raises(rules.NotAllowed, match=r"kan ikke bli|er allerede"):
        act()


def test_a_submitted_report_collides_with_what_was_published_after_it_was_seen(contributor, editor):
    initiative = create_initiative(project_lead=contributor)
    report = create_report(initiative=initiative, on=AUTUMN, publication="submitted", by=contributor)
    create_report(initiative=initiative, on=JUNE)

    with pytest.raises(rules.Changed):
        actions.publish_submitted(report=report, based_on=None, by=editor)

    report.refresh_from_db()
    assert report.publication == "submitted"


def test_a_submitted_report_of_a_published_day_becomes_a_correction(contributor, editor):
    initiative = create_initiative(project_lead=contributor)
    first = create_report(initiative=initiative, on=JUNE)
    sent = create_report(
        initiative=initiative, on=JUNE, publication="submitted", by=contributor, comment="Ny."
    )

    assert actions.publish_submitted(report=sent, based_on=first.pk, by=editor).corrects == first


# Whatever is done, the stored pointer is the newest published report

DAYS = st.sampled_from([SPRING, JUNE, AUTUMN])
STEPS = st.one_of(
    st.tuples(st.just("publish"), DAYS, st.sampled_from(["oppstart", "losning", "losning-drift", ""])),
    st.tuples(st.just("send"), DAYS, st.sampled_from(["innsikt", "drift"])),
    st.tuples(st.sampled_from(["accept", "return", "close", "reopen", "rename"]), st.none(), st.none()),
)


def do(step, initiative, editor, contributor, number):
    verb, day, cell = step
    waiting = initiative.reports.waiting().first()
    current = Initiative.objects.get(pk=initiative.pk)
    if verb == "publish":
        status = said(f"Nr. {number}", on=day, cell=cell, reason="Slik ble det.")
        publish(initiative, status, by=editor)
    elif verb == "send":
        status = said(f"Nr. {number}", on=day, cell=cell, reason="Slik ble det.")
        draft = actions.save_draft(initiative=initiative, status=status, by=contributor)
        actions.submit_status(report=draft, by=contributor)
    elif verb == "accept" and waiting:
        actions.publish_submitted(report=waiting, based_on=current.latest_report_id, by=editor)
    elif verb == "return" and waiting:
        actions.return_status(report=waiting, comment="Skriv mer.", by=editor)
    elif verb == "close":
        actions.close_initiative(initiative=initiative, closed_as="archived", reason="Ferdig.", by=editor)
    elif verb == "reopen":
        actions.reopen_initiative(initiative=initiative, reason="Mer å gjøre.", by=editor)
    elif verb == "rename":
        actions.change_initiative(
            initiative=initiative,
            values={"title": f"Navn {number}"},
            version=current.history.first().history_id,
            by=editor,
        )


@settings(
    max_examples=30,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=2, max_size=8))
def test_the_pointer_is_the_newest_published_report_after_any_sequence(editor, contributor, steps):
    initiative = create_initiative(project_lead=contributor)
    for number, step in enumerate(steps):
        with suppress(rules.NotAllowed):
            do(step, initiative, editor, contributor, number)
        initiative.refresh_from_db()
        assert initiative.latest_report == newest(initiative)
