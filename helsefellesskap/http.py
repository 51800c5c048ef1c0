"""What the middleware guarantees about a request."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Request(HttpRequest):
    """A request that passed our middleware: it knows its htmx details."""

    htmx: HtmxDetails


__all__ = ["AnonymousUser", "Request"]
