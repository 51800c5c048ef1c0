"""The program with the plain views of the benchmarks beside it."""

from django.conf import settings

from helsefellesskap.wsgi import application

settings.ROOT_URLCONF = "tests.bench.urls"

__all__ = ["application"]
