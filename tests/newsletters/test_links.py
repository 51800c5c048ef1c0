"""The links of newsletters in work are tried in the background."""

from datetime import timedelta

import pytest
from django.utils import timezone

from helsefellesskap import links
from helsefellesskap.links import Reply
from newsletters import actions
from newsletters.models import CheckedLink

SCANNER = "https://safe" + "links.example.no/?url=https%3A%2F%2Fexample.no%2F"


@pytest.fixture
def asked(monkeypatch):
    """What was asked; every second address is gone."""
    urls = []

    def ask(url):
        urls.append(url)
        return Reply(is_gone=True, status=404) if "borte" in url else Reply(is_there=True, status=200)

    monkeypatch.setattr(links, "ask", ask)
    return urls


def body(*urls):
    return "".join(f'<p><a href="{url}">lenke</a></p>' for url in urls)


def test_each_link_is_tried_once_a_day(draft, write, asked):
    write(draft, body=body("https://example.no/der", "https://example.no/borte", "https://example.no/der"))

    assert actions.check_links() == 2
    assert actions.check_links() == 0
    assert dict(CheckedLink.objects.values_list("url", "answer")) == {
        "https://example.no/der": "works",
        "https://example.no/borte": "dead",
    }
    assert actions.check_links(now=timezone.now() + timedelta(hours=25)) == 2


def test_addresses_of_mail_and_of_scanners_are_not_asked(draft, write, asked):
    write(draft, body=body("mailto:post@example.no", SCANNER, "https://example.no/der"))
    actions.check_links()

    assert asked == ["https://example.no/der"]


def test_a_page_of_the_site_itself_is_asked_by_its_whole_address(draft, write, asked, settings):
    write(draft, body=body("/tiltak/"))
    actions.check_links()

    assert asked == [f"{settings.BASE_URL}tiltak/"]


def test_published_newsletters_are_left_alone(published, asked):
    assert actions.check_links() == 0
