"""The files of the demo partnership: counts, references, and what must never be in them (docs/demo.md)."""

import csv
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

DEMO = Path(__file__).resolve().parent.parent / "fixtures" / "demo"
FEBRUARY, JUNE = "2025-02-20", "2025-06-27"
PHASES = ("oppstart", "innsikt", "losning", "drift")
FILES = (
    "organisations", "program_areas", "strategic_areas", "initiatives", "reports", "bodies", "seats", "meetings",
    "cases", "points", "follow_ups", "priorities", "events", "signals", "papers", "documents",
    "grants", "allocations", "proposals", "subscriptions",
)  # fmt: skip


def read(name: str) -> list[dict[str, str]]:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def listed(cell: str) -> list[str]:
    return [part for part in cell.split(" | ") if part]


def reports(on: str) -> list[dict[str, str]]:
    return [row for row in read("reports") if row["reported_on"] == on]


def orders(rows: list[dict[str, str]]) -> list[int]:
    return [int(row["order"]) for row in rows]


def step(row: dict[str, str]) -> float:
    """How far along: 0 not started, 1 oppstart … 4 drift; a range lies between its two phases."""
    codes = [code for code in (row["phase_from"], row["phase_to"]) if code]
    return sum(PHASES.index(code) + 1 for code in codes) / len(codes) if codes else 0


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_every_cell_and_nothing_that_must_not_be_published(name: str) -> None:
    raw = (DEMO / f"{name}.csv").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8")
    assert [host for host in re.findall(r"@([\w.-]*)", text) if host != "example.no"] == []
    assert re.findall(r"https?:|www\.", text) == []
    for row in read(name):
        assert None not in row
        assert None not in row.values()


def test_organisations_are_unique_and_a_parent_stands_before_its_children() -> None:
    rows = read("organisations")
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names) == 36
    for place, row in enumerate(rows):
        assert row["parent"] in ["", *names[:place]]
    assert {row["language"] for row in rows} == {"nb", "nn"}
    assert {row["kind"] for row in rows} == {
        "municipality", "health_region", "hospital_trust", "division", "state", "association",
        "network", "supplier", "education", "programme", "unit",
    }  # fmt: skip


def test_forty_four_initiatives_in_five_areas() -> None:
    rows = read("initiatives")
    assert orders(rows) == list(range(1, 45))
    in_area = Counter(row["program_area"] for row in rows)
    assert [in_area[row["code"]] for row in read("program_areas")] == [12, 6, 5, 8, 13]


def test_slugs_are_plain_unique_and_shared_by_nothing_else() -> None:
    slugs = [row["slug"] for row in read("initiatives")]
    slugs += [row["code"] for row in read("program_areas")]
    slugs += [row["slug"] for row in read("strategic_areas")]
    assert len(set(slugs)) == len(slugs) == 44 + 5 + 4
    for slug in slugs:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert len(slug) <= 60


def test_initiatives_refer_only_to_what_is_there() -> None:
    organisations = {row["name"] for row in read("organisations")}
    strategic_areas = {row["slug"] for row in read("strategic_areas")}
    for row in read("initiatives"):
        assert row["kind"] in ("project", "study", "agreement", "service", "improvement")
        assert row["mandate_state"] in ("none", "drafted", "submitted", "approved", "not_needed")
        assert row["owner"] in {"", *organisations}
        assert set(listed(row["strategic_areas"])) <= strategic_areas
        assert {int(order) for order in listed(row["related"])} <= set(range(1, 45)) - {int(row["order"])}
        assert row["summary"].endswith(".")
        names = [name.casefold() for name in (row["title"], *listed(row["aliases"]))]
        assert len(set(names)) == len(names)
        for participant in listed(row["participants"]):
            organisation, _, role = participant.rpartition(":")
            assert organisation in organisations
            assert role in ("partner", "pilot", "interested")
        assert bool(row["decided_on"]) == bool(row["decided_precision"])
        if row["decided_on"]:
            date.fromisoformat(row["decided_on"])


def test_titles_keep_their_marks_and_spaces() -> None:
    titles = {int(row["order"]): row["title"] for row in read("initiatives")}
    assert titles[13] == "Psykisk helse voksne  - helhetlig pasientforløp - store sammensatte behov"
    assert titles[21] == "Barn med autisme»  - intensivt opplæringsprogram"
    assert titles[35] == "Modell for felles tjenesteutvikling - hele modellen."
    assert titles[39].startswith('"Inn og utskrivning fra sykehus"')


def test_two_reports_per_initiative() -> None:
    assert len(read("reports")) == 88
    assert orders(reports(FEBRUARY)) == orders(reports(JUNE)) == list(range(1, 45))


