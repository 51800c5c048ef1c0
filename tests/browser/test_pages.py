import pytest
from playwright.sync_api import expect

from portfolio import actions
from portfolio.models import Initiative
from tests.browser import axe
from tests.browser.conftest import ADMIN, CONTRIBUTOR, DEPUTY, EDITOR, a_status, user
from tests.browser.pages import CONTRIBUTOR_PAGES, EDITOR_PAGES, LEADER_PAGES, PUBLIC, REFUSED, address

VISITORS = {None: PUBLIC, EDITOR: EDITOR_PAGES, CONTRIBUTOR: CONTRIBUTOR_PAGES, DEPUTY: LEADER_PAGES}
PAGES = [
    pytest.param(visitor, name, pattern, id=f"{name}-{(visitor or 'public').partition('@')[0]}")
    for visitor, pages in VISITORS.items()
    for name, pattern in pages.items()
]


@pytest.mark.parametrize(("visitor", "name", "pattern"), PAGES)
def test_page_is_accessible(visitor, name, pattern, visit, watch, settings):
    settings.ROOT_URLCONF = "tests.browser.urls"
    status = REFUSED.get(name, 200)
    if status != 200:
        watch.expect(f"the server responded with a status of {status}", "server error")
    page = visit(visitor)
    response = page.goto(address(pattern))
    assert (response.status, page.url.partition("?")[0]) == (status, response.url.partition("?")[0])
    axe.check(page)


WRONG = {
    "logg-inn": (None, "/konto/login/", {"login": "x@example.no", "password": "gal"}),
    "passord": (EDITOR, "/konto/passord/", {"oldpassword": "gal", "password1": "a"}),
    "status": (EDITOR, "/tiltak/{lead}/status/", {"comment": "?", "reported_on": ""}),
    "fase-tilbake": (EDITOR, "/tiltak/fact-hadeland/status/", {"phase": "oppstart-oppstart"}),
    "felles": (EDITOR, "/tiltak/status/felles/?tiltak=1&tiltak=2", {"comment": "?"}),
    "felles-uten-fase": (EDITOR, "/tiltak/status/felles/?tiltak=1&tiltak=45", {"comment": "Tekst."}),
    "tiltak-nytt": (EDITOR, "/tiltak/ny/", {"title": ""}),
    "tiltak-rediger": (EDITOR, "/tiltak/{lead}/rediger/", {"title": "<i>x</i>"}),
    "ta-ut": (EDITOR, "/tiltak/{lead}/ta-ut/", {"reason": ""}),
    "ta-inn": (EDITOR, "/tiltak/arkivert-tiltak/ta-inn/", {"reason": ""}),
    "utgave": (EDITOR, "/handlingsdel/utgaver/ny/", {"as_of": "2999-01-01", "title": ""}),
    "omrade": (EDITOR, "/programomrader/ny/", {"name": ""}),
    "meld": (CONTRIBUTOR, "/tiltak/{lead_too}/meld/", {"comment": "?"}),
    "nyhetsbrev-publiser": (EDITOR, "/nyhetsbrev/{timed}/publiser/", {"publish_at": ""}),
    "abonner": (None, "/nyhetsbrev/abonner/", {"email": "x"}),
    "adresseliste": (EDITOR, "/nyhetsbrev/abonnenter/import/", {"basis": ""}),
}


@pytest.mark.parametrize("name", WRONG)
def test_form_with_errors_is_accessible(name, rich_site, browse, watch):
    watch.expect("status of 422")
    visitor, pattern, fields = WRONG[name]
    page = browse(visitor)
    page.goto(address(pattern))
    form = page.locator("main form")
    for field, value in fields.items():
        control = form.locator(f"[name={field}]")
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    expect(page.locator(".ds-error-summary, main .ds-alert[data-color=danger]").first).to_be_visible()
    axe.check(page)


def open_row(page):
    page.goto("/tiltak/?q=hadeland")
    page.locator("[data-row-link]").first.click()
    form = page.locator("tr[data-editing] form")
    expect(form.locator("[name=phase]")).to_be_focused()
    return form


def test_row_form_is_accessible(browse):
    page = browse(EDITOR)
    open_row(page)
    axe.check(page)


