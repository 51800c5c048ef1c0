"""Removes files that no row speaks of: what a killed server left between writing a file and writing its row."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from meetings.actions.cleaning import remove_orphans


class Command(BaseCommand):
    help = "Remove stored files that nothing refers to, when they are older than so many hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            type=float,
            default=24,
            metavar="HOURS",
            help="24 unless said otherwise; less than an hour only when nobody is uploading or publishing",
        )
        parser.add_argument("--dry-run", action="store_true", help="only tell which")

    def handle(self, *args: Any, **options: Any) -> None:
        removed = remove_orphans(
            older_than=timedelta(hours=options["older_than"]), dry_run=options["dry_run"]
        )
        for name in removed:
            self.stdout.write(name)
        self.stdout.write(f"{len(removed)} {'would be removed' if options['dry_run'] else 'removed'}")
