"""Is it in order? Every rule by truth table, on objects that were never saved."""

from datetime import date
from itertools import product

import pytest

from portfolio import rules
from portfolio.models import Initiative, Phase, StatusReport
from portfolio.rules import NotAllowed, Status

TODAY = date(2025, 10, 1)
OPPSTART, INNSIKT, LOSNING, DRIFT = PHASES = [
    Phase(pk=number, code=code, name=name, order=number)
    for number, (code, name) in enumerate(
        [("oppstart", "Oppstart"), ("innsikt", "Innsikt"), ("losning", "Løsning"), ("drift", "Drift")],
        start=1,
    )
]
BY_CODE = {phase.code: phase for phase in PHASES}


def with_control_digits(nine: str) -> str:
    """A national identity number of nine digits that nobody has, with its two control digits."""
    digits = [int(digit) for digit in nine]
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)):
        control = -sum(a * b for a, b in zip(digits, weights, strict=True)) % 11
        assert control < 10, "choose other digits"
        digits.append(control)
    return "".join(map(str, digits))


NATIONAL_ID = with_control_digits("018190123")  # month 81: the Tax Administration's synthetic people


def said(cell: str = "losning", **fields) -> Status:
    """What a person says; «losning-drift» is a range, «» no phase."""
    first, _dash, last = cell.partition("-")
    fields = {"state": "active", "comment": "Det går framover.", "reported_on": TODAY, **fields}
    return Status(phase_from=BY_CODE.get(first), phase_to=BY_CODE.get(last), **fields)


def reported(cell: str, **fields) -> StatusReport:
    first, _dash, last = cell.partition("-")
    state = fields.pop("state", "active" if first else "not_started")
    return StatusReport(phase_from=BY_CODE.get(first), phase_to=BY_CODE.get(last), state=state, **fields)


def refusal(status: Status, *, previous: StatusReport | None = None, is_draft: bool = False) -> str | None:
    """The field that is refused, or None."""
    try:
        rules.check_status(status, previous=previous, phases=PHASES, today=TODAY, is_draft=is_draft)
    except NotAllowed as no:
        return no.field or "no field"
    return None


@pytest.mark.parametrize(
    ("day", "field"),
    [
        (TODAY, None),
        (date(2000, 1, 1), None),
        (date(1999, 12, 31), "reported_on"),
        (date(2025, 10, 2), "reported_on"),
        (date(2125, 10, 1), "reported_on"),
    ],
)
def test_the_day_is_not_in_the_future_and_not_before_there_were_computers(day, field):
    assert refusal(said(reported_on=day)) == field


@pytest.mark.parametrize(
    ("cell", "state", "field"),
    [
        ("oppstart", "active", None),
        ("drift", "completed", None),
        ("losning", "paused", None),
        ("oppstart-innsikt", "active", None),
        ("innsikt-losning", "delayed", None),
        ("losning-drift", "active", None),
        ("oppstart-losning", "active", "phase_to"),
        ("oppstart-drift", "active", "phase_to"),
        ("innsikt-drift", "active", "phase_to"),
        ("drift-losning", "active", "phase_to"),
        ("drift-oppstart", "active", "phase_to"),
        ("losning-losning", "active", "phase_to"),
        ("", "not_started", None),
        ("", "active", "phase_from"),
        ("", "completed", "phase_from"),
        ("oppstart", "not_started", "state"),
        ("oppstart-innsikt", "not_started", "state"),
        ("-drift", "active", "phase_from"),
        ("-drift", "not_started", "phase_from"),
    ],
)
@pytest.mark.parametrize("is_draft", [False, True])
def test_phase_is_one_or_two_neighbours_unless_not_started(cell, state, field, is_draft):
    assert refusal(said(cell, state=state), is_draft=is_draft) == field


def test_a_phase_that_needs_mapping_is_none():
    assert refusal(said("", needs_mapping=True)) is None


