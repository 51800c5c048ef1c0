"""`make bench`: fills throwaway databases, measures, prints a table, writes bench.json; 1 when a limit is broken.

On SQLite, or on the PostgreSQL server that DATABASE_URL names. `--only tiltak` measures one subject.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tests.bench.timing import Result

SUBJECTS = (
    "tiltak",
    "as-of",
    "pdf",
    "large-pdf",
    "saving",
    "meeting",
    "saker",
    "midler",
    "nyhetsbrev",
    "upload",
    "download",
)
SIZES = {"small": (50, 200), "paper": (44, 0), "big": (5000, 20_000)}  # initiatives and cases
DEMO = "demo"
"""The database that holds the demo partnership."""
WIDTH = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=SUBJECTS, action="append", help="measure this subject only")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where the figures go")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that databases are dropped
    began = perf_counter()
    with TemporaryDirectory(prefix="hf_bench_") as folder:
        _set_up(Path(folder))
        results = list(_measure(Path(folder), options.only or SUBJECTS))
    seconds = round(perf_counter() - began)
    _say(f"{seconds} s")
    options.json.write_text(json.dumps(_report(results, seconds), indent=2, ensure_ascii=False) + "\n")
    return int(any(result.verdict == "NOT OK" for result in results))


def _set_up(folder: Path) -> None:
    """Production's settings on data that is thrown away: no DEBUG, templates cached, static files by their hash."""
    is_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    given = {} if is_postgres else {"DATABASE_URL": f"sqlite:///{folder}/default.sqlite3"}
    os.environ.update(
        DJANGO_SETTINGS_MODULE="helsefellesskap.settings", DATA_DIR=str(folder), DEMO="1", DEBUG="0", **given
    )
    django.setup()
    from django.conf import settings  # noqa: PLC0415  after setup
    from django.core.management import call_command  # noqa: PLC0415

    logging.disable(logging.INFO)
    settings.ROOT_URLCONF = "tests.bench.urls"
    settings.STATIC_ROOT = folder / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)


def _measure(folder: Path, chosen: tuple[str, ...]) -> Iterator[Result]:
    from django.core.management import call_command  # noqa: PLC0415  after setup

    from tests.bench.data import fill  # noqa: PLC0415
    from tests.bench.databases import databases  # noqa: PLC0415
    from tests.bench.funding_data import fill_grants  # noqa: PLC0415
    from tests.bench.meeting_data import fill_meetings  # noqa: PLC0415

    subjects = {name: subject for name, subject in _subjects(folder).items() if name in chosen}
    needed = [
        label for label in (*SIZES, DEMO) if any(label in labels for _measure, *labels in subjects.values())
    ]
    with databases(folder, *needed) as made:
        by_label = dict(zip(needed, made, strict=True))
        _say(f"{made[0].vendor}; filling …")
        for label, database in by_label.items():
            with database.chosen():
                if label == DEMO:
                    call_command("load_demo")
                    continue
                initiatives, cases = SIZES[label]
                fill(initiatives)
                fill_meetings(cases)
                fill_grants()
            database.settle()
        _say(f"{'':{WIDTH}} measured   limit")
        for measure, *labels in subjects.values():
            for result in measure(*(by_label[label] for label in labels)):
                _say(_line(result))
                yield result


def _subjects(folder: Path) -> dict[str, tuple[Callable[..., Iterator[Result]], *tuple[str, ...]]]:
    """What is measured, and on which databases."""
    from tests.bench import files, funding, lists, meetings, newsletters, printing, saving  # noqa: PLC0415  after setup

    return {
        "tiltak": (lists.initiative_list, "small", "big"),
        "as-of": (lists.as_of, "big"),
        "saving": (saving.saving, "big"),
        "pdf": (printing.printing, "paper"),
        "large-pdf": (printing.large_print, "big"),
        "meeting": (meetings.meeting_page, "small"),
        "saker": (meetings.case_list, "small", "big"),
        "midler": (funding.grant_page, "big"),
        "nyhetsbrev": (newsletters.newsletter, DEMO),
        "upload": (partial(files.upload, folder), "small"),
        "download": (partial(files.download, folder), "big"),
    }


def _line(result: Result) -> str:
    limit = "" if result.limit is None else f"{result.limit:g} {result.unit}"
    return f"{result.name:{WIDTH}} {result.measured:6.2f} {result.unit:2} {limit:>7}  {result.verdict}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _report(results: list[Result], seconds: int) -> dict[str, object]:
    return {
        "seconds": seconds,
        "machine": f"{platform.platform()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": os.environ["DATABASE_URL"].partition(":")[0],
        "results": [
            {
                "name": result.name,
                "measured": round(result.measured, 3),
                "unit": result.unit,
                "limit": result.limit,
                "verdict": result.verdict,
                **result.details,
            }
            for result in results
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
