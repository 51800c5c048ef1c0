"""Changing the portfolio: create, rename, move, close, reopen; each with its trail, nothing ever deleted."""

from datetime import date

import pytest

from accounts.models import LogEntry
from portfolio import actions, rules
from portfolio.actions.versions import FactsChanged
from portfolio.models import Initiative, OldSlug
from tests.factories import create_area, create_initiative, create_organisation, create_user

pytestmark = pytest.mark.django_db


def values(title: str = "Trygg utskriving", **fields) -> dict:
    return {
        "title": title,
        "kind": "project",
        "program_area": fields.pop("area", None) or create_area(),
        **fields,
    }


def change(initiative, *, by, **changes) -> Initiative:
    newest = initiative.history.first()
    return actions.change_initiative(initiative=initiative, values=changes, version=newest.history_id, by=by)


def verbs(initiative) -> list[str]:
    return [entry.verb for entry in LogEntry.objects.about(initiative).order_by("pk")]


def test_create_puts_the_initiative_last_in_its_area_with_history_and_trail(editor):
    area = create_area()
    create_initiative(area=area, order=7)

    initiative = actions.create_initiative(values=values(area=area), by=editor)

    assert (initiative.order, initiative.slug) == (8, "trygg-utskriving")
    assert initiative.history.get().history_user == editor
    entry = LogEntry.objects.about(initiative).get()
    assert (entry.verb, entry.by, entry.new["title"]) == ("opprettet", editor, "Trygg utskriving")


def test_create_keeps_strategic_areas_participants_and_other_names(editor):
    ringsaker, hamar = create_organisation(name="Ringsaker"), create_organisation(name="Hamar")

    initiative = actions.create_initiative(
        values=values(participants={ringsaker: "pilot", hamar: "partner"}, aliases=["TU", "Utskriving"]),
        by=editor,
    )

    assert sorted(map(str, initiative.participations.all())) == ["Hamar (Deltaker)", "Ringsaker (Pilot)"]
    assert sorted(map(str, initiative.aliases.all())) == ["TU", "Utskriving"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ærlig talt: øl på Åsen", "aerlig-talt-ol-pa-asen"),
        ("Ny", "tiltak-ny"),
        ("Status", "tiltak-status"),
        ("Helse 4,0 – heldigitalt", "helse-4-0-heldigitalt"),
        ("***", "tiltak"),
        ("Café Crème", "cafe-creme"),
        ("x" * 300, "x" * 60),
    ],
)
def test_the_address_is_the_title_in_plain_letters(editor, title, slug):
    assert actions.create_initiative(values=values(title), by=editor).slug == slug


def test_titles_that_differ_in_signs_get_addresses_of_their_own(editor):
    titles = ["Trygg utskriving", "Trygg utskriving!", "Trygg: utskriving"]
    slugs = [actions.create_initiative(values=values(title), by=editor).slug for title in titles]

    assert slugs == ["trygg-utskriving", "trygg-utskriving-2", "trygg-utskriving-3"]


@pytest.mark.parametrize("title", ["Ærlig talt", "ærlig TALT"])
def test_two_live_initiatives_do_not_have_one_title(editor, title):
    first = actions.create_initiative(values=values("Ærlig talt"), by=editor)
    other = create_initiative(title="Noe annet")

    with pytest.raises(rules.NotAllowed) as no:
        actions.create_initiative(values=values(title), by=editor)
    assert no.value.field == "title"
    with pytest.raises(rules.NotAllowed):
        change(other, title=title, by=editor)

    actions.close_initiative(initiative=first, closed_as="archived", reason="Ferdig.", by=editor)
    assert actions.create_initiative(values=values(title), by=editor).slug == "aerlig-talt-2"


def test_an_address_somebody_had_is_not_given_to_another(editor):
    first = create_initiative(title="Trygg utskriving")
    change(first, title="Trygg hjemreise", by=editor)

    assert actions.create_initiative(values=values(), by=editor).slug == "trygg-utskriving-2"


@pytest.mark.parametrize(
    "field", ["title", "summary", "mandate_reference", "decided_reference", "project_lead_role"]
)
def test_facts_hold_no_html(editor, field):
    with pytest.raises(rules.NotAllowed) as no:
        actions.create_initiative(values={**values(), field: "<b>Viktig</b>"}, by=editor)

    assert no.value.field == field
    assert Initiative.objects.count() == 0