STEPS = [
    ("oppstart", "oppstart", None),
    ("oppstart", "innsikt", None),
    ("oppstart", "oppstart-innsikt", None),
    ("oppstart", "innsikt-losning", None),
    ("oppstart-innsikt", "losning", None),
    ("losning", "losning-drift", None),
    ("losning-drift", "drift", None),
    ("innsikt-losning", "losning-drift", None),
    ("oppstart", "losning", "reason"),
    ("oppstart", "losning-drift", "reason"),
    ("oppstart", "drift", "reason"),
    ("oppstart-innsikt", "drift", "reason"),
    ("innsikt", "oppstart", "reason"),
    ("drift", "oppstart", "reason"),
    ("losning-drift", "losning", "reason"),
    ("drift", "losning-drift", "reason"),
    ("innsikt-losning", "oppstart-innsikt", "reason"),
    ("", "oppstart", None),
    ("", "oppstart-innsikt", None),
    ("", "innsikt", "reason"),
    ("", "drift", "reason"),
    ("", "", None),
    ("oppstart", "", "reason"),
    ("drift", "", "reason"),
]


@pytest.mark.parametrize(("before", "now", "field"), STEPS)
def test_a_step_back_or_over_a_phase_needs_a_reason(before, now, field):
    state = "active" if now else "not_started"
    status = said(now, state=state)
    explained = said(now, state=state, reason="Styringsgruppen valgte en annen løsning.")

    assert refusal(status, previous=reported(before)) == field
    assert refusal(explained, previous=reported(before)) is None
    assert refusal(status, previous=reported(before), is_draft=True) is None


@pytest.mark.parametrize("now", ["oppstart", "losning", "drift", "losning-drift"])
def test_any_phase_follows_nothing_or_one_that_needed_mapping(now):
    unmapped = reported("", needs_mapping=True, state="active")

    assert refusal(said(now), previous=None) is None
    assert refusal(said(now), previous=unmapped) is None


@pytest.mark.parametrize(
    ("comment", "unknown", "field"),
    [
        ("Vi er i gang.", False, None),
        ("", True, None),
        ("", False, "comment"),
        ("Vi er i gang.", True, "comment"),
        ("?", False, "comment"),
        ("? ?", False, "comment"),
        ("?\n", False, "comment"),
        ("??\n ?", False, "comment"),
        ("？", False, "comment"),
        ("?", True, "comment"),
        ("Hva nå?", False, None),
        ("Under 5 %, altså <5 %", False, None),
        ("a < 5 og b > 3", False, None),
        ("Ventetiden er < ett år", False, None),
        ("x" * 2000, False, None),
        ("x" * 2001, False, "comment"),
        ("æ" * 20_000, False, "comment"),
        ("<b>Ferdig</b>", False, "comment"),
        ("<script>alert(1)</script>", False, "comment"),
        ("Ferdig <br/>", False, "comment"),
        ("<!-- skjult -->", False, "comment"),
        (f"Gjelder {NATIONAL_ID}", False, "comment"),
        (f"Gjelder {NATIONAL_ID[:6]} {NATIONAL_ID[6:]}.", False, "comment"),
        ("Telefon 61 00 00 00, sak 2024/12345678901", False, None),
    ],
)
@pytest.mark.parametrize("is_draft", [False, True])
def test_comment_says_something_or_that_nobody_knows(comment, unknown, field, is_draft):
    assert refusal(said(comment=comment, comment_unknown=unknown), is_draft=is_draft) == field


@pytest.mark.parametrize("field", ["next_step", "reason"])
@pytest.mark.parametrize(
    ("text", "is_refused"),
    [
        ("Neste møte er i mai.", False),
        ("Under <5 %", False),
        ("<i>mai</i>", True),
        (f"Ring {NATIONAL_ID}", True),
        ("x" * 500, False),
        ("x" * 501, True),
        ("x" * 20_000, True),
    ],
)
def test_next_step_and_reason_are_short_plain_text(field, text, is_refused):
    assert refusal(said(**{field: text})) == (field if is_refused else None)


