"""Sending files: with their progress, stopped, refused, too large, and as a plain form."""

import pytest
from playwright.sync_api import expect

from meetings.models import Case, Document
from tests import files
from tests.browser import axe
from tests.browser.conftest import EDITOR

PDF = {"name": "Budsjett.pdf", "mimeType": "application/pdf", "buffer": files.pdf("Tall")}
DOCX = {"name": "Notat.docx", "mimeType": "application/octet-stream", "buffer": files.docx("Tekst")}
FALSE = {"name": "Falsk.pdf", "mimeType": "application/pdf", "buffer": b"hei"}
LARGE = {"name": "Stor.pdf", "mimeType": "application/pdf", "buffer": files.pdf("Tall") + b"%" * 4_000_000}
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}


@pytest.fixture
def case(site):
    return Case.objects.get(seq=31)


def titles(case):
    return set(Document.objects.filter(case=case, kind="annex").values_list("title", flat=True))


def open_form(page, case):
    page.goto(f"/saker/{case.public_id}/dokumenter/ny/")
    return page.get_by_label("Filer")


def send(page):
    page.get_by_role("button", name="Last opp").click()


def slow_down(page):
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_several_files_are_sent_at_once_and_a_bad_one_is_named(browse, case, script):
    before = titles(case)
    page = browse(EDITOR, script=script)
    open_form(page, case).set_input_files([PDF, DOCX, FALSE])
    send(page)
    page.wait_for_url("/saker/ssu/2025/31/#dokumenter")
    expect(page.locator(".messages")).to_contain_text("2 dokumenter er lastet opp.")
    expect(page.locator(".messages")).to_contain_text("«Falsk.pdf» er av en type vi ikke tar imot.")
    assert titles(case) - before == {"Budsjett", "Notat"}


def test_progress_is_shown_and_the_upload_can_be_stopped(browse, watch, case):
    watch.expect("htmx:sendAbort", "htmx:afterRequest")
    before = titles(case)
    page = browse(EDITOR)
    field = open_form(page, case)
    slow_down(page)
    field.set_input_files(LARGE)
    send(page)
    expect(page.get_by_role("progressbar", name="Laster opp")).to_be_visible()
    expect(page.locator("#meldinger-live")).to_contain_text("prosent er lastet opp")
    axe.check(page)
    page.get_by_role("button", name="Stopp").click()
    expect(page.get_by_text("Opplastingen er stoppet. Ingenting er lagret.")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("button", name="Last opp")).to_be_focused()
    assert titles(case) == before

    field.set_input_files(PDF)
    send(page)
    page.wait_for_url("/saker/ssu/2025/31/#dokumenter")
    assert titles(case) - before == {"Budsjett"}


def test_a_refused_form_says_why_and_keeps_good_files(browse, watch, case):
    watch.expect("status of 422")
    page = browse(EDITOR)
    field = open_form(page, case)
    field.set_input_files(FALSE)
    send(page)
    expect(page.locator(".ds-error-summary")).to_be_focused()
    expect(page.locator("#id_files_error")).to_contain_text("«Falsk.pdf» er av en type vi ikke tar imot.")
    expect(field).to_have_js_property("value", "")

    field.set_input_files([PDF, DOCX])
    page.get_by_label("Medlemmene, og alle fra et bestemt tidspunkt").check()
    send(page)
    expect(page.locator(".ds-error-summary")).to_contain_text("Skriv når dokumentene blir offentlige.")
    axe.check(page)
    page.get_by_label("Alle, når saklisten er publisert").check()
    page.get_by_role("button", name="Last opp").dblclick()
    page.wait_for_url("/saker/ssu/2025/31/#dokumenter")
    assert Document.objects.filter(case=case, title__in=["Budsjett", "Notat"]).count() == 2


def test_a_file_that_is_too_large_is_not_sent(browse, watch, case, settings):
    settings.UPLOAD_LIMIT = 1024 * 1024
    page = browse(EDITOR)
    field = open_form(page, case)
    field.set_input_files([PDF, LARGE])
    send(page)
    assert field.evaluate("input => input.validationMessage") == (
        "«Stor.pdf» er for stor. Grensen er 1 MB per fil."
    )
    assert not [request for request in watch.requests if request.method == "POST"]
    field.set_input_files(PDF)
    send(page)
    page.wait_for_url("/saker/ssu/2025/31/#dokumenter")


def test_a_new_version_replaces_the_file(browse, case):
    document = Document.objects.filter(case=case, is_written=False)[0]
    page = browse(EDITOR)
    page.goto(f"/dokumenter/{document.public_id}/erstatt/")
    page.get_by_label("Fil").set_input_files(PDF)
    send(page)
    page.wait_for_url(f"/saker/ssu/2025/31/#dokument-{document.pk}")
    expect(page.locator(".messages")).to_contain_text("er lastet opp.")
    assert document.versions.count() == 2