def test_other_names_hold_no_html_either(editor):
    with pytest.raises(rules.NotAllowed) as no:
        actions.create_initiative(values=values(aliases=["<b>TU</b>"]), by=editor)

    assert no.value.field == "aliases"


# Change


def test_a_new_title_gives_a_new_address_and_the_old_one_is_kept(editor):
    initiative = create_initiative(title="Digital hjemmeoppfølging")

    changed = change(initiative, title="Oppfølging hjemme", by=editor)

    assert changed.slug == "oppfolging-hjemme"
    assert list(changed.old_slugs.values_list("slug", flat=True)) == ["digital-hjemmeoppfolging"]
    entry = LogEntry.objects.about(initiative).get()
    assert entry.old == {"title": "Digital hjemmeoppfølging", "slug": "digital-hjemmeoppfolging"}
    assert entry.new == {"title": "Oppfølging hjemme", "slug": "oppfolging-hjemme"}


def test_a_rename_back_and_forth_comes_back_to_the_same_address(editor):
    initiative = create_initiative(title="Først")
    for title in ("Så", "Først", "Så", "Først"):
        initiative = change(initiative, title=title, by=editor)

    assert initiative.slug == "forst"
    assert list(OldSlug.objects.values_list("slug", flat=True)) == ["sa"]


def test_a_title_that_differs_in_signs_only_keeps_the_address(editor):
    initiative = create_initiative(title="Bo trygt hjemme")

    assert change(initiative, title="Bo trygt – hjemme!", by=editor).slug == "bo-trygt-hjemme"
    assert OldSlug.objects.count() == 0


@pytest.mark.parametrize("title", ["Bo trygt hjemme", "Ny"])
def test_a_numbered_or_reserved_address_is_kept_too_when_only_signs_change(editor, title):
    create_initiative(title=title)
    initiative = actions.create_initiative(values=values(f"{title}!"), by=editor)
    slug = initiative.slug

    assert change(initiative, title=f"{title}.", by=editor).slug == slug


def test_a_change_of_nothing_leaves_no_trace(editor):
    initiative = create_initiative(title="Likt")

    change(initiative, title="Likt", kind=initiative.kind, by=editor)

    assert LogEntry.objects.count() == 0
    assert initiative.history.count() == 1


def test_a_move_to_another_area_puts_it_last_there(editor):
    there = create_area(name="Barn og unge")
    create_initiative(area=there, order=4)
    initiative = create_initiative(area=create_area(), order=1)

    changed = change(initiative, program_area=there, by=editor)

    assert (changed.program_area, changed.order) == (there, 5)
    assert LogEntry.objects.about(initiative).get().new == {"program_area": "Barn og unge"}


def test_participants_and_other_names_are_replaced_and_logged(editor):
    hamar, stange = create_organisation(name="Hamar"), create_organisation(name="Stange")
    initiative = create_initiative()
    change(initiative, participants={hamar: "partner"}, aliases=["Gammelt"], by=editor)

    changed = change(initiative, participants={stange: "pilot"}, aliases=["Nytt"], by=editor)

    assert [str(part) for part in changed.participations.all()] == ["Stange (Pilot)"]
    entry = LogEntry.objects.about(initiative).first()
    assert entry.old == {"participants": ["Hamar (Deltaker)"], "aliases": ["Gammelt"]}
    assert entry.new == {"participants": ["Stange (Pilot)"], "aliases": ["Nytt"]}


def test_facts_changed_since_the_form_was_opened_are_not_overwritten(editor):
    initiative = create_initiative(title="Først")
    seen = initiative.history.first().history_id
    another = create_user(role="editor", name="En annen")
    change(initiative, title="Så", by=another)

    with pytest.raises(FactsChanged) as no:
        actions.change_initiative(initiative=initiative, values={"title": "Mitt"}, version=seen, by=editor)

    assert no.value.by == another
    assert {(c.label, c.old, c.new) for c in no.value.changes} >= {("Tittel", "Først", "Så")}
    initiative.refresh_from_db()
    assert initiative.title == "Så"


