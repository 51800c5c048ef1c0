"""The handlingsdel as it was at the end of a day, and what changed between two."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from portfolio import actions
from portfolio.documents import compare, live_table, table_as_of
from portfolio.models import Initiative
from tests.factories import at, create_area, create_initiative, create_report, create_user

pytestmark = pytest.mark.django_db

PUBLIC = AnonymousUser()
BEGAN = date(2024, 1, 1)
SPRING = date(2025, 3, 1)
JUNE = date(2025, 6, 27)
AUTUMN = date(2025, 10, 1)
LATE = date(2025, 12, 1)


def change(thing, on, **fields):
    """Change something on a day, as its history tells it."""
    for name, value in fields.items():
        setattr(thing, name, value)
    thing._history_date = on if isinstance(on, datetime) else at(on)
    thing.save()


def close(initiative, on, editor):
    change(
        initiative,
        on,
        closed_as="archived",
        closed_reason="Ferdig.",
        closed_at=timezone.now(),
        closed_by=editor,
    )


def table(day, user=PUBLIC) -> list[tuple[str, str, str, str]]:
    """The rows of the paper."""
    rows = table_as_of(day, user).rows
    return [(group.name, row.title, row.phase, row.status) for group, row in rows]


def statuses(day, user=PUBLIC) -> list[str]:
    return [row.status for _group, row in table_as_of(day, user).rows]


def titles(day, user=PUBLIC) -> list[str]:
    return [row.title for _group, row in table_as_of(day, user).rows]


def test_title_and_area_stand_as_they_were_then():
    old_area, new_area = create_area(name="Barn og unge"), create_area(name="Bo trygt hjemme")
    initiative = create_initiative(title="Gammelt navn", area=old_area)
    create_report(initiative=initiative, on=SPRING, comment="I gang.")
    change(initiative, AUTUMN, title="Nytt navn", program_area=new_area)
    change(old_area, AUTUMN, name="Barn, unge og familier")

    assert table(JUNE) == [("Barn og unge", "Gammelt navn", "Løsning", "I gang.")]
    assert table(LATE) == [("Bo trygt hjemme", "Nytt navn", "Løsning", "I gang.")]


def test_order_and_decision_of_areas_are_those_of_the_day():
    first, second = create_area(name="A", order=1), create_area(name="B", order=2)
    create_initiative(area=first)
    create_initiative(area=second)
    change(first, AUTUMN, order=3)
    change(second, AUTUMN, is_decided=True)

    assert [(group.name, group.is_decided) for group in table_as_of(JUNE, PUBLIC).groups] == [
        ("A", False),
        ("B", False),
    ]
    assert [(group.name, group.is_decided) for group in table_as_of(LATE, PUBLIC).groups] == [
        ("B", True),
        ("A", False),
    ]


def test_the_newest_report_with_that_day_or_earlier_is_shown():
    initiative = create_initiative()
    create_report(initiative=initiative, on=SPRING, phases="innsikt", comment="Vår.")
    create_report(initiative=initiative, on=JUNE, phases="losning-drift", comment="Juni.", state="delayed")

    found = {day: table(day)[0][2:] for day in (BEGAN, SPRING, JUNE - timedelta(days=1), JUNE, LATE)}

    assert found == {
        BEGAN: ("Ikke meldt", "Ikke meldt"),
        SPRING: ("Innsikt", "Vår."),
        JUNE - timedelta(days=1): ("Innsikt", "Vår."),
        JUNE: ("Løsning/Drift", "Forsinket. Juni."),
        LATE: ("Løsning/Drift", "Forsinket. Juni."),
    }


def test_what_did_not_exist_then_or_was_closed_before_is_not_there(editor):
    create_initiative(title="Alltid")
    create_initiative(title="Kom senere", on=AUTUMN)
    close(create_initiative(title="Tatt ut senere"), AUTUMN, editor)
    close(create_initiative(title="Tatt ut før"), SPRING, editor)

    assert titles(JUNE) == ["Alltid", "Tatt ut senere"]
    assert titles(LATE) == ["Alltid", "Kom senere"]
    assert titles(date(2023, 1, 1)) == []


def test_what_was_out_for_a_while_comes_and_goes(editor):
    initiative = create_initiative(title="Av og på")
    close(initiative, SPRING, editor)
    change(initiative, AUTUMN, closed_as="", closed_reason="", closed_at=None, closed_by=None)

    assert [titles(day) for day in (BEGAN, JUNE, LATE)] == [["Av og på"], [], ["Av og på"]]


def test_a_correction_the_same_day_stands_in_its_place():
    initiative = create_initiative()
    wrong = create_report(initiative=initiative, on=JUNE, comment="Feil.")
    create_report(initiative=initiative, on=JUNE, comment="Rett.", corrects=wrong, published_at=at(AUTUMN))

    assert statuses(JUNE) == ["Rett."]
    assert statuses(SPRING) == ["Ikke meldt"]


def test_a_report_published_later_for_an_earlier_day_counts_from_its_day():
    initiative = create_initiative()
    create_report(initiative=initiative, on=AUTUMN, comment="Høst.")
    create_report(initiative=initiative, on=SPRING, comment="Kom sent.", published_at=at(LATE))

    assert [statuses(day) for day in (SPRING, JUNE, AUTUMN)] == [["Kom sent."], ["Kom sent."], ["Høst."]]


@pytest.mark.parametrize(
    ("changed_at", "was_changed"),
    [
        (datetime(2025, 6, 27, 21, 30, tzinfo=UTC), True),  # 23.30 in summer
        (datetime(2025, 6, 27, 22, 0, tzinfo=UTC), False),  # midnight in summer
        (datetime(2025, 6, 26, 22, 30, tzinfo=UTC), True),  # already the day in Norway
        (datetime(2025, 6, 27, 23, 30, tzinfo=UTC), False),  # the day in UTC only
    ],
)
def test_a_day_ends_at_midnight_in_norway(changed_at, was_changed):
    initiative = create_initiative(title="Før")
    change(initiative, changed_at, title="Etter")

    assert titles(JUNE) == (["Etter"] if was_changed else ["Før"])


@pytest.mark.parametrize(
    ("day", "last_hour"),
    [
        (date(2025, 1, 15), datetime(2025, 1, 15, 22, 30, tzinfo=UTC)),
        (date(2025, 3, 30), datetime(2025, 3, 30, 21, 30, tzinfo=UTC)),  # 23 hours long
        (date(2025, 10, 26), datetime(2025, 10, 26, 22, 30, tzinfo=UTC)),  # 25 hours long
    ],
)
def test_the_last_hour_belongs_to_the_day_when_clocks_change_too(day, last_hour):
    initiative = create_initiative(title="Før")
    change(initiative, last_hour, title="Etter")

    assert titles(day - timedelta(days=1)) == ["Før"]
    assert titles(day) == ["Etter"]
    change(initiative, last_hour + timedelta(minutes=30), title="Neste dag")
    assert titles(day) == ["Etter"]


def test_unknown_is_said_with_the_day_it_was_last_known():
    initiative = create_initiative()
    create_report(initiative=initiative, on=SPRING, comment="Kjent.")
    create_report(initiative=initiative, on=JUNE, comment="")
    create_report(initiative=initiative, on=AUTUMN, comment="")

    assert [statuses(day) for day in (SPRING, JUNE, LATE)] == [
        ["Kjent."],
        ["Ikke meldt siden 01.03.2025"],
        ["Ikke meldt siden 01.03.2025"],
    ]


def test_never_known_is_said_as_such():
    create_report(initiative=create_initiative(), on=JUNE, comment="")
    create_initiative()

    assert statuses(LATE) == ["Ikke meldt", "Ikke meldt"]


def test_what_was_corrected_to_unknown_was_not_known():
    initiative = create_initiative()
    create_report(initiative=initiative, on=BEGAN, comment="Kjent.")
    wrong = create_report(initiative=initiative, on=SPRING, comment="Feil tiltak.")
    create_report(initiative=initiative, on=SPRING, comment="", corrects=wrong, published_at=at(JUNE))
    create_report(initiative=initiative, on=AUTUMN, comment="")

    assert statuses(LATE) == ["Ikke meldt siden 01.01.2024"]
    assert [row.status for _g, row in live_table(Initiative.objects.all(), today=LATE).rows] == statuses(LATE)


def test_drafts_and_what_is_sent_in_are_in_no_table(editor):
    initiative = create_initiative()
    create_report(initiative=initiative, on=SPRING, comment="Publisert.")
    create_report(initiative=initiative, on=JUNE, comment="Utkast.", publication="draft")
    create_report(
        initiative=initiative,
        on=JUNE,
        comment="Sendt.",
        publication="submitted",
        by=create_user(role="contributor"),
    )

    assert statuses(LATE, editor) == ["Publisert."]


def test_the_live_table_is_the_table_as_of_today(editor):
    today = timezone.localdate()
    areas = [create_area(), create_area()]
    for number in range(6):
        initiative = create_initiative(
            area=areas[number % 2], visibility="internal" if number == 3 else "public"
        )
        create_report(initiative=initiative, on=SPRING, comment=f"Nr. {number}")
        if number % 3 == 0:
            create_report(initiative=initiative, on=JUNE, comment="", phases="losning-drift")
    close(create_initiative(), AUTUMN, editor)
    actions.change_initiative(
        initiative=initiative,
        values={"title": "Nytt"},
        version=initiative.history.first().history_id,
        by=editor,
    )
    actions.move_initiative(initiative=initiative, place=1, by=editor)

    for user in (PUBLIC, editor):
        live = live_table(Initiative.objects.visible_to(user), today=today)
        assert live == table_as_of(today, user)
        assert live.row_count > 3


# Visibility then and now

SEES_ALL, OWNS, NOTHING = ["editor", "leader"], ["contributor"], ["public", "member", "outsider", "admin"]


@pytest.mark.parametrize(
    ("then", "now", "who_then", "who_now"),
    [
        ("public", "public", SEES_ALL + OWNS + NOTHING, SEES_ALL + OWNS + NOTHING),
        ("internal", "public", SEES_ALL + OWNS, SEES_ALL + OWNS + NOTHING),
        ("public", "internal", SEES_ALL + OWNS, SEES_ALL + OWNS),
        ("internal", "internal", SEES_ALL + OWNS, SEES_ALL + OWNS),
    ],
)
@pytest.mark.parametrize("owned_by", ["lead", "organisation"])
def test_internal_then_or_now_is_hidden_from_who_may_not_know(cast, then, now, who_then, who_now, owned_by):
    owner = (
        {"project_lead": cast.contributor} if owned_by == "lead" else {"owner": cast.contributor.organisation}
    )
    initiative = create_initiative(title="Det gjelder", visibility=then, **owner)
    change(initiative, AUTUMN, visibility=now)

    def seen_on(day):
        return {who for who, user in vars(cast).items() if titles(day, user or PUBLIC) == ["Det gjelder"]}

    assert seen_on(JUNE) == set(who_then)
    assert seen_on(LATE) == set(who_now)


def test_what_was_internal_then_is_marked_so_in_the_table_of_then(editor):
    initiative = create_initiative(visibility="internal")
    change(initiative, AUTUMN, visibility="public")

    assert table_as_of(JUNE, editor).internal_count == 1
    assert table_as_of(LATE, editor).internal_count == 0


# Compare


def changes(old, new, user=PUBLIC) -> dict[str, list[tuple[str, str, str]]]:
    comparison = compare(table_as_of(old, user), table_as_of(new, user))
    return {
        change.title: [(cell.label, cell.old, cell.new) for cell in change.differences]
        for change in comparison.changes
    }


def test_compare_lists_exactly_what_changed(editor):
    area, other = create_area(name="Barn og unge"), create_area(name="Bo trygt hjemme")
    unchanged = create_initiative(area=area)
    create_report(initiative=unchanged, on=SPRING, comment="Likt.")
    create_report(initiative=unchanged, on=AUTUMN, comment="Likt.")
    renamed = create_initiative(title="Gammelt", area=area)
    moved = create_initiative(title="Flyttet", area=area)
    reported = create_initiative(title="Meldt", area=area)
    create_report(initiative=reported, on=SPRING, phases="innsikt", comment="Før.")
    close(create_initiative(title="Ferdig", area=area), AUTUMN, editor)
    create_initiative(title="Nytt tiltak", area=area, on=AUTUMN)
    change(renamed, AUTUMN, title="Nytt")
    change(moved, AUTUMN, program_area=other)
    create_report(initiative=reported, on=AUTUMN, phases="losning", comment="Etter.")

    assert changes(JUNE, LATE) == {
        "Nytt": [("Tiltak", "Gammelt", "Nytt")],
        "Meldt": [("Fase", "Innsikt", "Løsning"), ("Status", "Før.", "Etter.")],
        "Nytt tiltak": [
            ("Tiltak", "Ikke med", "Nytt tiltak"),
            ("Fase", "", "Ikke meldt"),
            ("Status", "", "Ikke meldt"),
        ],
        "Flyttet": [("Programområde", "Barn og unge", "Bo trygt hjemme")],
        "Ferdig": [("Tiltak", "Ferdig", "Tatt ut av handlingsdelen")],
    }


def test_compare_of_a_day_with_itself_lists_nothing():
    create_report(initiative=create_initiative(), on=SPRING)

    assert changes(JUNE, JUNE) == {}


def test_a_new_order_alone_is_no_change():
    area = create_area()
    first = create_initiative(area=area, order=1)
    create_initiative(area=area, order=2)
    change(first, AUTUMN, order=3)

    assert titles(JUNE) != titles(LATE)
    assert changes(JUNE, LATE) == {}


def test_compare_follows_the_new_order_with_what_was_taken_out_last(editor):
    area = create_area()
    close(create_initiative(title="Ut", area=area, order=1), AUTUMN, editor)
    for title, order in (("Andre", 3), ("Første", 2)):
        create_report(initiative=create_initiative(title=title, area=area, order=order), on=AUTUMN)

    assert list(changes(JUNE, LATE)) == ["Første", "Andre", "Ut"]


def test_what_became_public_comes_in_for_the_public_and_not_for_the_editor(editor):
    initiative = create_initiative(title="Nå åpent", visibility="internal")
    change(initiative, AUTUMN, visibility="public")

    assert list(changes(JUNE, LATE)) == ["Nå åpent"]
    assert changes(JUNE, LATE, editor) == {}


def test_what_became_internal_is_in_no_comparison_of_the_public(editor):
    initiative = create_initiative(title="Nå lukket")
    create_report(initiative=initiative, on=AUTUMN)
    change(initiative, AUTUMN, visibility="internal")

    assert changes(JUNE, LATE) == {}
    assert list(changes(JUNE, LATE, editor)) == ["Nå lukket"]
