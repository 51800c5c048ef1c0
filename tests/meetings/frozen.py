"""Agendas and minutes taken through publishing and approval, quickly: what would be printed is kept as its HTML."""

from django.template.loader import render_to_string

from helsefellesskap import pdf
from meetings import actions
from meetings.documents.minutes import content_of
from meetings.models import AgendaItem, AgendaVersion, Attendance, Meeting, Minutes


def print_as_text(monkeypatch) -> None:
    """A «PDF» in which a test can read what stands there."""
    monkeypatch.setattr(
        pdf,
        "print_document",
        lambda template, context: f"%PDF-1.7 {render_to_string(template, context)}".encode(),
    )
    monkeypatch.setattr(pdf, "page_count", lambda content: 1)


def publish(meeting, *, by) -> AgendaVersion:
    return actions.publish_agenda(meeting=meeting, by=by, note="Ny versjon.")


def approve(meeting, *, by, leaders) -> Minutes:
    """The minutes of a held meeting from the first draft, or the correction in work, to approved by both sides."""
    meeting = Meeting.objects.get(pk=meeting.pk)
    meeting.items.filter(outcome=AgendaItem.Outcome.NOT_RECORDED).update(outcome=AgendaItem.Outcome.TREATED)
    for seat in meeting.body.seats.filter(person__in=leaders):
        meeting.attendances.update_or_create(seat=seat, defaults={"state": Attendance.State.PRESENT})
    minutes = actions.start_minutes(meeting=meeting, by=by)
    actions.send_minutes(minutes=minutes, comments_due=None, by=by)
    for person in leaders:
        minutes = actions.approve_minutes(minutes=minutes, content=content_of(minutes), by=person)
    return minutes