def test_an_initiative_is_not_part_of_its_own_part(editor):
    top = create_initiative()
    part = create_initiative(parent=top)

    with pytest.raises(rules.NotAllowed) as no:
        change(top, parent=part, by=editor)

    assert no.value.field == "parent"


# Order


def titles_in(area) -> list[str]:
    return [row.title for row in Initiative.objects.filter(program_area=area).live().in_paper_order()]


@pytest.mark.parametrize(
    ("moved", "place", "order"),
    [
        ("b", 1, ["b", "a", "c"]),
        ("b", 3, ["a", "c", "b"]),
        ("c", 1, ["c", "a", "b"]),
        ("a", 0, ["a", "b", "c"]),
        ("a", 1, ["a", "b", "c"]),
        ("c", 9, ["a", "b", "c"]),
    ],
)
def test_move_takes_a_place_and_stops_at_the_edges(editor, moved, place, order):
    area = create_area()
    rows = {title: create_initiative(title=title, area=area, order=5) for title in "abc"}

    actions.move_initiative(initiative=rows[moved], place=place, by=editor)

    assert titles_in(area) == order
    actions.move_initiative(initiative=rows[moved], place=place, by=editor)  # sent twice
    assert titles_in(area) == order


def test_move_steps_over_what_is_taken_out_and_leaves_other_areas(editor):
    area, other = create_area(), create_area()
    rows = {title: create_initiative(title=title, area=area) for title in "abc"}
    create_initiative(title="z", area=other)
    actions.close_initiative(initiative=rows["b"], closed_as="archived", reason="Ferdig.", by=editor)

    actions.move_initiative(initiative=rows["c"], place=1, by=editor)

    assert titles_in(area) == ["c", "a"]
    assert titles_in(other) == ["z"]


def test_move_of_what_is_taken_out_does_nothing(editor):
    area = create_area()
    first, second = (create_initiative(title=title, area=area) for title in "ab")
    actions.close_initiative(initiative=second, closed_as="archived", reason="Ferdig.", by=editor)

    actions.move_initiative(initiative=second, place=1, by=editor)

    first.refresh_from_db()
    assert verbs(second) == ["tok ut"]


# Close and reopen


@pytest.mark.parametrize(
    ("closed_as", "word"), [("archived", "Arkivert"), ("cancelled", "Avlyst"), ("merged", "Slått sammen")]
)
def test_close_and_reopen(editor, closed_as, word):
    initiative, other = create_initiative(), create_initiative(title="Det andre")

    actions.close_initiative(
        initiative=initiative, closed_as=closed_as, reason="Derfor.", merged_into=other, by=editor
    )

    initiative.refresh_from_db()
    assert initiative not in Initiative.objects.live()
    assert (initiative.state_name, initiative.closed_by, initiative.closed_reason) == (
        word,
        editor,
        "Derfor.",
    )
    assert initiative.merged_into == (other if closed_as == "merged" else None)

    actions.reopen_initiative(initiative=initiative, reason="Likevel.", by=editor)

    initiative.refresh_from_db()
    assert initiative in Initiative.objects.live()
    assert (initiative.closed_by, initiative.closed_at, initiative.merged_into) == (None, None, None)
    taken_in, taken_out = LogEntry.objects.about(initiative)
    assert (taken_out.new["closed_as"], taken_out.new["closed_reason"]) == (closed_as, "Derfor.")
    assert (taken_in.old["closed_as"], taken_in.new["reason"]) == (closed_as, "Likevel.")


def test_close_is_refused_the_second_time(editor):
    initiative = create_initiative()
    actions.close_initiative(initiative=initiative, closed_as="archived", reason="Ferdig.", by=editor)

    with pytest.raises(rules.NotAllowed, match="allerede"):
        actions.close_initiative(initiative=initiative, closed_as="cancelled", reason="Nei.", by=editor)

    assert verbs(initiative) == ["tok ut"]


def test_reopen_is_refused_for_what_is_live(editor):
    with pytest.raises(rules.NotAllowed, match="allerede"):
        actions.reopen_initiative(initiative=create_initiative(), reason="Likevel.", by=editor)


def test_initiatives_are_never_deleted():
    initiative = create_initiative(on=date(2024, 1, 1))

    with pytest.raises(TypeError):
        initiative.delete()
    with pytest.raises(TypeError):
        Initiative.objects.all().delete()

    assert Initiative.objects.count() == 1