def test_june_has_the_phases_and_states_of_the_printed_table() -> None:
    rows = reports(JUNE)
    assert Counter((row["phase_from"], row["phase_to"]) for row in rows) == {
        ("oppstart", ""): 19,
        ("losning", ""): 11,
        ("innsikt", ""): 5,
        ("losning", "drift"): 3,
        ("drift", ""): 3,
        ("", ""): 3,
    }
    assert {int(row["order"]): row["raw_phase"] for row in rows if not row["phase_from"]} == {
        4: "Ikke startet", 20: "Levere", 41: "Ikke startet",
    }  # fmt: skip
    assert orders([row for row in rows if row["needs_mapping"] == "true"]) == [20]
    assert orders([row for row in rows if row["state"] == "not_started"]) == [4, 41]
    assert orders([row for row in rows if row["state"] == "completed"]) == [1, 2, 5, 35]
    assert orders([row for row in rows if row["state"] == "delayed"]) == [38, 39]
    assert Counter(row["raw_mark"] for row in rows) == {"": 31, "*": 13}


def test_unknown_is_a_flag_and_never_a_comment() -> None:
    rows = read("reports")
    unknown = [row for row in rows if row["comment_unknown"] == "true"]
    assert orders(unknown) == [8, 10, 11, 12, 14, 15, 18, 22, 27, 28, 29, 31]
    assert {row["reported_on"] for row in unknown} == {JUNE}
    assert Counter(row["raw_comment"] for row in unknown) == {"? ?": 8, "?": 3, "": 1}
    for row in rows:
        assert bool(row["comment"]) != (row["comment_unknown"] == "true")
        assert "?" not in row["comment"] + row["next_step"]
        assert not row["comment"].startswith(("Avsluttet", "Forsinket", "Ikke startet"))


def test_june_keeps_the_faults_that_the_quality_check_is_to_find() -> None:
    comments = {int(row["order"]): row["comment"] for row in reports(JUNE)}
    assert [order for order, text in comments.items() if "22.05.2025" in text] == [7, 30, 34]
    assert [order for order, text in comments.items() if "18.09.2025" in text] == [1, 19, 34, 35]
    shared: dict[str, list[int]] = {}
    for order, text in comments.items():
        shared.setdefault(text, []).append(order)
    assert sorted(group for text, group in shared.items() if text and len(group) > 1) == [
        [7, 30], [16, 17], [20, 21, 23], [24, 25],
    ]  # fmt: skip


def test_february_knows_nothing_that_came_later() -> None:
    for row in reports(FEBRUARY):
        assert {row[cell] for cell in ("raw_phase", "raw_comment", "raw_mark", "source")} == {""}
        assert row["needs_mapping"] == "false"
        for day, month, year in re.findall(r"(\d\d)\.(\d\d)\.(\d{4})", row["comment"] + row["next_step"]):
            assert f"{year}-{month}-{day}" <= FEBRUARY


def test_no_initiative_moves_more_than_one_phase_between_the_reports() -> None:
    moved = []
    for before, after in zip(reports(FEBRUARY), reports(JUNE), strict=True):
        if after["needs_mapping"] == "true":
            continue
        assert 0 <= step(after) - step(before) <= 1
        if step(after) != step(before):
            moved.append(int(after["order"]))
    assert moved == [1, 2, 9, 17, 28, 33, 34, 36, 37, 43]


def ids(name: str) -> list[str]:
    return [row["id"] for row in read(name)]


def concerns(row: dict[str, str]) -> dict[int, str]:
    return {int(order): kind for order, _, kind in (part.partition(":") for part in listed(row["concerns"]))}


def test_eight_meetings_and_twenty_four_cases() -> None:
    meetings, cases = read("meetings"), read("cases")
    assert Counter(row["precision"] for row in meetings) == {"day": 5, "year": 1, "month": 1, "unknown": 1}
    assert [row["id"] for row in cases] == [f"C{number:02}" for number in range(1, 25)]
    numbered = {row["id"]: (row["body"], row["year"], row["seq"]) for row in cases if row["seq"]}
    assert numbered == {
        "C05": ("ssu", "2025", "3"),
        "C12": ("ssu", "2025", "24"),
        "C19": ("pa", "2025", "6"),
        "C20": ("ssu", "2025", "31"),
    }
    assert [row["id"] for row in cases if not row["meeting"]] == ["C22", "C23", "C24"]
    assert [row["id"] for row in cases if not row["body"]] == ["C24"]
    for row in cases:
        assert bool(row["body"]) != bool(row["body_unknown_reason"])


