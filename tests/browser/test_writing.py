"""Writing a case paper: in the editor, as Markdown without it, saved while one types, and by two at once."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.models import Role, User
from helsefellesskap import rich_text
from meetings.models import Case, CasePaper
from tests.browser import axe
from tests.browser.conftest import EDITOR
from tests.browser.test_nothing_lost import drafts, sign_in

WRITTEN = (
    "<h3>Kostnader</h3><p>Vanlig <strong>fet</strong> og <em>kursiv</em></p><ul><li>en<ul><li>to</li></ul></li></ul>"
    '<p>Se <a href="https://example.no/plan">example.no/plan</a>.</p>'
)
TABLE = (
    '<table><thead><tr><th scope="col">Tiltak</th><th scope="col">Kroner</th></tr></thead>'
    "<tbody><tr><td>VIP</td><td>1000</td></tr></tbody></table>"
)
FROM_WORD = """<html><head><style>p {color: red}</style></head><body><!--StartFragment-->
<h1 style='margin-top:12pt'>Overskrift<o:p></o:p></h1>
<p class=MsoNormal><b><span style='color:red'>Fet</span></b> og <a href="https://example.no/" target="_blank">lenke</a></p>
<p style='margin-left:36pt;mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp; </span></span>Første</p>
<p style='margin-left:72pt;mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp; </span></span>Inni</p>
<p style='margin-left:36pt;mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp; </span></span>Nummer</p>
<table border=1 style='border-collapse:collapse'><tr><td width=200><p>VIP</p></td></tr></table>
<p><img src="file:///c:/x.png"><u onclick="x()">resten</u></p><!--EndFragment--></body></html>"""
PASTED = (
    '<h3>Overskrift</h3><p><strong>Fet</strong> og <a href="https://example.no/">lenke</a></p>'
    "<ul><li>Første<ul><li>Inni</li></ul></li></ul><ol><li>Nummer</li></ol>"
    "<table><tbody><tr><td>VIP</td></tr></tbody></table><p>resten</p>"
)
PASTE = """(element, html) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  element.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def case(site):
    return Case.objects.get(seq=31)


def address(case):
    return f"/saker/{case.public_id}/saksfremlegg/"


def section(page, name="Økonomiske konsekvenser"):
    return page.get_by_role("textbox", name=name).and_(page.locator("[contenteditable]"))


def settle(page):
    """The editor puts its own selection in place a moment after it got focus, over what a key did meanwhile."""
    expect(section(page)).to_be_focused()
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")


def go_to_the_end(page):
    section(page).focus()
    settle(page)
    page.keyboard.press("Control+End")


def write(page, case, text):
    page.goto(address(case))
    section(page).click()
    settle(page)
    page.keyboard.type(text)


def save(page):
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator(".messages")).to_contain_text("Saksfremlegget er lagret")


def stored(case):
    return CasePaper.objects.get(case=case).economy


def wait_for_autosave(page, after=3000):
    with page.expect_response("**/saksfremlegg/lagre/"):
        page.clock.fast_forward(after)


def status(page):
    return page.locator("[data-autosave-status]")


def test_the_keyboard_alone_formats_and_saves(browse, case):
    assessment = CasePaper.objects.get(case=case).assessment
    page = browse(EDITOR)
    page.goto(address(case))
    keys = page.keyboard
    go_to_the_end(page)
    keys.type("## Kostnader\nVanlig ")
    for key, text in (("Control+b", "fet"), (None, " og "), ("Control+i", "kursiv")):
        for press, typed in ((key, text), (key, "")):
            if press:
                keys.press(press)
            keys.type(typed)
    keys.type("\n- en\nto")
    keys.press("Shift+Tab")  # to the buttons: one stop, then arrows
    page.locator(":focus").press("Home")
    for _ in range(7):
        keys.press("ArrowRight")
    expect(page.locator(":focus")).to_have_attribute("aria-label", "Rykk inn")
    keys.press("Enter")
    settle(page)
    keys.type("\n\n\nSe ")
    keys.press("Control+k")
    keys.type("javascript:alert(1)\n")
    assert page.evaluate("document.activeElement.validationMessage").startswith("En lenke begynner med")
    keys.press("Control+a")
    keys.type("example.no/plan\n")
    settle(page)
    keys.type(".")
    keys.press("Tab")
    expect(page.get_by_label("Spørsmål til møtet")).to_be_focused()
    sent = page.locator("[name=economy]").input_value()

    save(page)

    assert stored(case) == WRITTEN
    assert CasePaper.objects.get(case=case).assessment == assessment
    assert rich_text.clean(sent) == sent


