"""The project's addresses, and one where the program fails."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from helsefellesskap.urls import urlpatterns as project


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


fail.login_required = False
urlpatterns = [path("feil/", fail), *project]