def test_cases_refer_only_to_what_is_there_and_was_before() -> None:
    bodies, areas = [row["code"] for row in read("bodies")], [row["slug"] for row in read("strategic_areas")]
    meetings, cases = ids("meetings"), read("cases")
    for place, row in enumerate(cases):
        assert row["body"] in ["", *bodies]
        assert row["meeting"] in ["", *meetings]
        assert set(listed(row["follows_up"])) <= {earlier["id"] for earlier in cases[:place]}
        assert set(listed(row["strategic_areas"])) <= set(areas)
        assert set(concerns(row)) <= set(range(1, 45))
        assert set(concerns(row).values()) <= {"start", "mandate", "spreading", "funding", "information"}


def test_the_five_announced_cases_have_no_outcome_and_four_have_an_initiative() -> None:
    announced = [row for row in read("cases") if row["id"] in {"C13", "C14", "C15", "C16", "C17"}]
    assert {(row["meeting"], row["outcome"]) for row in announced} == {("SSU-2025-09-18", "not_recorded")}
    assert [list(concerns(row)) for row in announced] == [[40], [35], [], [1], [34]]


def test_the_sixteen_funded_initiatives_stand_in_the_case_that_gave_the_money() -> None:
    row = next(row for row in read("cases") if row["id"] == "C06")
    assert list(concerns(row)) == [3, 6, 7, 8, 12, 21, 22, 27, 30, 31, 32, 33, 34, 35, 36, 37]
    assert set(concerns(row).values()) == {"funding"}


def test_seventeen_decisions_of_which_five_are_tasks() -> None:
    points, tasks = read("points"), read("follow_ups")
    assert sorted([*ids("points"), *ids("follow_ups")]) == [f"D{number:02}" for number in range(1, 18)]
    assert {row["id"]: (row["case"], row["point"], row["due_on"]) for row in tasks} == {
        "D06": ("C07", "D05", "2025-08-01"),
        "D07": ("C07", "D05", "2025-09-18"),
        "D08": ("C07", "D05", "2025-09-01"),
        "D15": ("C11", "", "2025-09-18"),
        "D16": ("C21", "", "2026-02-01"),
    }
    assert [row["id"] for row in points if row["outcome"] == "proposed"] == ["D04"]
    assert [row["id"] for row in points if row["unknown_reason"]] == ["D14", "D17"]
    assert [row["id"] for row in points if row["vote"] == "unanimous"] == ["D01", "D02", "D03"]
    organisations = {row["name"] for row in read("organisations")}
    for row in tasks:
        assert set(listed(row["organisations"])) <= organisations


