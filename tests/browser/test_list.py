import re

from playwright.sync_api import expect

from portfolio.models import StatusReport
from tests.browser.conftest import EDITOR


def test_filter_and_sorting_are_in_the_address_and_back_undoes_them(browse):
    page = browse(EDITOR)
    page.goto("/tiltak/")
    links = page.locator("[data-row-link]")
    page.evaluate("document.body.marked = true")
    page.locator("[name=fase]").select_option(label="Løsning")
    expect(page).to_have_url(re.compile("fase=losning"))
    expect(links).to_have_count(14)
    expect(page.locator("#resultat [role=status]")).to_contain_text("14 tiltak")
    page.locator("[name=status]").select_option(label="Ukjent status")
    expect(page).to_have_url(re.compile("status=ukjent"))
    expect(links).to_have_count(5)
    page.get_by_role("button", name="Tiltak", exact=True).click()
    expect(page).to_have_url(re.compile("fase=losning.*sorter=tiltak"))
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Tiltak")
    assert page.evaluate("document.body.marked") is True

    page.reload()
    expect(links).to_have_count(5)
    expect(page.locator("[name=fase]")).to_have_value("losning")
    page.evaluate("history.go(-2)")
    expect(page).not_to_have_url(re.compile("status=ukjent"))
    expect(links).to_have_count(14)
    expect(page.locator("[name=status]")).to_have_value("")


def test_typed_search_is_sent_with_enter(browse):
    page = browse(EDITOR)
    page.goto("/tiltak/")
    page.get_by_label("Søk i tiltakene").fill("PÅRØRENDE")
    page.get_by_label("Søk i tiltakene").press("Enter")
    expect(page.locator("[data-row-link]")).to_have_count(1)
    expect(page.locator("#resultat [role=status]")).to_contain_text("1 tiltak")


def test_row_opened_in_a_tab_of_its_own_leads_back_to_the_filtered_list(browse):
    page = browse(EDITOR)
    page.goto("/tiltak/")
    page.locator("[name=omrade]").select_option(label="Barn og unge")
    expect(page.locator("[data-row-link]")).to_have_count(5)
    with page.context.expect_page() as opened:
        page.locator("[data-row-link]").first.click(button="middle")
    other = opened.value
    other.get_by_label("Kommentar").fill("Lagret i egen fane.")
    other.get_by_role("button", name="Lagre").click()
    expect(other).to_have_url(re.compile(r"/tiltak/\?.*omrade=barn-og-unge.*#tiltak-\d+$"))
    expect(other.locator("tr", has_text="Lagret i egen fane.")).to_be_in_viewport()


def test_row_link_with_control_opens_a_tab(browse):
    page = browse(EDITOR)
    page.goto("/tiltak/")
    with page.context.expect_page(timeout=5000) as opened:
        page.locator("[data-row-link]").first.click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="Endre status")).to_be_visible()
    expect(page.locator("tr[data-editing]")).to_have_count(0)


def test_chosen_rows_get_one_text(browse):
    page = browse(EDITOR)
    page.goto("/tiltak/?omrade=barn-og-unge")
    button = page.get_by_role("button", name="Felles status for valgte")
    button.click(force=True)
    expect(page.locator("#meldinger-live")).to_have_text("Velg minst én rad først.")
    assert "/felles/" not in page.url
    page.locator("[data-check-all]").check()
    expect(button).to_contain_text("5")
    page.locator("input[name=tiltak]").first.uncheck()
    expect(button).to_contain_text("4")
    button.click()
    page.get_by_label("Felles kommentar").fill("Felles tekst for fire.")
    page.get_by_label("Felles kommentar").press("Control+Enter")
    page.wait_for_url("/tiltak/**")
    expect(page.locator(".messages")).to_contain_text("Statusen er lagret for 4 tiltak.")
    assert StatusReport.objects.filter(comment="Felles tekst for fire.").count() == 4
