"""Minutes and the list of follow-ups on paper: valid files that say what was recorded."""

from datetime import UTC, date, datetime, time

import pypdfium2
import pytest

from helsefellesskap import pdf
from meetings.documents.follow_ups import task_print, task_rows
from meetings.documents.minutes import approval_line, minutes_data, minutes_for, minutes_print
from meetings.models import FollowUp
from tests import verapdf
from tests.factories import (
    create_case,
    create_exemption,
    create_follow_up,
    create_item,
    create_meeting,
    create_minutes,
    create_point,
    create_seat,
    create_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(ssu):
    meeting = create_meeting(
        body=ssu, on=date(2026, 2, 18), state="held", place="Møterom Mjøsa, Hamar",
        starts_at=datetime(2026, 2, 18, 8, tzinfo=UTC), ends_at=datetime(2026, 2, 18, 14, 30, tzinfo=UTC), also_present="Gjester fra Utkanten kommune",
    )  # fmt: skip
    holder, deputy, leader = (
        create_seat(body=ssu, person=create_user(name=name), role=role)
        for name, role in (("Fast Medlem", "member"), ("Vara Medlem", "deputy"), ("Leder Ledersen", "leader"))
    )
    meeting.attendances.create(seat=leader, state="present", arrived_at=time(10, 15), left_at=time(14))
    meeting.attendances.create(seat=holder, state="excused")
    meeting.attendances.create(seat=deputy, state="present", stands_in_for=holder)

    mandate = create_item(
        meeting=meeting,
        case=create_case(body=ssu, title="Mandat for felles legevakt", year=2026, seq=1, announced=True),
        outcome="treated",
        treatment="<p>God samtale.</p><ul><li>Økonomi</li><li>Åpningstid</li></ul>",
    )
    for number, fields in enumerate(
        (
            {"vote": "consensus", "adopted": "SSU godkjenner mandatet."},
            {"vote": "dissent", "adopted": "Arbeidet starter nå.", "dissent": "Utkanten vil vente."},
            {"outcome": "changed", "proposed": "Frist 01.06.", "adopted": "Frist 01.09."},
        ),
        start=1,
    ):
        point = create_point(case=mandate.case, item=mandate, number=number, **fields)
    create_follow_up(case=mandate.case, point=point, title="Kalle inn gruppen", due=date(2026, 9, 1))
    mandate.recusals.create(
        seat=holder, reason="Er søker.", declared_by=holder.person, state="accepted", substitute=deputy,
    )  # fmt: skip
    create_item(
        meeting=meeting,
        case=create_case(
            body=ssu, title="Oppsigelse av Navnesen", public_title="Personalsak", year=2026, seq=2,
            announced=True, exemption=create_exemption(),
        ),
        outcome="treated",
        treatment="<p>Navnesen var til stede.</p>",
    )  # fmt: skip
    create_item(
        meeting=meeting,
        case=create_case(body=ssu, title="Eventuelt", year=2026, seq=3, announced=True),
        outcome="not_treated",
        outcome_note="Tiden strakk ikke til.",
    )
    return meeting


@pytest.fixture
def files(meeting, editor):
    minutes = create_minutes(
        meeting=meeting, opening="<p>Leder ønsket velkommen.</p>", closing="<p>Takk for i dag.</p>"
    )
    given = [approval_line(editor, "Kommunene", "20.02.2026 kl. 12.00")]
    rows = task_rows(editor, FollowUp.objects.all(), today=date(2026, 12, 1))

    def printed(printout):
        return pdf.print_document(printout.template, printout.context)

    def minutes_file(*, is_inside, is_approved):
        data = minutes_for(
            minutes_data(meeting, minutes, approvals=given if is_approved else []), is_inside=is_inside
        )
        return printed(minutes_print(data, meeting=meeting, is_approved=is_approved))

    return {
        "draft": minutes_file(is_inside=True, is_approved=False),
        "inside": minutes_file(is_inside=True, is_approved=True),
        "public": minutes_file(is_inside=False, is_approved=True),
        "follow-ups": printed(task_print(rows, today=date(2026, 12, 1))),
        "no follow-ups": printed(task_print([], today=date(2026, 12, 1))),
    }


def text_of(content):
    pages = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


@pytest.mark.verapdf
def test_they_are_valid_to_the_reference_engine(files, tmp_path):
    verapdf.require()
    for name, content in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    verdicts = verapdf.check(sorted(tmp_path.iterdir()), ["ua1", "2a"])

    assert len(verdicts) == 2 * len(files)
    assert {key: verdict.failures for key, verdict in verdicts.items() if not verdict.compliant} == {}


def test_they_say_what_was_recorded_and_to_whom(files):
    said = {name: text_of(content) for name, content in files.items()}

    for words in (
        "18.02.2026 kl. 09.00–15.30",
        "Møterom Mjøsa, Hamar",
        "Fast Medlem",
        "Vara Medlem",
        "Gjester fra Utkanten kommune",
        "Leder ønsket velkommen.",
        "Mandat for felles legevakt",
        "SSU godkjenner mandatet.",
        "konsensus",
        "Utkanten vil vente.",
        "Frist 01.06.",
        "Frist 01.09.",
        "Fast Medlem fratrådte som inhabil. Vara Medlem tiltrådte i saken.",
        "Kalle inn gruppen",
        "Tiden strakk ikke til.",
        "Takk for i dag.",
    ):
        assert words in said["inside"], words
    assert "IKKE GODKJENT" in said["draft"]
    assert "IKKE GODKJENT" not in said["inside"] + said["public"]
    assert "Sekretariatet" in said["inside"]
    assert "Navnesen var til stede." in said["inside"]
    assert "Navnesen" not in said["public"]
    assert "Personalsak" in said["public"]
    assert "Kalle inn gruppen" in said["follow-ups"]
    assert "01.09.2026" in said["follow-ups"]
    assert "Forfalt" in said["follow-ups"]
