from playwright.sync_api import expect

from portfolio.models import Initiative, StatusReport
from tests.browser.conftest import EDITOR

DHO = "dho-okt-selvstendighet-og-bedre-helse"


def test_the_main_job_is_done_without_javascript(browse, watch):
    watch.expect("status of 422")
    page = browse(script=False)
    page.goto("/konto/login/?next=/tiltak/")
    page.get_by_label("E-post").fill(EDITOR)
    page.locator("input[name=password]").fill("helsefellesskap")
    page.get_by_role("main").get_by_role("button", name="Logg inn").click()
    page.wait_for_url("/tiltak/")
    assert page.locator("[data-row-link]").count() == 44
    expect(page.locator("[data-needs-js]").first).to_be_hidden()
    expect(page.locator("[data-check-all]")).to_be_hidden()

    # Filter; the address holds it
    page.locator("[name=fase], [name=phase]").select_option(label="Løsning")
    page.get_by_role("button", name="Vis", exact=True).click()
    assert "fase=losning" in page.url
    assert page.locator("[data-row-link]").count() == 14
    page.goto("/tiltak/?status=ukjent")
    assert page.locator("[data-row-link]").count() == 12
    page.get_by_role("button", name="Meldt").click()
    assert "status=ukjent" in page.url
    assert "sorter=meldt" in page.url
    assert page.locator("th[aria-sort=ascending]").inner_text() == "Meldt"

    # One status, and back to the list as it was filtered
    page.goto("/tiltak/?fase=losning")
    page.locator("tr", has=page.locator("[href='/tiltak/fact-hadeland/']")).locator("[data-row-link]").click()
    page.get_by_label("Kommentar").fill("?")
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator(".ds-error-summary")).to_contain_text("Et spørsmålstegn sier ikke leseren noe.")
    page.locator("[name=fase], [name=phase]").select_option(label="Drift")
    page.get_by_label("Kommentar").fill("Hopper rett til drift.")
    page.get_by_role("button", name="Lagre").click()
    page.wait_for_url("**/tiltak/?fase=losning#tiltak-*")
    expect(page.locator(".messages")).to_contain_text("Statusen er lagret.")
    report = Initiative.objects.get(slug="fact-hadeland").latest_report
    assert (report.phase_name, report.comment) == ("Drift", "Hopper rett til drift.")

    # One text for three
    page.goto("/tiltak/?omrade=barn-og-unge")
    for number in (0, 1, 2):
        page.locator("input[name=tiltak]").nth(number).check()
    page.get_by_role("button", name="Felles status for valgte").click()
    assert page.locator("h1").inner_text() == "Felles status for 3 tiltak"
    page.get_by_label("Felles kommentar").fill("Samme tekst for tre.")
    page.get_by_role("button", name="Lagre for alle").click()
    expect(page.locator(".messages")).to_contain_text("Statusen er lagret for 3 tiltak.")
    assert StatusReport.objects.filter(comment="Samme tekst for tre.").count() == 3

    # A new name
    page.goto(f"/tiltak/{DHO}/")
    page.get_by_role("link", name="Rediger opplysninger").click()
    page.get_by_label("Tittel").fill("Hjemmeoppfølging")
    page.get_by_role("button", name="Lagre").click()
    page.wait_for_url("/tiltak/hjemmeoppfolging/")
    assert page.locator("h1").inner_text() == "Hjemmeoppfølging"

    # An edition, its file, and what changed
    page.get_by_role("link", name="Handlingsdel", exact=True).first.click()
    page.get_by_role("link", name="Publiser som utgave").click()
    page.get_by_role("button", name="Publiser").click()
    page.wait_for_url("/handlingsdel/utgaver/1/")
    assert page.locator("tbody tr").count() == 44
    link = page.get_by_role("link", name="Åpne PDF").get_attribute("href")
    answer = page.request.get(link)
    assert (answer.headers["content-type"], answer.body()[:5]) == ("application/pdf", b"%PDF-")
    page.goto("/handlingsdel/")
    page.get_by_label("Endret fra").fill("2025-06-30")
    page.get_by_role("button", name="Vis endringer").click()
    assert page.locator("caption").inner_text() == "5 tiltak er endret"
    answer = page.request.get(page.get_by_role("link", name="Skriv ut PDF").get_attribute("href"))
    assert answer.body()[:5] == b"%PDF-"

    page.get_by_role("button", name="Logg ut").click()
    page.goto("/tiltak/ny/")
    assert "/konto/login/" in page.url


def test_menu_opens_on_a_phone_without_javascript(browse):
    page = browse(EDITOR, width=320, script=False)
    page.goto("/tiltak/")
    expect(page.locator(".site-nav")).to_be_hidden()
    page.get_by_role("button", name="Meny").click()
    page.get_by_role("link", name="Handlingsdel", exact=True).click()
    page.wait_for_url("/handlingsdel/")
