"""Themes that came up, and the priorities that decisions made."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import LogEntry
from meetings import actions, rules
from meetings.actions.signals import SignalsChanged, Theme, fingerprint
from meetings.documents.signals import edit_url
from meetings.forms.signals import ThemeFormSet, initial_themes
from meetings.models import Body, Signal, StrategicPriority
from portfolio.models import StrategicArea, StrategyPlan
from tests.factories import (
    create_body,
    create_case,
    create_event,
    create_item,
    create_meeting,
    create_point,
    create_seat,
    create_signal,
)
from tests.portfolio.pages import body, main

pytestmark = pytest.mark.django_db


@pytest.fixture
def area(db) -> StrategicArea:
    plan = StrategyPlan.objects.create(title="Strategiplan", year_from=2022, year_to=2027)
    return StrategicArea.objects.create(
        plan=plan, slug="arbeidskraft", name="Kvalifisert arbeidskraft", goal="Nok folk.", order=1
    )


@pytest.fixture
def decision(ssu):
    """An adopted and locked point."""
    meeting = create_meeting(body=ssu, on=date(2025, 10, 16), state="approved")
    case = create_case(body=ssu, title="Satsinger", year=2025, seq=6, state="treated", announced=True)
    return create_point(item=create_item(meeting=meeting, case=case))


def said(source) -> list[tuple]:
    return [(one.question, one.order, one.text, one.count) for one in source.signals.all()]


def keep(source, themes, *, by, seen=None):
    return actions.set_signals(
        source=source, themes=themes, seen=seen or fingerprint(source.signals.all()), by=by
    )


def posted(source, *lines: dict[str, object], seen: str | None = None) -> dict[str, object]:
    data = {
        "tema-TOTAL_FORMS": len(lines),
        "tema-INITIAL_FORMS": source.signals.count(),
        "seen": fingerprint(source.signals.all()) if seen is None else seen,
    }
    for number, line in enumerate(lines):
        empty = {"place": "", "question": "", "text": "", "count": "", "strategic_area": ""}
        data |= {f"tema-{number}-{name}": value for name, value in {**empty, **line}.items()}
    return data


def test_set_signals_keeps_the_order_within_each_question_and_its_trail(editor, area):
    event = create_event()

    keep(event, [Theme("B", "b1", 2, area), Theme("A", "a1"), Theme("B", "b2")], by=editor)

    assert said(event) == [("A", 1, "a1", None), ("B", 1, "b1", 2), ("B", 2, "b2", None)]
    entry = LogEntry.objects.about(event).get()
    assert entry.new == {"innspill": ["A: a1", "B: b1, 2, Kvalifisert arbeidskraft", "B: b2"]}


def test_set_signals_logs_what_came_and_what_went(editor, ssu):
    keep(ssu, [Theme("A", "a1"), Theme("A", "a2")], by=editor)

    keep(ssu, [Theme("A", "a2"), Theme("A", "a3")], by=editor)

    entry = LogEntry.objects.about(ssu).first()
    assert (entry.old, entry.new) == ({"innspill": ["A: a1"]}, {"innspill": ["A: a3"]})


def test_the_same_signals_again_leave_no_trace(editor, ssu):
    first = keep(ssu, [Theme("A", "a1"), Theme("A", "a2")], by=editor)

    again = keep(ssu, [Theme("A", "a1"), Theme("A", "a2")], by=editor)

    assert [one.pk for one in again] == [one.pk for one in first]
    assert LogEntry.objects.count() == 1


def test_a_new_order_alone_is_a_change(editor, ssu):
    keep(ssu, [Theme("A", "a1"), Theme("A", "a2")], by=editor)

    keep(ssu, [Theme("A", "a2"), Theme("A", "a1")], by=editor)

    assert [text for _question, _order, text, _count in said(ssu)] == ["a2", "a1"]


def test_signals_that_others_changed_are_not_overwritten(editor, ssu):
    seen = fingerprint(ssu.signals.all())
    create_signal(body=ssu, text="Fra en annen")

    with pytest.raises(SignalsChanged) as refusal:
        keep(ssu, [Theme("A", "a1")], by=editor, seen=seen)

    assert [one.text for one in refusal.value.signals] == ["Fra en annen"]
    assert Signal.objects.get().text == "Fra en annen"


@pytest.mark.parametrize("theme", [Theme("A", "Ring 01010750160"), Theme("01010750160", "a")])
def test_a_theme_with_a_national_identity_number_is_refused(editor, ssu, theme):
    with pytest.raises(rules.NotAllowed):
        keep(ssu, [theme], by=editor)

    assert Signal.objects.count() == 0


MOVES = [
    (["", "", ""], "abc"),
    (["2", "2", "3"], "bac"),
    (["3", "2", "3"], "bca"),
    (["1", "2", "1"], "cab"),
    (["1", "1", "3"], "bac"),
]


@pytest.mark.parametrize(("places", "order"), MOVES)
def test_a_line_goes_to_the_place_it_was_given(editor, ssu, places, order):
    signals = keep(ssu, [Theme("A", text) for text in "abc"], by=editor)
    lines = [
        {"place": place, "question": "A", "text": text} for place, text in zip(places, "abc", strict=True)
    ]
    formset = ThemeFormSet(posted(ssu, *lines), prefix="tema", initial=initial_themes(signals))

    assert formset.is_valid()
    assert "".join(theme.text for theme in formset.themes()) == order


# Pages


def test_signals_are_shown_by_where_they_came_up(client_of, ssu):
    create_signal(body=ssu, text="Fra utvalget", question="Hva nå?", count=2)
    create_signal(event=create_event(title="Gammelt møte", on=date(2024, 1, 1)), text="Fra det gamle")
    create_signal(event=create_event(title="Nytt møte", on=date(2025, 1, 1)), text="Fra det nye")
    create_signal(meeting=create_meeting(body=ssu, on=date(2025, 9, 18)), text="Fra utvalgets møte")
    page = main(client_of(None).get("/innspill/"))

    words = ["Nytt møte", "Fra det nye", "Gammelt møte", "Fra det gamle", "SSU 18.09.2025"]
    words += ["Fra utvalgets møte", "Hva nå?", "Fra utvalget"]
    places = [page.index(word) for word in words[:-1]] + [page.rindex("Fra utvalget")]
    assert places == sorted(places)


def test_a_bar_is_measured_by_the_most_said_of_its_question(client_of, ssu):
    create_signal(body=ssu, question="Hva nå?", count=5)
    create_signal(body=ssu, question="Hva nå?", count=1)
    create_signal(body=ssu, question="Hva så?", count=2)
    page = body(client_of(None).get("/innspill/"))

    assert [part.split('"')[0] for part in page.split('width="')[1:] if part.split('"')[0].endswith("%")] == [
        "100%", "20%", "100%",
    ]  # fmt: skip


def test_signals_are_filtered_by_strategic_area(client_of, ssu, area):
    create_signal(body=ssu, text="Flere fagfolk", strategic_area=area)
    create_signal(body=ssu, text="Noe annet")
    client = client_of(None)

    assert "Noe annet" not in main(client.get("/innspill/?satsing=arbeidskraft"))
    assert "Flere fagfolk" in main(client.get("/innspill/?satsing=arbeidskraft"))
    assert "Noe annet" in main(client.get("/innspill/?satsing=tull"))


def test_signals_of_an_internal_body_are_for_those_who_sit_there(client_of, member, pa_member, editor):
    internal = create_body(visibility=Body.Visibility.INTERNAL)
    seat = create_seat(body=internal)
    create_signal(body=internal, text="Bare for oss")
    create_signal(meeting=create_meeting(body=internal), text="Også bare for oss")
    create_signal(event=create_event(), text="For alle")

    for user in (None, member, pa_member):
        page = main(client_of(user).get("/innspill/"))
        assert ("For alle" in page, "bare for oss" in page.lower()) == (True, False)
    for user in (seat.person, editor):
        page = main(client_of(user).get("/innspill/"))
        assert page.lower().count("bare for oss") == 2


def test_signals_are_edited_by_the_secretariat(client_of, cast, ssu):
    sources = [create_event(), create_meeting(body=ssu), ssu]

    for name, user in vars(cast).items():
        wanted = 302 if name == "public" else 200 if name == "editor" else 403
        found = [client_of(user).get(edit_url(source)).status_code for source in sources]
        assert found == [wanted] * 3


def test_signals_of_what_one_may_not_know_of_are_404(client_of, member, editor):
    internal = create_body(visibility=Body.Visibility.INTERNAL)
    meeting = create_meeting(body=internal)

    for source in (internal, meeting):
        assert client_of(member).get(edit_url(source)).status_code == 404
    for address in ("arrangement/x", "mote/x", "noe/ssu", "organ/finnes-ikke"):
        assert client_of(editor).get(f"/innspill/{address}/").status_code == 404


def test_the_form_saves_lines_and_drops_those_that_were_emptied(client_of, editor, ssu, area):
    keep(ssu, [Theme("A", "a1"), Theme("A", "a2")], by=editor)
    response = client_of(editor).post(
        edit_url(ssu),
        posted(
            ssu,
            {"place": "1", "question": "A", "text": ""},
            {"place": "2", "question": "A", "text": "a2", "count": "3"},
            {"text": "a3", "strategic_area": area.pk},
            {},
        ),
    )

    assert response.url == reverse("meetings:signal-list")
    assert said(ssu) == [("A", 1, "a2", 3), ("A", 2, "a3", None)]
    assert ssu.signals.get(text="a3").strategic_area == area


def test_after_saving_one_is_at_the_event(client_of, editor):
    event = create_event()
    response = client_of(editor).post(edit_url(event), posted(event, {"question": "A", "text": "a1"}))

    assert response.url == event.get_absolute_url()


@pytest.mark.parametrize("count", ["0", "-1", "mange", "1000000"])
def test_a_count_is_a_number_from_one(client_of, editor, ssu, count):
    line = {"question": "A", "text": "a1", "count": count}
    response = client_of(editor).post(edit_url(ssu), posted(ssu, line))

    assert response.status_code == 422
    assert 'value="a1"' in body(response)
    assert Signal.objects.count() == 0


def test_the_first_line_needs_its_question(client_of, editor, ssu):
    response = client_of(editor).post(edit_url(ssu), posted(ssu, {"text": "a1"}))

    assert response.status_code == 422
    assert "Skriv spørsmålet på den første linjen." in main(response)
    assert Signal.objects.count() == 0


def test_the_second_of_two_editors_is_told_and_chooses(client_of, editor, ssu):
    seen = fingerprint(ssu.signals.all())
    create_signal(body=ssu, question="A", text="Fra en annen")
    client, line = client_of(editor), {"question": "A", "text": "Min"}

    told = client.post(edit_url(ssu), posted(ssu, line, seen=seen))

    assert told.status_code == 422
    assert "A: Fra en annen" in main(told)
    assert 'value="Min"' in body(told)
    assert client.post(edit_url(ssu), posted(ssu, line, seen=told.context["seen"])).status_code == 302
    assert Signal.objects.get().text == "Min"


def test_the_list_takes_the_same_queries_for_many(client_of, editor, ssu, area):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client_of(editor).get("/innspill/").status_code == 200
        return len(found)

    def grow() -> int:
        create_signal(body=ssu, strategic_area=area)
        create_signal(event=create_event(), strategic_area=area)
        create_signal(meeting=create_meeting(on=date(2025, 9, 18)), strategic_area=area)
        return queries()

    assert grow() == grow() == grow()


# Priorities


def test_set_priority_points_at_the_decision_and_leaves_a_trail(editor, area, decision):
    priority = actions.set_priority(area=area, year=2026, point=decision, by=editor)

    assert (priority.area, priority.year, priority.point) == (area, 2026, decision)
    assert LogEntry.objects.about(area).get().new == {"år": 2026, "vedtak": str(decision)}


def test_another_decision_takes_the_place_of_the_first(editor, area, decision):
    other = create_point(item=decision.item, number=2)
    actions.set_priority(area=area, year=2026, point=decision, by=editor)

    actions.set_priority(area=area, year=2026, point=other, by=editor)
    actions.set_priority(area=area, year=2026, point=other, by=editor)

    assert StrategicPriority.objects.get().point == other
    assert LogEntry.objects.about(area).count() == 2


def test_only_a_decision_makes_a_priority_and_only_of_a_year(editor, area, decision):
    proposal = create_point(case=decision.case, outcome="proposed", number=3)

    for point, year, field in ((proposal, 2026, "point"), (decision, 26, "year")):
        with pytest.raises(rules.NotAllowed) as refusal:
            actions.set_priority(area=area, year=year, point=point, by=editor)
        assert refusal.value.field == field
    assert StrategicPriority.objects.count() == 0


def test_priorities_are_kept_by_the_secretariat(client_of, cast, area, decision):
    priority = actions.set_priority(area=area, year=2026, point=decision, by=cast.editor)
    remove = reverse("meetings:priority-remove", args=[priority.pk])

    for name, user in vars(cast).items():
        if name != "editor":
            wanted = 302 if name == "public" else 403
            assert client_of(user).get("/prioriteringer/").status_code == wanted
            assert client_of(user).post(remove).status_code == wanted
    assert StrategicPriority.objects.get() == priority


def test_a_priority_is_made_and_removed_on_its_page(client_of, editor, area, decision):
    client = client_of(editor)
    made = client.post("/prioriteringer/", {"area": area.pk, "year": "2026", "point": decision.pk})
    page = main(client.get("/prioriteringer/"))
    remove = reverse("meetings:priority-remove", args=[StrategicPriority.objects.get().pk])

    assert made.status_code == 302
    assert "SSU 16.10.2025 , sak 6/25 , punkt 1" in page
    assert client.get(remove).status_code == 405
    assert client.post(remove).status_code == 302
    assert StrategicPriority.objects.count() == 0
    assert LogEntry.objects.about(area).first().verb == "fjernet prioritering"


def test_a_year_that_is_none_is_told_at_the_field(client_of, editor, area, decision):
    response = client_of(editor).post(
        "/prioriteringer/", {"area": area.pk, "year": "snart", "point": decision.pk}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["year"]
