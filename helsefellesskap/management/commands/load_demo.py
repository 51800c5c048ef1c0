"""Load the demo partnership; running it again changes nothing."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from helsefellesskap import demo


class Command(BaseCommand):
    help = "Load the demo partnership, once; needs DEMO=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing unless the database is empty")

    @transaction.atomic
    def handle(self, *_: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo has sign-ins with a known password: it is loaded only with DEMO=1.")
        if options["if_empty"] and get_user_model().objects.exists():
            return
        for load in demo.loaders:
            load(demo.FIXTURES)
