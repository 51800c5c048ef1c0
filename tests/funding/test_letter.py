"""The award letter on paper: a valid file that says what was given, by which decision, and on what terms."""

from datetime import date

import pypdfium2
import pytest
from django.template.loader import render_to_string

from funding import actions
from funding.documents import letter_print
from helsefellesskap import pdf
from tests import verapdf
from tests.factories import (
    create_allocation,
    create_funding_decision,
    create_grant,
    create_initiative,
    create_organisation,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(db):
    grant = create_grant(
        year=2024, amount=5_000_000, used_in=2025, use_until=date(2026, 12, 31), report_due=date(2027, 3, 1)
    )
    grant.scheme.name = "Samhandlingsmidler"
    grant.scheme.grantor = create_organisation(name="Departementet", kind="state")
    grant.scheme.save()
    return grant


@pytest.fixture
def allocation(grant):
    return create_allocation(
        grant=grant,
        initiative=create_initiative(title="Familiens hus"),
        amount=1_000_000,
        work_package="Prøve ut",
        recipient=create_organisation(name="Valdres"),
    )


def made(allocation, user):
    printout = letter_print(allocation, user)
    return pdf.print_document(printout.template, printout.context)


def text_of(content):
    pages = pypdfium2.PdfDocument(content)
    words = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)
    return words.replace("\u00a0", " ").replace("\ufffe", "-")


def version(thing):
    return thing.history.first().history_id


def changed(allocation, editor, *amounts):
    for number, amount in enumerate(amounts):
        decision = create_funding_decision(on=date(2025, 4 + number, 10))
        actions.change_amount(
            allocation=allocation, amount=amount, decision=decision, on=None, by=editor,
            version=version(allocation), reason="Flyttet til neste år." if number else "",
        )  # fmt: skip
    allocation.refresh_from_db()


def test_a_first_letter_says_it_in_order(allocation, editor):
    said = text_of(made(allocation, editor))
    order = [
        "Tildelingsbrev",
        "Dato 20.02.2025",
        "Til Valdres",
        "Midler til Familiens hus",
        "Vi har gleden av å tildele 1 000 000 kr.",
        "Prøve ut 1 000 000 kr Samhandlingsmidler 2024, fra Departementet",
        "Vilkår",
        "Pengene skal brukes innen 31.12.2026.",
        "innen 01.03.2027.",
        "Rapport Hva pengene er brukt til, rapporteres på nettsiden til tildelingen: http",
        "Skriv til sekretariatet på sekretariat@example.no.",
        "Vennlig hilsen",
    ]
    places = [said.find(words) for words in order]

    assert -1 not in places
    assert places == sorted(places)
    assert all(term in said for term in ("Arbeidspakke", "Beløp", "Tilskudd", "Vedtak", "Gjelder fra"))
    assert "endringene" not in said


def test_a_changed_letter_has_the_changes_and_the_date_of_the_last(allocation, editor):
    changed(allocation, editor, 1_250_000, 900_000)
    said = text_of(made(allocation, editor))

    for words in (
        "Dato 10.05.2025",
        "Tildelingen er endret. Beløpet er nå 900 000 kr. 20.02.2025 var det 1 000 000 kr.",
        "Beløpet og endringene av det",
        "1 000 000 kr 1 000 000 kr",
        "10.04.2025 Økt, ",
        "250 000 kr 1 250 000 kr",
        "10.05.2025 Redusert, ",
        "Flyttet til neste år.",
        "−350 000 kr 900 000 kr",
    ):
        assert words in said


def test_a_letter_leads_to_its_page_and_says_what_the_decision_said(grant, editor, settings):
    settings.BASE_URL = "https://helsefellesskap.example.no"
    decision = create_funding_decision(adopted="Midlene fordeles slik.")
    allocation = create_allocation(grant=grant, decision=decision)
    address = f"https://helsefellesskap.example.no{allocation.get_absolute_url()}"
    printout = letter_print(allocation, editor)
    said = text_of(made(allocation, editor))

    assert "20.02.2025 Midlene fordeles slik." in said
    assert f"nettsiden til tildelingen: {address}" in said
    assert f'href="{address}"' in render_to_string(printout.template, printout.context)


def test_a_letter_sets_no_terms_that_are_not_known(editor):
    said = text_of(made(create_allocation(grant=create_grant(used_in=None)), editor))

    assert "Hva pengene er brukt til, rapporteres på nettsiden til tildelingen" in said
    for words in ("Vilkår", "skal brukes", "Dere rapporterer", "tilbake", "avtales"):
        assert words not in said


def test_a_letter_without_recipient_deadlines_or_letter_still_says_what_holds(editor):
    grant = create_grant(used_in=2025)
    decision = create_funding_decision()
    named = create_allocation(grant=grant, work_package="", decision=decision)
    other = create_allocation(grant=grant, label="Konferanse", decision=decision)

    said = text_of(made(named, editor))

    assert "Til den som leder tiltaket" in said
    assert "Pengene skal brukes i 2025." in said
    assert "Dere rapporterer" not in said
    assert ("Arbeidspakke" in said, ", fra" in said) == (False, False)
    assert "Til den som leder arbeidet" in text_of(made(other, editor))


def test_a_letter_of_what_was_withdrawn_says_so_and_sets_no_terms(allocation, editor):
    actions.withdraw_allocation(
        allocation=allocation, decision=allocation.decision, on=date(2025, 5, 1), by=editor,
        version=version(allocation), reason="Tiltaket stanses.",
    )  # fmt: skip
    allocation.refresh_from_db()
    said = text_of(made(allocation, editor))

    assert "Tildelingen på 1 000 000 kr fra 20.02.2025 er trukket. Det står ikke noe igjen av den." in said
    assert "Tiltaket stanses." in said
    assert ("Vilkår" in said, "gleden" in said) == (False, False)


def test_a_payment_is_no_change(allocation, editor):
    actions.mark_paid(allocation=allocation, on=date(2025, 6, 1), by=editor)
    allocation.refresh_from_db()

    said = text_of(made(allocation, editor))

    assert "Vi har gleden av å tildele" in said
    assert "Dato 20.02.2025" in said


def test_the_same_letter_is_the_same_file(allocation, editor, leader):
    assert made(allocation, editor) == made(allocation, leader)


@pytest.mark.verapdf
def test_the_letter_is_valid_to_the_reference_engine(allocation, grant, editor, tmp_path):
    verapdf.require()
    (tmp_path / "first.pdf").write_bytes(made(allocation, editor))
    changed(allocation, editor, *(1_000_000 + 10_000 * number for number in range(1, 8)))
    (tmp_path / "changed.pdf").write_bytes(made(allocation, editor))
    bare = create_allocation(grant=create_grant(year=2025), label="Konferanse", on=date(2025, 1, 9))
    (tmp_path / "bare.pdf").write_bytes(made(bare, editor))
    verdicts = verapdf.check(sorted(tmp_path.iterdir()), ["ua1", "2a"])

    assert len(verdicts) == 6
    assert {key: verdict.failures for key, verdict in verdicts.items() if not verdict.compliant} == {}
