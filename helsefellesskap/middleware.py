"""Sign-in for ordinary and htmx requests, and the headers no library sets."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from helsefellesskap import kept_input
from helsefellesskap.once import kept_answers


class KeptAnswersMiddleware:
    """A page that only reads asks once who its reader is; see `helsefellesskap.once`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with kept_answers():
            return self.get_response(request)


class VaryOnHtmxMiddleware:
    """A page and its fragment share an address: caches must tell them apart."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Denies by default; keeps a posted form over the sign-in and lets htmx follow the redirect."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:  # type: ignore[override]
        path = request.get_full_path()
        htmx = getattr(request, "htmx", False)
        if getattr(view_func, "is_button", False):
            path = _page_behind(request, "Referer") or "/"
        elif request.method == "POST":
            kept_input.keep(request)
            path = request.path
        elif htmx:
            path = _page_behind(request, "HX-Current-URL") or path
        redirect = redirect_to_login(path, self.get_login_url(view_func))
        return HttpResponseClientRedirect(redirect.url) if htmx else redirect


def _page_behind(request: HttpRequest, header: str) -> str | None:
    """The page a fragment or a button stands on: a person must come back to that."""
    parts = urlsplit(request.headers.get(header, ""))
    if parts.netloc != request.get_host():
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")
