"""Answers of one reading request: asked once within it, anew in the next and in everything that writes."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from helsefellesskap.middleware import KeptAnswersMiddleware
from helsefellesskap.once import kept_answers, once


class Counter:
    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


def test_an_answer_is_asked_once_within_and_every_time_outside():
    ask = Counter()

    with kept_answers():
        assert [once("who", ask), once("who", ask), once("other", ask)] == [1, 1, 2]

    assert [once("who", ask), once("who", ask)] == [3, 4]


@pytest.mark.parametrize(("method", "answers"), [("GET", "11"), ("HEAD", "11"), ("POST", "12")])
def test_only_a_request_that_reads_keeps_answers(method, answers):
    ask = Counter()
    middleware = KeptAnswersMiddleware(lambda _: HttpResponse(f"{once('who', ask)}{once('who', ask)}"))

    assert middleware(RequestFactory().generic(method, "/")).content.decode() == answers


def test_the_next_request_asks_anew():
    ask = Counter()
    middleware = KeptAnswersMiddleware(lambda _: HttpResponse(str(once("who", ask))))

    answers = [middleware(RequestFactory().get("/")).content for _ in range(2)]

    assert answers == [b"1", b"2"]
