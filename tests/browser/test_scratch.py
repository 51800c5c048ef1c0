from tests.browser.conftest import EDITOR
def test_x(browse):
    page = browse(EDITOR)
    page.goto("/tiltak/")
    assert page.locator("tr[id^=tiltak-]").count() == 44
    page.screenshot(path="/tmp/hf-browser/list.png")
    page.locator("[data-row-link]").first.click()
    page.locator("tr[data-editing]").wait_for()
    page.screenshot(path="/tmp/hf-browser/open.png")
def test_y(browse):
    page = browse(EDITOR, width=320)
    page.goto("/tiltak/")
    page.screenshot(path="/tmp/hf-browser/list320.png")
    page.locator("[data-row-link]").first.click()
    page.locator("tr[data-editing]").wait_for()
    page.screenshot(path="/tmp/hf-browser/open320.png")
