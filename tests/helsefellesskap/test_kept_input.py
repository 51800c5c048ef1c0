"""What a person had typed, kept in the session until they have signed in again."""

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore

from helsefellesskap import kept_input


@pytest.fixture
def session():
    return SessionStore()


def post(rf, session, path="/tiltak/ny/", data=None):
    request = rf.post(path, data or {})
    request.session = session
    return request


def get(rf, session, path="/tiltak/ny/"):
    request = rf.get(path)
    request.session = session
    return request


def test_what_was_kept_is_taken_once_at_its_address(rf, session):
    kept_input.keep(
        post(rf, session, data={"title": "Æ & Ø", "tiltak": ["1", "2"], "csrfmiddlewaretoken": "x"})
    )

    assert kept_input.read(get(rf, session, "/tiltak/")).data is None
    taken = kept_input.read(get(rf, session)).data
    assert dict(taken.lists()) == {"title": ["Æ & Ø"], "tiltak": ["1", "2"]}
    assert kept_input.read(get(rf, session)).data is None


@pytest.mark.parametrize("data", [{}, {"csrfmiddlewaretoken": "x"}, {"title": "x" * kept_input.LIMIT}])
def test_nothing_and_too_much_are_not_kept(rf, session, data):
    kept_input.keep(post(rf, session, data=data))

    assert dict(session.items()) == {}


def test_the_longest_comment_that_can_be_saved_is_kept_with_all_its_letters(rf, session):
    kept_input.keep(
        post(rf, session, data={"comment": "å" * 2000, "next_step": "ø" * 500, "reason": "æ" * 500})
    )

    assert kept_input.read(get(rf, session)).data["comment"] == "å" * 2000


def test_the_newest_form_is_the_one_kept(rf, session):
    kept_input.keep(post(rf, session, data={"title": "Først"}))
    kept_input.keep(post(rf, session, data={"title": "Så"}))

    assert kept_input.read(get(rf, session)).data["title"] == "Så"