def test_the_national_id_of_the_tests_is_found_and_one_with_a_wrong_digit_is_not():
    wrong = NATIONAL_ID[:-1] + str((int(NATIONAL_ID[-1]) + 1) % 10)

    assert refusal(said(comment=f"Se {NATIONAL_ID}")) == "comment"
    assert refusal(said(comment=f"Se {wrong}")) is None


ALLOWED = {
    ("draft", "submitted"),
    ("draft", "published"),
    ("submitted", "draft"),
    ("submitted", "published"),
}


@pytest.mark.parametrize(("now", "to"), list(product(StatusReport.Publication.values, repeat=2)))
def test_every_pair_of_publication_states(now, to):
    report = StatusReport(publication=now)
    if (now, to) in ALLOWED:
        rules.check_transition(report, to)
    else:
        with pytest.raises(NotAllowed, match=r"kan ikke bli|er allerede"):
            rules.check_transition(report, to)


def an_initiative(pk: int, **fields) -> Initiative:
    return Initiative(pk=pk, title=f"Tiltak {pk}", **fields)


@pytest.mark.parametrize(
    ("is_live", "closed_as", "reason", "target", "field"),
    [
        (True, "archived", "Ferdig.", None, "ok"),
        (True, "cancelled", "Ingen midler.", None, "ok"),
        (True, "merged", "Samme arbeid.", "live", "ok"),
        (True, "archived", "", None, "reason"),
        (True, "archived", "  \n", None, "reason"),
        (True, "archived", "<b>Ferdig</b>", None, "reason"),
        (True, "cancelled", f"Se {NATIONAL_ID}", None, "reason"),
        (True, "merged", "Samme arbeid.", None, "merged_into"),
        (True, "merged", "Samme arbeid.", "itself", "merged_into"),
        (True, "merged", "Samme arbeid.", "closed", "merged_into"),
        (False, "archived", "Ferdig.", None, None),
    ],
)
def test_closing(is_live, closed_as, reason, target, field):
    initiative = an_initiative(1, closed_as="" if is_live else "cancelled")
    merged_into = {
        None: None,
        "live": an_initiative(2),
        "itself": initiative,
        "closed": an_initiative(3, closed_as="archived"),
    }[target]

    def close():
        rules.check_closing(initiative, closed_as=closed_as, reason=reason, merged_into=merged_into)

    if field == "ok":
        close()
    else:
        with pytest.raises(NotAllowed) as no:
            close()
        assert no.value.field == field


@pytest.mark.parametrize(
    ("closed_as", "reason", "field"),
    [
        ("archived", "Arbeidet fortsetter.", "ok"),
        ("archived", " ", "reason"),
        ("archived", "<u>Fortsetter</u>", "reason"),
        ("", "Arbeidet fortsetter.", None),
    ],
)
def test_reopening(closed_as, reason, field):
    initiative = an_initiative(1, closed_as=closed_as)
    if field == "ok":
        rules.check_reopening(initiative, reason=reason)
    else:
        with pytest.raises(NotAllowed) as no:
            rules.check_reopening(initiative, reason=reason)
        assert no.value.field == field


def test_parent_is_never_the_initiative_itself_however_far_up():
    top = an_initiative(1)
    middle = an_initiative(2, parent=top)
    bottom = an_initiative(3, parent=middle)

    for initiative, parent in [(top, None), (bottom, top), (an_initiative(4), bottom)]:
        rules.check_parent(initiative, parent)
    for initiative, parent in [(top, top), (top, middle), (top, bottom)]:
        with pytest.raises(NotAllowed) as no:
            rules.check_parent(initiative, parent)
        assert no.value.field == "parent"


def test_statuses_are_compared_by_what_they_say_not_by_why():
    report = reported("losning", reported_on=TODAY, comment="Det går framover.")

    assert said("losning", reason="Derfor.").says_the_same_as(report)
    assert not said("losning", comment="Noe annet.").says_the_same_as(report)
    assert not said("losning-drift").says_the_same_as(report)
    assert not said("losning", next_step="Mer.").says_the_same_as(report)
