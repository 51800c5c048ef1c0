"""Money from a partner's proposal to a decision, by contributor and secretariat, with script and without."""

import re

from playwright.sync_api import Page, expect

from funding.models import Allocation, Grant, Proposal, balance_of
from tests.browser.conftest import CONTRIBUTOR, EDITOR

ROUND = "Innspill til midlene for 2025"
INITIATIVE = "Ny modell for psykisk helsevern i Valdres"
PACKAGE = "Opplæring i alle kommunene"
DECISION = "SSU 20.02.2025"


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def choose(page: Page, label: str, beginning: str) -> None:
    """The option of a select that begins so."""
    select = page.get_by_label(label, exact=True)
    option = select.locator("option", has_text=re.compile(rf"^\s*{re.escape(beginning)}")).first
    select.select_option(value=option.get_attribute("value"))


def shows(page: Page, text: str) -> None:
    expect(page.get_by_role("main")).to_contain_text(text.replace(" kr", "\u00a0kr"))


def propose(page: Page) -> None:
    page.goto("/midler/")
    follow(page, ROUND)
    follow(page, "Nytt innspill")
    choose(page, "Hvilket tiltak gjelder det?", INITIATIVE)
    page.get_by_label("Hva skal pengene brukes til?").fill(PACKAGE)
    page.get_by_label("Beløp").fill("1.250")
    page.get_by_label("Hvorfor").fill("Modellen virker, og flere vil i gang.")
    press(page, "Send inn")
    expect(page.locator(".ds-error-summary")).to_contain_text("«1.250» kan bety to ting.")
    expect(page.get_by_label("Hvorfor")).to_have_value("Modellen virker, og flere vil i gang.")
    page.get_by_label("Beløp").fill("1,25 mill")
    press(page, "Send inn")
    shows(page, "Sendt inn")


def prioritise(page: Page) -> None:
    page.goto("/midler/")
    follow(page, ROUND)
    press(page, "Begynn å prioritere")
    row = page.locator("tr", has_text=PACKAGE)
    row.get_by_role("link", name="Svar").click()
    page.get_by_label("Prioriteres", exact=True).check()
    press(page, "Lagre svaret")
    expect(page.locator("tr", has_text=PACKAGE)).to_contain_text("Prioritert")


def allocate(page: Page) -> None:
    page.goto("/midler/2025/")
    shows(page, "Prioritert, ikke tildelt")
    follow(page, "Tildel etter vedtak")
    choose(page, "Vedtak", DECISION)
    press(page, "Tildel")
    page.wait_for_url("/midler/2025/")


def over_allocate(page: Page) -> None:
    follow(page, "Ny linje")
    choose(page, "Tiltak", INITIATIVE)
    page.get_by_label("Arbeidspakke").fill("For mye")
    page.get_by_label("Beløp").fill("10 mill")
    press(page, "Lagre")
    page.wait_for_url("/midler/2025/**")
    follow(page, "Tildel etter vedtak")
    choose(page, "Vedtak", DECISION)
    press(page, "Tildel")
    expect(page.locator(".ds-error-summary")).to_contain_text("for mye")


def the_journey(browse, *, script: bool) -> Page:
    contributor, editor = browse(CONTRIBUTOR, script=script), browse(EDITOR, script=script)
    propose(contributor)
    prioritise(editor)
    allocate(editor)
    allocation = Allocation.objects.get(work_package=PACKAGE)
    assert (allocation.amount, allocation.state, str(allocation.decision.item.meeting)) == (
        1_250_000,
        "allocated",
        DECISION,
    )
    over_allocate(editor)
    assert balance_of(Grant.objects.get(year=2025)).remainder == 10_600_000 - 1_250_000
    contributor.goto(Proposal.objects.get(work_package=PACKAGE).get_absolute_url())
    shows(contributor, "Prioritert")
    public = browse(None, script=script)
    public.goto("/midler/2025/")
    expect(public.locator("tr", has_text=PACKAGE)).to_be_visible()
    expect(public.get_by_role("main")).not_to_contain_text("For mye")
    return editor


def sum_follows_each_edit(editor: Page) -> None:
    """The amount of a plan, twice: the sum below is redrawn, and is redrawn again."""
    editor.goto("/midler/2025/")
    row = editor.locator("tr", has_text="For mye")
    key = row.get_attribute("id")
    for amount, kroner in (("250 000", "250 000 kr"), ("1,5 mill", "1 500 000 kr")):
        editor.locator(f"#{key} [data-row-link]").press("Enter")
        field = editor.locator(f"#{key} form").get_by_label("Beløp")
        field.fill(amount)
        field.press("Enter")
        expect(editor.locator("#prioritert-sum")).to_contain_text(kroner.replace(" ", "\u00a0"))
        expect(editor.locator(f"#{key} [data-row-link]")).to_be_focused()


def test_money_from_proposal_to_decision(browse, watch):
    watch.expect("status of 422")
    editor = the_journey(browse, script=True)

    # A line in place: Enter opens and saves it, the others stay, what is left is counted anew
    editor.goto("/midler/2024/")
    row = editor.locator("tr", has_text="VIP prosjekt")
    key = row.get_attribute("id")
    row.locator("[data-row-link]").press("Enter")
    form = editor.locator(f"#{key} form")
    expect(form.get_by_label("Tiltak", exact=True)).to_be_focused()
    form.get_by_label("Arbeidspakke").fill("VIP, andre år")
    with editor.expect_response(lambda response: response.url.endswith("/midler/2024/")):
        form.get_by_role("button", name="Lagre").click()
    expect(editor.locator(f"#{key} [data-row-link]")).to_be_focused()
    expect(editor.locator(f"#{key}")).to_contain_text("VIP, andre år")
    assert Allocation.objects.filter(work_package="VIP, andre år").count() == 1
    editor.locator(f"#{key} [data-row-link]").press("Enter")
    expect(editor.locator(f"#{key} form").get_by_label("Tiltak", exact=True)).to_be_focused()
    editor.keyboard.press("Escape")
    expect(editor.locator(f"#{key} [data-row-link]")).to_be_focused()
    sum_follows_each_edit(editor)


def test_money_from_proposal_to_decision_without_script(browse, watch):
    watch.expect("status of 422")
    editor = the_journey(browse, script=False)

    editor.goto("/midler/2024/")
    editor.locator("tr", has_text="VIP prosjekt").get_by_role("link", name="Endre").click()
    editor.get_by_label("Arbeidspakke").fill("VIP, andre år")
    press(editor, "Lagre")
    editor.wait_for_url("/midler/2024/#tildeling-*")
    expect(editor.locator("tr", has_text="VIP, andre år")).to_be_visible()
