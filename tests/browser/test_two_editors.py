import pytest
from playwright.sync_api import expect

from accounts.models import Role, User
from portfolio.models import Initiative, StatusReport
from tests.browser.conftest import EDITOR

SLUG = "fact-hadeland"


@pytest.fixture
def colleague(site):
    user = User(email="kollega@example.no", name="Kari Kollega", role=Role.EDITOR)
    user.set_unusable_password()
    user.save()
    return user


def reports():
    return list(StatusReport.objects.filter(initiative__slug=SLUG, publication="published").order_by("pk"))


def open_row(page):
    page.goto("/tiltak/")
    row = page.locator(f"#tiltak-{Initiative.objects.get(slug=SLUG).pk}")
    row.locator("[data-row-link]").click()
    row.locator("form").wait_for()
    return row


def save_while_colleague_has_saved(browse, colleague):
    second = browse(EDITOR)
    row = open_row(second)
    row.locator("[name=comment]").fill("Min egen tekst.")
    first = browse(colleague.email)
    other = open_row(first)
    other.locator("[name=phase]").select_option(label="Løsning/Drift")
    other.locator("[name=comment]").fill("Kollegaens tekst.")
    other.get_by_role("button", name="Lagre").click()
    expect(other.locator("[data-row-link]")).to_be_focused()

    row.get_by_role("button", name="Lagre").click()
    conflict = row.locator(".ds-error-summary")
    expect(conflict).to_be_focused()
    expect(conflict).to_contain_text("Kari Kollega lagret en ny status")
    expect(conflict.locator("ins", has_text="Kollegaens tekst.")).to_be_visible()
    expect(conflict.locator("del", has_text="Teamet forbereder overgangen")).to_be_visible()
    expect(conflict.locator("ins", has_text="Løsning/Drift")).to_be_visible()
    expect(row.locator("[name=comment]")).to_have_value("Min egen tekst.")
    assert reports()[-1].comment == "Kollegaens tekst."
    return second, row


def test_second_editor_sees_what_changed_and_saves_the_own_text(browse, colleague, watch):
    watch.expect("status of 422")
    _page, row = save_while_colleague_has_saved(browse, colleague)
    before = len(reports())
    row.get_by_role("button", name="Lagre min likevel").click()
    expect(row.locator("[data-row-link]")).to_be_focused()
    assert len(reports()) == before + 1
    assert Initiative.objects.get(slug=SLUG).latest_report.comment == "Min egen tekst."


def test_second_editor_keeps_what_stands(browse, colleague, watch):
    watch.expect("status of 422")
    _page, row = save_while_colleague_has_saved(browse, colleague)
    before = len(reports())
    row.get_by_role("link", name="Behold det som står").click()
    expect(row).to_contain_text("Kollegaens tekst.")
    expect(row.locator("[data-row-link]")).to_be_focused()
    assert len(reports()) == before
    row.locator("[data-row-link]").click()
    expect(row.locator("[name=comment]")).to_have_value("Kollegaens tekst.")


def test_conflict_is_shown_without_javascript(browse, colleague, watch):
    watch.expect("status of 422")
    page = browse(EDITOR, script=False)
    page.goto(f"/tiltak/{SLUG}/status/")
    page.get_by_label("Kommentar").fill("Min egen tekst.")
    other = browse(colleague.email, script=False)
    other.goto(f"/tiltak/{SLUG}/status/")
    other.get_by_label("Kommentar").fill("Kollegaens tekst.")
    other.get_by_role("button", name="Lagre").click()
    page.get_by_role("button", name="Lagre").click()
    expect(page.locator(".ds-error-summary")).to_contain_text("Kari Kollega lagret en ny status")
    expect(page.get_by_label("Kommentar")).to_have_value("Min egen tekst.")
    page.get_by_role("button", name="Lagre min likevel").click()
    expect(page.locator(".messages")).to_contain_text("Statusen er lagret")
    assert reports()[-1].comment == "Min egen tekst."


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_double_click_saves_once(browse, script):
    page = browse(EDITOR, script=script)
    before = len(reports())
    if script:
        button = open_row(page).get_by_role("button", name="Lagre")
    else:
        page.goto(f"/tiltak/{SLUG}/status/")
        button = page.get_by_role("button", name="Lagre")
    page.get_by_label("Kommentar").fill("En gang er nok.")
    button.dblclick()
    expect(page.locator(f"tr#tiltak-{reports()[0].initiative_id}")).to_contain_text("En gang er nok.")
    assert len(reports()) == before + 1


def test_sending_the_same_form_again_saves_once(browse):
    page = browse(EDITOR, script=False)
    before = len(reports())
    page.goto(f"/tiltak/{SLUG}/status/")
    data = dict(page.locator("form[data-row-form]").evaluate("form => [...new FormData(form)]")) | {
        "comment": "En gang."
    }
    for _ in range(2):
        answer = page.request.post(f"/tiltak/{SLUG}/status/", form=data)
        assert answer.ok
    assert len(reports()) == before + 1