def test_the_deadline_is_a_task_and_no_arrangement() -> None:
    events = read("events")
    assert ids("events") == [f"E{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)]
    assert Counter(row["precision"] for row in events) == {"unknown": 4, "day": 3, "month": 2, "week": 1}
    organisations = {row["name"] for row in read("organisations")}
    for row in events:
        assert bool(row["starts_on"]) == (row["precision"] != "unknown")
        assert {int(order) for order in listed(row["initiatives"])} <= set(range(1, 45))
        assert set(listed(row["organisations"])) <= organisations


def test_twenty_one_signals() -> None:
    rows = read("signals")
    assert Counter((row["event"], row["body"], row["question"]) for row in rows).most_common() == [
        (("", "ssu", rows[5]["question"]), 8),
        (("", "ssu", rows[13]["question"]), 8),
        (("E04", "", rows[0]["question"]), 5),
    ]
    assert [row["count"] for row in rows if row["count"]] == ["5", "2", *["1"] * 6]
    assert {row["strategic_area"] for row in rows} - {""} <= {row["slug"] for row in read("strategic_areas")}


def test_seats_are_held_by_roles_in_bodies_that_are_there() -> None:
    bodies, rows = [row["code"] for row in read("bodies")], read("seats")
    signed_in = {"leder@example.no", "nestleder@example.no", "ssu@example.no", "pa@example.no"}
    assert {row["email"] for row in rows if not row["name"]} == signed_in
    for row in rows:
        assert row["body"] in bodies
        assert not row["name"] or row["name"].split()[0] in {"Medlem", "Representant", "Tidligere", "Vara"}
    sides = {row["role"]: row["side"] for row in rows if row["role"] in {"leader", "deputy_leader"}}
    assert sides == {"leader": "municipal", "deputy_leader": "hospital"}
    assert [row["email"] for row in rows if row["valid_to"]] == ["tidligere@example.no"]


def money(rows: list[dict[str, str]]) -> int:
    return sum(int(row["amount"]) for row in rows)


def test_two_grants_are_known_to_the_nearest_hundred_thousand() -> None:
    rows = read("grants")
    assert [(row["year"], row["amount"]) for row in rows] == [("2024", "10700000"), ("2025", "10600000")]
    organisations = {row["name"] for row in read("organisations")}
    for row in rows:
        assert row["rounded_to"] == "100000"
        assert row["grantor"] in organisations
        assert "nøyaktige beløpet er ikke kjent" in row["note"]
        date.fromisoformat(row["known_on"])


def test_sixteen_allocations_in_the_order_of_the_paper() -> None:
    rows = read("allocations")
    assert orders(rows) == list(range(1, 17))
    assert money(rows) == 9_053_333
    area = {row["order"]: row["program_area"] for row in read("initiatives")}
    in_area: dict[str, int] = {}
    for row in rows:
        code = area[row["initiative"]]
        in_area[code] = in_area.get(code, 0) + int(row["amount"])
    assert list(in_area.values()) == [3_000_000, 533_333, 3_570_000, 1_950_000]
    assert {(row["grant"], row["allocated_on"]) for row in rows} == {("2024", FEBRUARY)}


def test_the_money_is_that_of_the_case_that_gave_it() -> None:
    case = next(row for row in read("cases") if row["id"] == "C06")
    rows = read("allocations")
    assert sorted(int(row["initiative"]) for row in rows) == list(concerns(case))
    assert {row["decision_case"] for row in rows} == {case["title"]}
    adopted = [row for row in read("points") if row["case"] == "C06"]
    assert [row["outcome"] for row in adopted] == ["adopted"]


def test_proposals_are_for_an_initiative_or_for_an_idea_in_an_area() -> None:
    organisations = {row["name"] for row in read("organisations")}
    areas = {row["code"] for row in read("program_areas")}
    for row in read("proposals"):
        assert row["organisation"] in organisations
        assert bool(row["initiative"]) != bool(row["idea"])
        assert row["initiative"] in ["", *map(str, range(1, 45))]
        assert row["program_area"] in (areas if row["idea"] else {""})
        assert int(row["amount"]) > 0
        assert row["submitted_on"] > JUNE


def newsletters() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((DEMO / "newsletters.json").read_text(encoding="utf-8"))
    return rows


def blocks_of(kind: str) -> list[dict[str, Any]]:
    return [block for row in newsletters() for block in row["blocks"] if block["kind"] == kind]


def test_newsletters_name_no_address_outside_the_example() -> None:
    raw = (DEMO / "newsletters.json").read_text(encoding="utf-8")
    assert "\r" not in raw
    said = json.dumps(newsletters(), ensure_ascii=False)
    assert set(re.findall(r"@([\w.-]*)", said)) == {"example.no"}
    hosts = [urlsplit(url).hostname or "" for url in re.findall(r'https?:[^"\\]*', said)]
    assert all(host == "example.no" or host.endswith(".example.no") for host in hosts)
    assert len([host for host in hosts if host != "example.no"]) == 1  # the one that a mail scanner rewrote


def test_one_newsletter_is_published_and_one_is_a_draft() -> None:
    june, draft = newsletters()
    assert [(row["year"], row["number"]) for row in (june, draft)] == [(2025, 1), (2025, 2)]
    assert (june["as_of"], june["published_on"]) == (JUNE, JUNE)
    days = [june["begun_on"], june["written_on"], june["sent_on"], *june["approved_by"].values(), JUNE]
    assert days == sorted(days)
    assert "published_on" not in draft
    assert (len(june["blocks"]), len(draft["blocks"])) == (15, 9)
    assert all(len(reason) > 40 for reason in june["accepted"].values())


def test_newsletters_refer_only_to_what_is_there() -> None:
    known: dict[str, set[Any]] = {
        "initiatives": set(range(1, 45)),
        "events": set(ids("events")),
        "meetings": {row["id"] for row in read("meetings") if row["day"]},
        "grant": {int(row["year"]) for row in read("grants")},
    }
    for row in newsletters():
        for block in row["blocks"]:
            for name, value in block.get("settings", {}).items():
                if name in known:
                    assert set(value if isinstance(value, list) else [value]) <= known[name]
            for picture in block.get("pictures", []):
                assert (DEMO / "files" / picture["file"]).stat().st_size < 60_000
    assert [block["settings"]["grant"] for block in blocks_of("funding")] == [2025, 2024]
    assert [block["settings"]["events"] for block in blocks_of("events")] == [["E04"], ["E09"]]


def test_fourteen_subscribers_by_role() -> None:
    rows = read("subscriptions")
    assert len({row["email"] for row in rows}) == len(rows) == 14
    assert Counter((row["basis"], row["state"]) for row in rows) == {
        ("imported", "active"): 10,
        ("opt_in", "active"): 2,
        ("opt_in", "waiting"): 1,
        ("opt_in", "ended"): 1,
    }
    assert [row["state"] for row in rows if row["is_refused"] == "true"] == ["active"]
    for row in rows:
        days = [row[name] for name in ("asked_on", "confirmed_on", "ended_on") if row[name]]
        assert days == sorted(days)
        assert all(day <= JUNE for day in days)
