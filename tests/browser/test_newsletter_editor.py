"""Writing a newsletter block by block: by keyboard, saved while one types, drawn anew, and by two at once."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.models import Role, User
from newsletters import actions
from newsletters.models import Block, Newsletter
from tests import files
from tests.browser import axe
from tests.browser.conftest import EDITOR, user
from tests.browser.test_keyboard import tab_to
from tests.browser.test_nothing_lost import drafts, sign_in
from tests.newsletters import letters

PICTURE = {"name": "Møtet.png", "mimeType": "image/png", "buffer": files.png(width=400, height=300)}


@pytest.fixture
def letter(site) -> Newsletter:
    """Of three blocks: «Hilsen», «Nytt» and «Kommer»."""
    editor = user(EDITOR)
    letter = actions.create_newsletter(title="Nytt i høst", period="", as_of=None, by=editor)
    for kind, heading in (("text", "Hilsen"), ("text", "Nytt"), ("coming", "Kommer")):
        letters.add_block(letter, kind, by=editor, heading=heading)
    return letter


@pytest.fixture
def colleague(site) -> User:
    colleague = User(email="kollega@example.no", name="Kari Kollega", role=Role.EDITOR)
    colleague.set_unusable_password()
    colleague.save()
    return colleague


def block(letter, heading) -> Block:
    return letter.blocks.get(heading=heading)


def headings(letter) -> list[str]:
    return list(letter.blocks.values_list("heading", flat=True))


def open_editor(page, letter) -> None:
    page.goto(f"/nyhetsbrev/{letter.public_id}/rediger/")


def open_block(page, letter, heading) -> None:
    page.goto(f"/nyhetsbrev/blokker/{block(letter, heading).public_id}/rediger/")


def text(page):
    return page.get_by_role("textbox", name="Tekst").and_(page.locator("[contenteditable]"))


def write(page, letter, heading, typed) -> None:
    """The text of the block, instead of what stood there."""
    open_block(page, letter, heading)
    text(page).fill(typed)


def wait_for_autosave(page):
    with page.expect_response("**/lagre/"):
        page.clock.fast_forward(3000)


def status(page):
    return page.locator("[data-autosave-status]")


def shown(page):
    """The opened block as it will be read."""
    return page.locator(".block-opened .newsletter")


def mark(page):
    """A page that is loaded anew loses the mark."""
    page.evaluate("document.body.marked = true")


def is_marked(page) -> bool:
    return page.evaluate("document.body.marked === true")


def test_a_block_is_opened_and_written_by_keyboard_and_saves_itself(browse, letter):
    page = browse(EDITOR)
    page.clock.install()
    open_editor(page, letter)
    tab_to(page, page.get_by_role("link", name="Rediger «Nytt»"))
    page.keyboard.press("Enter")
    heading = page.get_by_label("Overskrift (valgfritt)")
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport()
    expect(page.locator(".block-opened .block-bar")).to_be_in_viewport()

    mark(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("Nytt fra møtene")
    tab_to(page, text(page), limit=4)
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")  # the editor's own selection
    page.keyboard.press("Control+End")
    page.keyboard.type(" Alle er velkommen.")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(text(page)).to_be_focused()
    wait_for_autosave(page)

    expect(status(page)).to_contain_text("Lagret kl. ")
    expect(shown(page)).to_contain_text("Hei Alle er velkommen.")
    expect(shown(page).get_by_role("heading", name="Nytt fra møtene")).to_be_visible()
    assert is_marked(page)
    assert block(letter, "Nytt fra møtene").body == "<p>Hei Alle er velkommen.</p>"

    tab_to(page, page.get_by_role("button", name="Ferdig"), limit=6)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/nyhetsbrev/{letter.public_id}/rediger/#blokk-*")
    expect(page.get_by_role("link", name="Rediger «Nytt fra møtene»")).to_be_in_viewport()


def test_a_block_is_added_by_keyboard_where_it_is_to_stand(browse, letter):
    page = browse(EDITOR)
    open_editor(page, letter)
    places = page.locator(".block-add")
    summary = places.nth(1).locator("summary")
    tab_to(page, summary)
    page.keyboard.press("Enter")
    expect(places.nth(1)).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Tekst", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(places.nth(1)).not_to_have_attribute("open", "")

    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Kontakt", exact=True), limit=12)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Overskrift (valgfritt)")).to_be_focused()
    expect(page.locator(".block-opened")).to_be_in_viewport()
    assert headings(letter) == ["Hilsen", "Kontakt", "Nytt", "Kommer"]


def test_a_moved_block_keeps_the_focus_on_its_button_and_says_where_it_is(browse, letter):
    page = browse(EDITOR)
    open_editor(page, letter)
    mark(page)
    down = page.get_by_role("button", name="Ned «Hilsen»")
    down.focus()
    for place, order in ((2, ["Nytt", "Hilsen", "Kommer"]), (3, ["Nytt", "Kommer", "Hilsen"])):
        page.keyboard.press("Enter")
        expect(page.locator("#meldinger-live")).to_have_text(f"«Hilsen» er nå nummer {place} av 3.")
        expect(down).to_be_focused()
        expect(down).to_be_in_viewport()
        assert headings(letter) == order
    expect(down).to_have_attribute("aria-disabled", "true")
    up = page.get_by_role("button", name="Opp «Hilsen»")
    up.press("Enter")
    expect(page.locator("#meldinger-live")).to_have_text("«Hilsen» er nå nummer 2 av 3.")
    expect(up).to_be_focused()
    assert is_marked(page)


def test_the_paper_is_shown_and_printed_anew_after_a_change(browse, letter):
    page = browse(EDITOR)
    page.clock.install()
    write(page, letter, "Hilsen", "Første.")
    page.get_by_text("Slik blir det på papir").click()
    paper = page.get_by_role("img", name="Side 1")
    addresses = []

    def wait_for_print():
        for before in addresses[-1:]:
            expect(paper).not_to_have_attribute("src", before)
        paper.scroll_into_view_if_needed()
        expect(paper).not_to_have_js_property("naturalWidth", 0)
        addresses.append(paper.get_attribute("src"))

    wait_for_print()
    wait_for_autosave(page)
    wait_for_print()
    page.get_by_role("button", name="Ned «Hilsen»").click()
    expect(page.locator("#meldinger-live")).to_have_text("«Hilsen» er nå nummer 2 av 3.")
    wait_for_print()
    assert len(set(addresses)) == 3


def test_a_picture_is_put_in_and_described(browse, letter):
    page = browse(EDITOR)
    write(page, letter, "Hilsen", "Skrevet like før.")
    page.get_by_role("link", name="Legg inn bilde").click()
    page.get_by_label("Bilde", exact=True).set_input_files(PICTURE)
    page.get_by_role("button", name="Legg inn bildet").click()
    expect(page.get_by_text("Bildet mangler tekst")).to_be_visible()
    expect(page.locator(".kept")).to_have_count(0)
    expect(text(page)).to_have_text("Skrevet like før.")

    page.get_by_role("link", name="Skriv hva bildet viser").click()
    page.get_by_label("Hva viser bildet?").fill("Fire personer ved et bord")
    page.get_by_role("button", name="Lagre").click()
    expect(
        page.get_by_role("link", name="Endre teksten til bildet: Fire personer ved et bord")
    ).to_be_visible()
    expect(shown(page).get_by_role("img", name="Fire personer ved et bord")).to_be_visible()


@pytest.mark.parametrize("leave", ["link", "button"])
def test_what_was_just_typed_is_taken_along(browse, letter, leave):
    page = browse(EDITOR)
    write(page, letter, "Hilsen", "Skrevet like før.")
    if leave == "link":
        page.get_by_role("link", name="Ferdig – gå videre").click()
        page.wait_for_url(f"**/nyhetsbrev/{letter.public_id}/")
    else:
        page.get_by_role("button", name="Ned «Hilsen»").click()
        expect(page.locator("#meldinger-live")).to_have_text("«Hilsen» er nå nummer 2 av 3.")
    expect(page.get_by_role("main")).to_contain_text("Skrevet like før.")
    assert block(letter, "Hilsen").body == "<p>Skrevet like før.</p>"


def test_text_not_yet_saved_survives_a_closed_tab_and_a_lost_session(browse, letter):
    page = browse(EDITOR)
    write(page, letter, "Hilsen", "Ikke lagret.")
    drafts(page, 1)
    context = page.context
    page.close(run_before_unload=False)

    page = context.new_page()
    open_block(page, letter, "Hilsen")
    expect(page.locator(".kept")).to_contain_text("er hentet fram")
    expect(text(page)).to_have_text("Ikke lagret.")
    page.get_by_label("Overskrift (valgfritt)").fill("God høst")
    Session.objects.all().delete()
    page.get_by_role("button", name="Ferdig").click()
    page.wait_for_url("/konto/login/**")
    sign_in(page)
    expect(page.get_by_label("Overskrift (valgfritt)")).to_have_value("God høst")
    expect(text(page)).to_have_text("Ikke lagret.")
    page.get_by_role("button", name="Ferdig").click()
    page.wait_for_url(f"**/nyhetsbrev/{letter.public_id}/rediger/#blokk-*")
    assert block(letter, "God høst").body == "<p>Ikke lagret.</p>"
    drafts(page, 0)


def test_two_in_one_block_see_both_versions(browse, watch, letter, colleague):
    watch.expect("status of 409", "status of 422")
    page = browse(EDITOR)
    page.clock.install()
    write(page, letter, "Hilsen", "Min tekst.")
    other = browse(colleague.email)
    write(other, letter, "Hilsen", "Kollegaens tekst.")
    other.get_by_role("button", name="Ferdig").click()
    other.wait_for_url("**/rediger/#blokk-*")

    wait_for_autosave(page)
    expect(status(page)).to_contain_text("Kari Kollega har lagret blokken")
    expect(status(page)).to_contain_text("Trykk Lagre for å se begge versjonene.")
    assert block(letter, "Hilsen").body == "<p>Kollegaens tekst.</p>"
    page.get_by_role("button", name="Ferdig").click()
    conflict = page.locator(".ds-error-summary")
    expect(conflict).to_be_focused()
    expect(conflict).to_contain_text("Kollegaens tekst.")
    expect(text(page)).to_have_text("Min tekst.")
    axe.check(page)
    page.get_by_role("button", name="Lagre min likevel").click()
    page.wait_for_url("**/rediger/#blokk-*")
    assert block(letter, "Hilsen").body == "<p>Min tekst.</p>"


def test_a_block_with_errors_leads_to_the_field(browse, watch, letter):
    watch.expect("status of 422")
    table = letters.add_block(letter, "handlingsdel", by=user(EDITOR), heading="Status", scope="changed")
    page = browse(EDITOR)
    open_block(page, letter, table.heading)
    page.get_by_label("Bare noen programområder").check()
    page.get_by_role("button", name="Ferdig").click()
    errors = page.locator(".ds-error-summary")
    expect(errors).to_be_focused()
    axe.check(page)
    errors.get_by_role("link", name="Velg minst ett programområde.").click()
    expect(page.locator("[name=areas]").first).to_be_focused()


def test_facts_and_reasons_that_are_refused_are_accessible(browse, watch, site):
    watch.expect("status of 422")
    draft = Newsletter.objects.get(year=2025, number=2)
    page = browse(EDITOR)
    page.goto(f"/nyhetsbrev/{draft.public_id}/opplysninger/")
    page.get_by_label("Tittel").fill("Min tittel")
    facts = {"title": "En annens tittel", "period": "", "as_of": None, "sends_mail": True}
    actions.change_newsletter(newsletter=draft, values=facts, version=draft.version, by=user(EDITOR))
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator(".ds-error-summary")).to_contain_text("En annens tittel")
    expect(page.get_by_label("Tittel")).to_have_value("Min tittel")
    axe.check(page)

    page.goto(f"/nyhetsbrev/{draft.public_id}/kontroll/")
    page.get_by_text("Publiser likevel, med begrunnelse").first.click()
    page.get_by_label("Hvorfor kan brevet publiseres likevel?").first.fill("Ja.")
    page.get_by_role("button", name="Lagre begrunnelsen").first.click()
    errors = page.locator(".ds-error-summary")
    expect(errors).to_be_focused()
    axe.check(page)
    errors.get_by_role("link", name="Skriv hvorfor brevet kan publiseres likevel.").click()
    expect(page.get_by_label("Hvorfor kan brevet publiseres likevel?").first).to_be_focused()
