from playwright.sync_api import expect

from tests.browser.conftest import EDITOR

ROWS = "tbody tr"
RENAMED, MOVED = "legevaktbil", "vip"


def texts(page, address):
    page.goto(address)
    return page.locator(ROWS).all_inner_texts()


def area_of(page, title):
    """The name in the first cell of the group that the row stands in."""
    group = page.locator("tbody", has=page.get_by_role("link", name=title, exact=True))
    return group.locator("th[scope=rowgroup]").inner_text()


def test_rename_and_move_leave_the_past_alone(browse):
    page = browse(EDITOR)
    past = texts(page, "/handlingsdel/?dato=2025-06-30")
    page.goto("/handlingsdel/utgaver/ny/")
    page.get_by_label("Status per").fill("2025-06-30")
    page.get_by_role("button", name="Publiser").click()
    page.wait_for_url("/handlingsdel/utgaver/1/")
    frozen = page.locator(ROWS).all_inner_texts()
    checksum = page.locator(".hash").inner_text()
    old_title = "Legevaktbil"
    page.goto(f"/tiltak/{MOVED}/")
    moved_title = page.locator("h1").inner_text()

    page.goto(f"/tiltak/{RENAMED}/rediger/")
    page.get_by_label("Tittel").fill("Akuttbil i Gudbrandsdalen")
    page.get_by_role("button", name="Lagre").click()
    page.wait_for_url("/tiltak/akuttbil-i-gudbrandsdalen/")
    page.goto(f"/tiltak/{MOVED}/rediger/")
    page.get_by_label("Programområde").select_option(label="Barn og unge")
    page.get_by_role("button", name="Lagre").click()
    page.wait_for_url(f"/tiltak/{MOVED}/")

    public = browse()
    assert texts(public, "/handlingsdel/?dato=2025-06-30") == past
    assert area_of(public, moved_title) == "Bo trygt hjemme"
    expect(public.get_by_role("link", name=old_title, exact=True)).to_be_visible()
    assert texts(public, "/handlingsdel/utgaver/1/") == frozen
    assert area_of(public, moved_title) == "Bo trygt hjemme"
    assert public.locator(".hash").inner_text() == checksum

    texts(public, "/handlingsdel/")
    assert area_of(public, moved_title) == "Barn og unge"
    expect(public.get_by_role("link", name="Akuttbil i Gudbrandsdalen", exact=True)).to_be_visible()
    expect(public.get_by_role("link", name=old_title, exact=True)).to_have_count(0)

    texts(public, "/handlingsdel/utgaver/1/")
    public.get_by_role("link", name=old_title, exact=True).click()
    public.wait_for_url("/tiltak/akuttbil-i-gudbrandsdalen/")
    assert public.request.get(f"/tiltak/{RENAMED}/", max_redirects=0).status == 301

    # What changed names both
    public.goto("/handlingsdel/?fra=2025-06-30")
    assert public.locator("caption").inner_text() == "2 tiltak er endret"