def test_a_table_is_written_and_left_with_the_tab_key(browse, case):
    page = browse(EDITOR)
    write(page, case, "")
    page.get_by_role("button", name="Tabell").last.click()
    for text in ("Tiltak", "Kroner", "VIP", "1000"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Overskriftsrad")).to_be_visible()
    axe.check(page)
    page.get_by_role("button", name="Slett rad").click()
    save(page)
    assert stored(case) == TABLE


def test_pasting_from_word_keeps_what_is_allowed(browse, case):
    page = browse(EDITOR)
    page.goto(address(case))
    section(page).evaluate(PASTE, FROM_WORD)
    save(page)
    assert stored(case) == PASTED


@pytest.mark.parametrize("missing", ["django_prose_editor/editor.js", "js/editor.js", None])
def test_markdown_is_written_where_there_is_no_editor(browse, watch, case, missing):
    watch.expect("/editor.js", "Failed to load resource")
    page = browse(EDITOR, script=missing is not None)
    if missing:
        page.route(f"**/{missing}", lambda route: route.abort())
    page.goto(address(case))
    expect(page.get_by_text("Tom linje gir nytt avsnitt.").first).to_be_visible()
    page.get_by_label("Økonomiske konsekvenser").fill("## Kostnader\n\n- **fet**\n- *kursiv*")
    save(page)
    assert stored(case).replace("\n", "") == (
        "<h3>Kostnader</h3><ul><li><strong>fet</strong></li><li><em>kursiv</em></li></ul>"
    )
    page.goto(address(case))
    expect(page.get_by_label("Økonomiske konsekvenser")).to_have_value(
        "## Kostnader\n\n- **fet**\n- *kursiv*"
    )


def test_formatted_text_comes_back_after_a_closed_tab_and_a_lost_session(browse, case):
    page = browse(EDITOR)
    write(page, case, "- Ikke lagret")
    drafts(page, 1)
    context = page.context
    page.close(run_before_unload=False)

    page = context.new_page()
    page.goto(address(case))
    expect(page.locator(".kept")).to_contain_text("er hentet fram")
    expect(section(page).locator("li")).to_have_text("Ikke lagret")
    go_to_the_end(page)
    page.keyboard.type(" ennå")
    Session.objects.all().delete()
    page.get_by_role("button", name="Lagre").click()
    page.wait_for_url("/konto/login/**")
    sign_in(page)
    expect(section(page).locator("li")).to_have_text("Ikke lagret ennå")
    expect(page.locator(".kept")).to_have_count(0)
    save(page)
    assert stored(case) == "<ul><li>Ikke lagret ennå</li></ul>"
    drafts(page, 0)

    write(page, case, "Mer.")
    drafts(page, 1)
    page.reload()
    page.get_by_role("button", name="Forkast").click()
    expect(section(page)).to_have_text("Ikke lagret ennå")
    drafts(page, 0)


def test_what_is_typed_is_saved_meanwhile(browse, watch, case):
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = browse(EDITOR)
    page.clock.install()
    write(page, case, "Først.")
    drafts(page, 1)
    wait_for_autosave(page)
    expect(status(page)).to_contain_text("Lagret kl. ")
    assert stored(case) == "<p>Først.</p>"
    drafts(page, 0)

    page.context.set_offline(True)
    page.keyboard.type(" Så.")
    page.clock.fast_forward(3000)
    expect(status(page)).to_contain_text("Fikk ikke lagret")
    drafts(page, 1)
    page.context.set_offline(False)
    wait_for_autosave(page, after=30_000)
    expect(status(page)).to_contain_text("Lagret kl. ")
    page.reload()
    expect(section(page)).to_have_text("Først. Så.")
    expect(page.locator(".kept")).to_have_count(0)


def test_saving_while_it_is_saved_meanwhile_is_no_conflict(browse, case):
    page = browse(EDITOR)
    page.clock.install()
    write(page, case, "Først.")
    under_way = []
    page.route("**/saksfremlegg/lagre/", lambda route: under_way.append(route))
    with page.expect_request("**/saksfremlegg/lagre/"):
        page.clock.fast_forward(3000)
    page.keyboard.type(" Så.")
    page.get_by_role("button", name="Lagre").dblclick()
    under_way[0].continue_()
    expect(page.locator(".messages")).to_contain_text("Saksfremlegget er lagret")
    assert stored(case) == "<p>Først. Så.</p>"


def test_two_who_write_at_once_see_both_versions(browse, watch, case):
    watch.expect("status of 409", "status of 422")
    colleague = User(email="kollega@example.no", name="Kari Kollega", role=Role.EDITOR)
    colleague.set_unusable_password()
    colleague.save()
    page = browse(EDITOR)
    page.clock.install()
    write(page, case, "Min tekst.")
    other = browse(colleague.email)
    write(other, case, "Kollegaens tekst.")
    save(other)

    page.clock.fast_forward(3000)
    expect(status(page)).to_contain_text("Kari Kollega har lagret saksfremlegget")
    expect(status(page)).to_contain_text("Trykk Lagre for å se begge versjonene.")
    assert stored(case) == "<p>Kollegaens tekst.</p>"
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator(".ds-error-summary")).to_contain_text("Kollegaens tekst.")
    expect(section(page)).to_have_text("Min tekst.")
    axe.check(page)
    page.get_by_role("button", name="Lagre min likevel").click()
    expect(page.locator(".messages")).to_contain_text("Saksfremlegget er lagret")
    assert stored(case) == "<p>Min tekst.</p>"
