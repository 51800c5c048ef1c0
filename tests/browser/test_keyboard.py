import re

from playwright.sync_api import expect

from tests.browser.conftest import EDITOR

# Slug, how often Arrow Down in the list of phases, comment, and where the save key is pressed
FIVE = [
    ("dho-okt-selvstendighet-og-bedre-helse", 1, "Tas i bruk i flere kommuner.", "Control+Enter"),
    ("respons-og-oppfolgingstjeneste-innlandet", 1, "Rapporten er behandlet i SSU.", "Control+Enter"),
    ("digitalisering-samordne-digitale-initiativ", 1, "Oversikten er laget, æøå.", "button"),
    ("okt-samhandling-med-fastleger", 1, "Mandatet er godkjent.", "select"),
    ("fact-hadeland", 1, "Teamet er i ordinær drift.", "Control+Enter"),
]
ROWS = "tbody tr:not([data-kind])"


def tab_to(page, target, *, key="Tab", limit=60):
    """Press Tab until the element has focus: what a person without a mouse does."""
    for _ in range(limit):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} is not reached by {limit} presses of {key}")


def sign_in_by_keyboard(page, email=EDITOR):
    field = page.get_by_label("E-post")
    if not field.evaluate("element => element === document.activeElement"):
        tab_to(page, field)
    page.keyboard.type(email)
    tab_to(page, page.locator("input[name=password]"), limit=3)
    page.keyboard.type("helsefellesskap")
    page.keyboard.press("Enter")


def row_of(page, slug):
    return page.locator("tr", has=page.locator(f"[href='/tiltak/{slug}/']"))


def table(page, address):
    """The status table as text, row by row."""
    page.goto(address)
    return page.locator(ROWS).all_inner_texts()


def mark_rows(page):
    page.evaluate("document.querySelectorAll('tr[id^=tiltak-]').forEach((row) => { row.marked = true; })")


def unmarked(page):
    return page.evaluate(
        "[...document.querySelectorAll('tr[id^=tiltak-]')].filter((row) => !row.marked).map((row) => row.id)"
    )


def phase_link(page, name):
    return page.locator("#oppsummering .legend a", has_text=re.compile(rf"^{name} \d+$"))


def phase_count(page, name):
    return int(phase_link(page, name).inner_text().split()[-1])


def save(page, form, how):
    if how == "button":
        tab_to(page, form.get_by_role("button", name="Lagre"), limit=4)
    elif how == "select":
        tab_to(page, form.locator("[name=phase]"), key="Shift+Tab", limit=6)
    page.keyboard.press("Control+Enter" if how == "Control+Enter" else "Enter")


