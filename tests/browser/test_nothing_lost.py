import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from portfolio.models import Initiative
from tests.browser.conftest import EDITOR

SLUG = "fact-hadeland"
TEXT = "Skrevet lenge, må ikke bli borte."
DRAFTS = "Object.keys(localStorage).filter((name) => name.startsWith('utkast:')).length"


def open_row(page, address="/tiltak/"):
    page.goto(address)
    row = page.locator(f"#tiltak-{Initiative.objects.get(slug=SLUG).pk}")
    row.locator("[data-row-link]").click()
    expect(row.locator("[name=phase]")).to_be_focused()
    return row


def sign_in(page):
    page.get_by_label("E-post").fill(EDITOR)
    page.locator("input[name=password]").fill("helsefellesskap")
    page.get_by_role("main").get_by_role("button", name="Logg inn").click()


def comment():
    return Initiative.objects.get(slug=SLUG).latest_report.comment


def drafts(page, count):
    """Wait until the browser keeps so many texts."""
    for _ in range(50):
        if page.evaluate(DRAFTS) == count:
            return
        page.wait_for_timeout(50)
    assert page.evaluate(DRAFTS) == count


def end_by_server(page):
    Session.objects.all().delete()


def end_by_cookie(page):
    page.context.clear_cookies(name="sessionid")


@pytest.mark.parametrize("end_session", [end_by_server, end_by_cookie])
@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_form_comes_back_filled_when_the_session_has_ended(browse, end_session, script):
    page = browse(EDITOR, script=script)
    if script:
        form = open_row(page)
    else:
        page.goto(f"/tiltak/{SLUG}/status/")
        form = page.locator("form[data-row-form]")
    form.locator("[name=phase]").select_option(label="Løsning/Drift")
    form.locator("[name=comment]").fill(TEXT)
    form.locator("[name=next_step]").fill("Neste steg også.")
    end_session(page)
    form.get_by_role("button", name="Lagre").click()
    page.wait_for_url("/konto/login/**")
    assert comment() != TEXT
    sign_in(page)
    page.wait_for_url(f"/tiltak/{SLUG}/status/")
    expect(page.locator("main .ds-alert[role=status]")).to_contain_text("Det du skrev, er hentet fram")
    expect(page.get_by_label("Fase")).to_have_value("losning-drift")
    expect(page.get_by_label("Kommentar")).to_have_value(TEXT)
    expect(page.get_by_label("Neste steg")).to_have_value("Neste steg også.")
    assert comment() != TEXT
    page.get_by_role("button", name="Lagre").click()
    page.wait_for_url("/tiltak/#tiltak-*")
    assert comment() == TEXT
    if script:
        drafts(page, 0)


def test_opening_a_row_after_the_session_has_ended_leads_back_to_the_list(browse):
    page = browse(EDITOR)
    page.goto("/tiltak/?fase=losning")
    end_by_server(page)
    page.locator("[data-row-link]").first.click()
    page.wait_for_url("/konto/login/**")
    sign_in(page)
    page.wait_for_url("/tiltak/?fase=losning")


def test_text_of_a_closed_tab_is_fetched_again(browse):
    page = browse(EDITOR)
    row = open_row(page)
    row.locator("[name=comment]").fill(TEXT)
    drafts(page, 1)
    context = page.context
    page.close(run_before_unload=False)

    page = context.new_page()
    row = open_row(page)
    expect(row.locator("[name=comment]")).to_have_value(TEXT)
    expect(row.locator(".kept")).to_contain_text("er hentet fram")
    row.get_by_role("button", name="Lagre").click()
    expect(row.locator("[data-row-link]")).to_be_focused()
    assert comment() == TEXT
    drafts(page, 0)
    row.locator("[data-row-link]").click()
    expect(row.locator("form")).to_be_visible()
    expect(row.locator(".kept")).to_have_count(0)


def test_text_just_typed_survives_leaving_the_page(browse):
    page = browse(EDITOR)
    row = open_row(page)
    row.locator("[name=comment]").fill(TEXT)
    page.goto("/handlingsdel/")
    drafts(page, 1)
    row = open_row(page)
    expect(row.locator("[name=comment]")).to_have_value(TEXT)


def test_discarding_and_cancelling_forget_the_text(browse):
    page = browse(EDITOR)
    row = open_row(page)
    saved = row.locator("[name=comment]").input_value()
    row.locator("[name=comment]").fill(TEXT)
    drafts(page, 1)
    page.reload()
    row = open_row(page)
    row.get_by_role("button", name="Forkast").click()
    expect(row.locator("[name=comment]")).to_have_value(saved)
    drafts(page, 0)

    row.locator("[name=comment]").fill(TEXT)
    drafts(page, 1)
    row.get_by_role("link", name="Avbryt").click()
    expect(row.locator("[data-row-link]")).to_be_focused()
    drafts(page, 0)
    row.locator("[data-row-link]").click()
    expect(row.locator("[name=comment]")).to_have_value(saved)


def test_signing_out_wipes_what_the_browser_kept(browse):
    page = browse(EDITOR)
    row = open_row(page)
    row.locator("[name=comment]").fill(TEXT)
    drafts(page, 1)
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url("/")
    expect(page.get_by_role("link", name="Logg inn")).to_be_visible()
    drafts(page, 0)


def test_text_of_another_person_is_not_shown(browse):
    page = browse(EDITOR)
    row = open_row(page)
    row.locator("[name=comment]").fill(TEXT)
    drafts(page, 1)
    page.evaluate("""() => {
      const name = Object.keys(localStorage).find((name) => name.startsWith("utkast:"));
      localStorage.setItem(name, JSON.stringify({...JSON.parse(localStorage.getItem(name)), user: "999"}));
    }""")
    row = open_row(page)
    expect(row.locator("[name=comment]")).not_to_have_value(TEXT)
    drafts(page, 0)


def test_unreachable_server_is_said_and_trying_again_saves(browse, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    page = browse(EDITOR)
    row = open_row(page)
    row.locator("[name=comment]").fill(TEXT)
    page.context.set_offline(True)
    row.get_by_role("button", name="Lagre").click()
    error = page.locator("#feil-live")
    expect(error).to_contain_text(
        "Fikk ikke kontakt med serveren. Prøv igjen. Det du skrev, står fortsatt i skjemaet."
    )
    expect(error.locator(".ds-alert")).to_be_in_viewport()
    expect(row.locator("[name=comment]")).to_have_value(TEXT)
    page.context.set_offline(False)
    row.get_by_role("button", name="Lagre").click()
    expect(row.locator("[data-row-link]")).to_be_focused()
    expect(error).to_be_empty()
    assert comment() == TEXT


@pytest.mark.parametrize(
    ("status", "sentence"), [(500, "Det skjedde en feil på serveren"), (403, "Du har ikke tilgang")]
)
def test_failing_server_is_said_and_the_text_stays(browse, watch, status, sentence):
    watch.expect(f"status of {status}", "server error", "no security policy", "Response Status Error Code")
    page = browse(EDITOR)
    row = open_row(page)
    row.locator("[name=comment]").fill(TEXT)
    page.route(
        "**/status/**",
        lambda route: route.fulfill(status=status, content_type="text/html", body="<p>feil</p>"),
    )
    row.get_by_role("button", name="Lagre").click()
    expect(page.locator("#feil-live")).to_contain_text(sentence)
    expect(row.locator("[name=comment]")).to_have_value(TEXT)
    page.unroute("**/status/**")
    row.get_by_role("button", name="Lagre").click()
    expect(row.locator("[data-row-link]")).to_be_focused()
    assert comment() == TEXT
