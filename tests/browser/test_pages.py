import pytest

from tests.browser import axe
from tests.browser.conftest import CONTRIBUTOR, EDITOR
from tests.browser.pages import CONTRIBUTOR_PAGES, EDITOR_PAGES, PUBLIC, REFUSED, address

VISITORS = {None: PUBLIC, EDITOR: EDITOR_PAGES, CONTRIBUTOR: CONTRIBUTOR_PAGES}
PAGES = [
    pytest.param(visitor, name, pattern, id=f"{name}-{(visitor or 'public').partition('@')[0]}")
    for visitor, pages in VISITORS.items()
    for name, pattern in pages.items()
]


@pytest.mark.parametrize(("visitor", "name", "pattern"), PAGES)
def test_page_is_accessible(visitor, name, pattern, rich_site, browse, watch, settings):
    settings.ROOT_URLCONF = "tests.browser.urls"
    status = REFUSED.get(name, 200)
    if status != 200:
        watch.expect(f"the server responded with a status of {status}", "server error")
    page = browse(visitor)
    response = page.goto(address(pattern))
    assert (response.status, page.url.partition("?")[0]) == (status, response.url.partition("?")[0])
    axe.check(page)
