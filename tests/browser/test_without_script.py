from playwright.sync_api import expect

from newsletters.models import Delivery, Newsletter, Subscription
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


def test_subscribers_are_found_and_taken_in_without_javascript(browse, rich_site):
    page = browse(EDITOR, script=False)
    page.goto("/nyhetsbrev/abonnenter/")
    page.get_by_label("Søk i adressene").fill("postmottak")
    page.get_by_label("Tilstand").select_option(label="Abonnerer")
    page.get_by_role("button", name="Søk").click()
    assert "tilstand=active" in page.url
    assert page.locator("tbody tr").count() == 6
    page.get_by_role("link", name="avvist flere ganger").click()
    assert page.locator("tbody tr").count() == 1

    page.get_by_role("link", name="Ta inn adresseliste").click()
    rows = b"E-post\nny.mottaker@example.no\nfeil@\n"
    page.get_by_label("Adresseliste").set_input_files(
        {"name": "Liste.csv", "mimeType": "text/csv", "buffer": rows}
    )
    page.get_by_label("Hvor kommer lista fra").fill("Lista som er brukt siden 2023.")
    page.get_by_role("button", name="Se hva som blir gjort").click()
    expect(page.get_by_role("heading", name="Ugyldige: 1")).to_be_visible()
    assert not Subscription.objects.filter(email="ny.mottaker@example.no").exists()
    page.get_by_role("button", name="Legg til 1 abonnent").click()
    expect(page.locator(".messages")).to_contain_text("1 ny abonnent er lagt til.")
    assert Subscription.objects.get(email="ny.mottaker@example.no").state == "active"


def test_a_sending_is_stopped_and_goes_on_without_javascript(browse, rich_site):
    sent = Newsletter.objects.get(title="Rettet brev", correction=1)
    mails = Delivery.objects.of_newsletter(sent)
    page = browse(EDITOR, script=False)
    page.goto(f"/nyhetsbrev/{sent.public_id}/utsending/")
    expect(page.get_by_text("Last siden på nytt for å se hvor langt det er kommet.")).to_be_visible()
    page.get_by_role("button", name="Stans utsendingen").click()
    expect(page.locator(".messages")).to_contain_text("Utsendingen er stanset.")
    assert not mails.waiting().exists()
    page.get_by_role("button", name="Fortsett utsendingen").click()
    expect(page.locator(".messages")).to_contain_text("Utsendingen fortsetter.")
    page.get_by_role("button", name="Send på nytt").first.click()
    page.get_by_role("button", name="La være").first.click()
    expect(page.get_by_role("heading", name="Avvist eller usikkert")).to_have_count(0)
    assert mails.waiting().count() == mails.count() - 2


def test_attachments_and_reasons_are_given_without_javascript(browse, rich_site):
    letter = Newsletter.objects.get(title="Alle slag")
    page = browse(EDITOR, script=False)
    page.goto(f"/nyhetsbrev/{letter.public_id}/rediger/")
    page.get_by_role("button", name="Opp Rapporten, som kommer").click()
    page.wait_for_url("**/rediger/#vedlegg")
    assert list(letter.attachments.values_list("title", flat=True)) == [
        "Rapporten, som kommer",
        "Presentasjoner",
    ]
    page.get_by_role("button", name="Ta ut Rapporten, som kommer").click()
    expect(page.locator(".messages")).to_contain_text("«Rapporten, som kommer» er tatt ut.")

    page.get_by_role("link", name="Kontroll", exact=True).click()
    reasoned = page.locator("section", has_text="Dato som ikke finnes")
    expect(reasoned).to_contain_text("Begrunnet av Sekretariatet")
    reasoned.get_by_role("button", name="Trekk begrunnelsen").click()
    expect(reasoned).to_contain_text("Stopper publisering")
    reasoned.locator("summary").click()
    reasoned.get_by_label("Hvorfor kan brevet publiseres likevel?").fill("Slik står det i kilden.")
    reasoned.get_by_role("button", name="Lagre begrunnelsen").click()
    page.wait_for_url("**/kontroll/#kontroll-newsletter_date_broken")
    expect(reasoned).to_contain_text("Slik står det i kilden.")