def test_five_initiatives_change_by_keyboard_alone(browse, watch):
    page = browse()
    before = table(page, "/handlingsdel/?dato=2025-06-30")
    live_before = table(page, "/handlingsdel/")
    page.goto("/konto/login/?next=/tiltak/")
    sign_in_by_keyboard(page)
    page.wait_for_url("/tiltak/")
    assert len(before) == 44
    assert page.locator("[data-row-link]").count() == 44
    drift = phase_count(page, "Drift")
    range_count = phase_count(page, "Løsning/Drift")

    tab_to(page, page.locator("[data-row-link]").first)
    for slug, downs, comment, save_with in FIVE:
        link = row_of(page, slug).locator("[data-row-link]")
        row_id = row_of(page, slug).get_attribute("id")
        for _ in range(44):
            if link.evaluate("element => element === document.activeElement"):
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        form = page.locator(f"#{row_id} form")
        expect(form.locator("[name=phase]")).to_be_focused()
        for _ in range(downs):
            page.keyboard.press("ArrowDown")
        tab_to(page, form.locator("[name=comment]"), limit=6)
        page.keyboard.press("Control+A")
        page.keyboard.type(comment)
        mark_rows(page)
        page.evaluate("document.querySelector('#resultat').marked = true")
        watch.requests.clear()
        with page.expect_response(
            lambda response: response.request.headers.get("hx-target") == "oppsummering"
        ):
            save(page, form, save_with)
        expect(link).to_be_focused()
        expect(row_of(page, slug)).to_contain_text(comment)
        expect(page.locator("#meldinger-live")).to_have_text("Statusen er lagret.")
        assert unmarked(page) == [row_id]
        assert page.evaluate("document.querySelector('#resultat').marked") is True
        assert [(request.method, request.headers.get("hx-target")) for request in watch.requests] == [
            ("POST", row_id),
            ("GET", "oppsummering"),
        ]
    assert page.url.endswith("/tiltak/")
    expect(phase_link(page, "Drift")).to_have_text(f"Drift {drift + 1}")
    expect(phase_link(page, "Løsning/Drift")).to_have_text(f"Løsning/Drift {range_count + 1}")

    assert table(page, "/handlingsdel/?dato=2025-06-30") == before
    live = table(page, "/handlingsdel/")
    assert sum(old != new for old, new in zip(live_before, live, strict=True)) == 5
    page.goto("/handlingsdel/?fra=2025-06-30")
    assert page.locator("caption").inner_text() == "5 tiltak er endret"
    hrefs = page.locator("tbody th a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert list(dict.fromkeys(hrefs)) == [f"/tiltak/{slug}/" for slug, *_rest in FIVE]


def test_escape_puts_the_row_back_and_arrow_down_goes_on(browse, watch):
    page = browse(EDITOR)
    page.goto("/tiltak/")
    links = page.locator("[data-row-link]")
    before = page.locator(ROWS).first.inner_text()
    links.first.focus()
    page.keyboard.press("Enter")
    form = page.locator("tr[data-editing] form")
    expect(form.locator("[name=phase]")).to_be_focused()
    form.locator("[name=comment]").fill("Skal ikke lagres.")
    form.locator("[name=comment]").press("Escape")
    expect(links.first).to_be_focused()
    assert page.locator(ROWS).first.inner_text() == before
    assert [request.method for request in watch.requests if request.method != "GET"] == []

    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(links.first).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(form.locator("[name=comment]")).not_to_have_value("Skal ikke lagres.")


def test_skip_link_leads_past_the_navigation(browse):
    page = browse()
    page.goto("/tiltak/")
    page.keyboard.press("Tab")
    skip = page.locator(".ds-skip-link")
    expect(skip).to_be_focused()
    assert skip.bounding_box()["height"] > 20
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


# A tick is shown by the outline of its field; the calendar button of a day by one that only the browser knows
FOCUS = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  const isOutlined = (one) => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  };
  const field = element.type === "checkbox" ? element.closest(".ds-field") : null;
  const isSeen = isOutlined(element) || (field && isOutlined(field)) || (element.type === "date" && !element.matches(":focus-visible"));
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const isCovered = box.width < 1 || (at && !element.contains(at) && !at.contains(element));
  return [`${element.tagName} ${element.name ?? ""} ${element.textContent.trim().slice(0, 40)}`, isSeen, isCovered];
}"""


def test_focus_is_seen_on_every_control(browse):
    page = browse(EDITOR)
    page.goto("/tiltak/")
    page.locator("[data-row-link]").first.click()
    page.locator("tr[data-editing]").wait_for()
    page.locator("body").evaluate(
        "body => { body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex'); }"
    )
    unseen, seen = [], 0
    for _ in range(70):
        page.keyboard.press("Tab")
        label, is_seen, is_covered = page.evaluate(FOCUS)
        if label.startswith("BODY"):
            break
        seen += 1
        if not is_seen or is_covered:
            unseen.append((label, is_seen, is_covered))
    assert unseen == []
    assert seen > 40


SPACING = """
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }
"""
CLIPPED = """() => [...document.querySelectorAll("a, button, h1, h2, p, th, td, label, .ds-tag, caption")]
  .filter((element) => ["hidden", "clip"].includes(getComputedStyle(element).overflow)
    && !element.closest(".visually-hidden, .ds-skip-link")
    && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1))
  .map((element) => `${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 40)}`)"""


def test_larger_spacing_clips_no_text(browse):
    page = browse(EDITOR, width=640)  # 1280 at 200 %
    for address in (
        "/",
        "/tiltak/",
        "/tiltak/ny/",
        "/handlingsdel/",
        "/nyhetsbrev/2025/1/",
        "/nyhetsbrev/abonnenter/",
    ):
        page.goto(address)
        page.evaluate(
            "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }",
            SPACING,
        )
        assert (address, page.evaluate(CLIPPED)) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
