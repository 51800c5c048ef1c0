"""What a text says of meetings, by truth table."""

from datetime import date

import pytest

from meetings.rules.mentions import Mention, mentions

CODES = ["SSU", "PA", "FSU"]
A, D, N = "to come", "decided", "neither"


def said(text):
    return [
        (mention.code, f"{mention.day:%d.%m.%y}", A if mention.is_ahead else D if mention.is_decision else N)
        for mention in mentions(text, CODES)
    ]


@pytest.mark.parametrize(
    ("sentence", "what"),
    [
        # the demo's own
        ("Sak om bredding kommer i SSU 18.09.2025.", A),
        ("Mandatet behandles i SSU 18.09.2025.", A),
        ("Oppstarten planlegges, og mandatet justeres etter vedtaket i SSU 18.09.2025.", D),
        ("Utredningen ble lagt fram i SSU 18.09.2025.", N),
        ("Beslutningssaken kommer i SSU 18.09.2025.", A),
        ("Modellen er ferdig beskrevet og legges fram i SSU 18.09.2025.", A),
        ("Besluttet i SSU 18.09.2025.", D),
        # to come
        ("Mandatet skal legges fram i SSU 18.09.2025.", A),
        ("Mandatet skal bli vedtatt i SSU 18.09.2025.", A),
        ("Saken vil bli behandlet i SSU 18.09.2025.", A),
        ("Saken må være avklart i SSU 18.09.2025.", A),
        ("Saken tas opp i SSU 18.09.2025.", A),
        ("Utredningen presenteres i SSU-møtet 18.09.2025.", A),
        ("Mandatet er til behandling i SSU (18.09.2025).", A),
        ("Saken er planlagt i SSU 18.09.2025.", A),
        ("Saken er meldt til SSU 18.09.2025.", A),
        ("Avventer vedtaket i SSU 18.09.2025.", A),
        ("Venter på et vedtak i SSU 18.09.2025.", A),
        ("I påvente av beslutningen i SSU 18.09.2025.", A),
        ("I SSU 18.09.2025 behandles mandatet, som ble skrevet i vår.", A),
        ("SSU 18.09.2025 skal behandle mandatet.", A),
        ("Det ble bestemt at mandatet skal behandles i SSU 18.09.2025.", A),
        ("Vedtaket følges opp i SSU 18.09.2025.", A),
        ("Mandatet behandles, etter planen, i SSU 18.09.2025.", A),
        # decided
        ("Vedtatt i SSU 18.09.2025.", D),
        ("Det er besluttet i SSU 18.09.2025 at arbeidet starter.", D),
        ("Mandatet ble godkjent i SSU 18.09.2025 og justeres.", D),
        ("Etter vedtak i SSU 18. september 2025 starter arbeidet.", D),
        ("SSU 18.09.2025 vedtok mandatet.", D),
        ("I SSU 18.09.2025 ble mandatet vedtatt.", D),
        ("SSU 18.09.2025: besluttet oppstart.", D),
        # neither
        ("Ikke vedtatt i SSU 18.09.2025.", N),
        ("Saken er blitt behandlet i SSU 18.09.2025.", N),
        ("Saken ble utsatt i SSU 18.09.2025.", N),
        ("Saken var planlagt i SSU 18.09.2025.", N),
        ("Oppstart planlegges etter SSU 18.09.2025.", N),
        ("Etter møtet i SSU 18.09.2025 skal gruppen settes ned.", N),
        ("Oppdraget fra SSU 18.09.2025 følges opp.", N),
        ("Jf. SSU 18.09.2025 punkt 2.", N),
    ],
)
def test_what_a_sentence_makes_of_a_meeting(sentence, what):
    assert said(sentence) == [("SSU", "18.09.25", what)]


@pytest.mark.parametrize(
    "written",
    ["SSU 18.09.2025", "SSU 18.9.25", "SSU den 18.9.2025", "SSU, 18.09.25", "SSU (18. september 2025)", "SSU-møtet 18.09.2025"],
)  # fmt: skip
def test_ways_to_write_it(written):
    assert said(f"Saken kommer i {written}.") == [("SSU", "18.09.25", A)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SSU behandler saken.",
        "Webinaret ble holdt 15.01.2025.",
        "ASU 18.09.2025",
        "OSSU 18.09.2025",
        "ssu 18.09.2025",
        "SSU 31.02.2025",
        "SSU 18.09",
        "SSU 18.09.202533",
        "Strategisk samarbeidsutvalg (SSU) møttes 18.09.2025.",
    ],
)
def test_what_names_no_meeting(text):
    assert said(text) == []


def test_several_in_a_sentence_each_by_its_own_words():
    assert said(
        "Utredningen ble lagt fram i SSU 22.05.2025, og beslutningssaken kommer i SSU 18.09.2025."
    ) == [("SSU", "22.05.25", N), ("SSU", "18.09.25", A)]
    assert said("I SSU 22.05.2025 ble den lagt fram, i PA 16.10.2025 kommer den tilbake.") == [
        ("SSU", "22.05.25", N),
        ("PA", "16.10.25", A),
    ]


def test_a_sentence_ends_where_it_should():
    text = "Besluttet i SSU 14.11.2024. Deltakere skal utpekes, jf. SSU 22.5.25. Mer kommer.\nSaken legges fram i PA 16.10.2025"

    assert mentions(text, CODES) == [
        Mention("SSU", date(2024, 11, 14), "Besluttet i SSU 14.11.2024.", is_ahead=False, is_decision=True),
        Mention(
            "SSU", date(2025, 5, 22), "Deltakere skal utpekes, jf. SSU 22.5.25.", is_ahead=False, is_decision=False
        ),
        Mention("PA", date(2025, 10, 16), "Saken legges fram i PA 16.10.2025", is_ahead=True, is_decision=False),
    ]  # fmt: skip


def test_without_bodies_nothing_is_named():
    assert mentions("Mandatet behandles i SSU 18.09.2025.", []) == []