def test_row_form_with_errors_is_accessible(browse, watch):
    watch.expect("status of 422")
    page = browse(EDITOR)
    form = open_row(page)
    form.locator("[name=phase]").select_option(label="Oppstart")
    form.locator("[name=comment]").fill("?")
    form.locator("[name=comment]").press("Control+Enter")
    expect(form.locator(".ds-error-summary")).to_be_focused()
    expect(form.locator("[name=comment]")).to_have_value("?")
    axe.check(page)
    form.locator(".ds-error-summary a").first.click()
    expect(form.locator("[aria-invalid=true]").first).to_be_focused()


def test_row_form_with_conflict_is_accessible(browse, watch):
    watch.expect("status of 422")
    page = browse(EDITOR)
    form = open_row(page)
    form.locator("[name=comment]").fill("Min tekst.")
    initiative = Initiative.objects.get(slug="fact-hadeland")
    actions.publish_status(
        initiative=initiative,
        status=a_status("En annens tekst."),
        based_on=initiative.latest_report_id,
        by=user("leder@example.no"),
    )
    form.get_by_role("button", name="Lagre").click()
    expect(form.locator(".ds-error-summary")).to_contain_text("Statusen er endret siden du åpnet skjemaet")
    axe.check(page)


def test_fetched_text_and_lost_contact_are_accessible(browse, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    page = browse(EDITOR)
    form = open_row(page)
    form.locator("[name=comment]").fill("Ikke lagret.")
    form = open_row(page)
    expect(form.locator(".kept")).to_be_visible()
    page.context.set_offline(True)
    form.get_by_role("button", name="Lagre").click()
    expect(page.locator("#feil-live .ds-alert")).to_be_visible()
    page.context.set_offline(False)
    axe.check(page)


def test_open_menu_is_accessible(browse):
    page = browse(EDITOR, width=320)
    page.goto("/")
    page.get_by_role("button", name="Meny").click()
    expect(page.locator(".site-nav")).to_be_visible()
    assert [*axe.violations(page), *axe.overflow(page)] == []
    page.keyboard.press("Escape")
    expect(page.locator(".site-nav")).to_be_hidden()
    expect(page.get_by_role("button", name="Meny")).to_be_focused()


def test_checks_find_what_is_wrong(browse):
    page = browse()
    page.goto("/programomrader/")
    page.evaluate("""() => {
      const image = new Image();
      const wide = document.createElement("pre");
      wide.textContent = "x".repeat(2000);
      document.querySelector("main").append(image, wide);
    }""")
    assert [found.partition(":")[0] for found in axe.violations(page)] == ["image-alt"]
    assert axe.overflow(page) != []


def test_administrators_pages_obey_the_security_policy(browse, watch):
    watch.expect("favicon.ico")  # Django's pages name no icon
    page = browse()
    page.goto("/admin/")
    assert "/konto/login/" in page.url
    page = browse(ADMIN)
    for path in (
        "/admin/",
        "/admin/accounts/user/",
        "/admin/accounts/user/1/change/",
        "/admin/accounts/organisation/",
    ):
        assert page.goto(path).status == 200


@pytest.mark.parametrize("visitor", [None, EDITOR])
def test_page_may_fetch_from_its_own_host_only(browse, visitor):
    policy = browse(visitor).goto("/tiltak/").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    assert rules["default-src"] == "'self'"
    assert (rules["frame-ancestors"], rules["object-src"], rules["base-uri"]) == (
        "'none'",
        "'none'",
        "'none'",
    )
    assert "unsafe" not in policy
    assert "http" not in policy


def test_table_pastes_as_a_table(browse, watch, site):
    watch.expect(
        "Applying inline style"
    )  # Chromium writes styles into what it copies, and reading it back applies them
    page = browse()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page.goto("/handlingsdel/?dato=2025-06-30")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('table').parentElement)")
    page.keyboard.press("Control+C")
    rows = page.evaluate("""async () => {
      const [item] = await navigator.clipboard.read();
      const html = await (await item.getType("text/html")).text();
      const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
      return [...table.rows].map((row) => [...row.cells].map((cell) => [cell.rowSpan, cell.textContent.trim()]));
    }""")
    assert [text for _span, text in rows[0]] == ["Programområde", "Tiltak", "Fase", "Status"]
    assert len(rows) == 45
    spans = [span for row in rows[1:] for span, _text in row if span > 1]
    assert spans == [12, 6, 5, 8, 13]
    assert {len(row) for row in rows} == {3, 4}
