"""What the middleware guarantees about a request, and views that are a button only."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request that passed our middleware: it knows its htmx details."""

    htmx: HtmxDetails


def button(view: Callable[..., HttpResponseBase]) -> Any:
    """A view that only answers POST and has no page of its own: after a sign-in one comes back to where it was."""
    posted: Any = require_POST(view)
    posted.is_button = True
    return posted


def render_form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form: fresh, or with what was wrong (422, which htmx swaps in too)."""
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def go_to(request: Request, address: str) -> HttpResponse:
    """A redirect that htmx follows as a browser does; by itself it would put the new page into this one."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


form_view = require_http_methods(["GET", "HEAD", "POST"])
"""A view that shows a form and takes it."""


def posted_number(request: HttpRequest, name: str) -> int | None:
    """A whole number from 0 as posted, or nothing if it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def asked_uuid(request: HttpRequest, name: str) -> UUID | None:
    """An id in the address's query, or nothing if it is none."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
