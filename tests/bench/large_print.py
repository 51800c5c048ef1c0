"""Prints 500 and 5 000 rows of the database it is given, and tells time and memory as JSON."""

import gc
import json
import os
import resource
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time

import django


def main() -> None:
    django.setup()
    from django.utils import timezone  # noqa: PLC0415  after setup, as all that needs models

    from portfolio.documents import live_table  # noqa: PLC0415
    from portfolio.models import Initiative  # noqa: PLC0415

    whole = live_table(Initiative.objects.all(), today=timezone.localdate())
    tenth = replace(
        whole, groups=[replace(group, rows=group.rows[: len(group.rows) // 10]) for group in whole.groups]
    )
    _print(replace(whole, groups=[replace(group, rows=group.rows[:9]) for group in whole.groups]))
    short = [_print(tenth), _print(tenth)]
    peak_before = _peak()
    long = _print(whole)
    peak = _peak()
    short.append(_print(tenth))
    per_row = long / whole.row_count
    found = {
        "ratio": per_row / (median(short) / tenth.row_count),
        "seconds": {whole.row_count: round(long, 2), tenth.row_count: [round(time, 2) for time in short]},
        "peak": peak,
        "peak_before": peak_before,
    }
    sys.stdout.write(json.dumps(found))


def _print(table) -> float:
    """Seconds of this process's time: printing asks nobody else, and a busy machine shall not count."""
    from django.core.cache import caches  # noqa: PLC0415

    from helsefellesskap import pdf  # noqa: PLC0415
    from portfolio.documents import handlingsdel_print  # noqa: PLC0415

    document = handlingsdel_print(table)
    caches["pdf"].clear()
    gc.collect()
    start = process_time()
    pdf.print_document(document.template, document.context)
    return process_time() - start


def _peak() -> float:
    """The most memory that this program has held, in MB.

    Linux hands `ru_maxrss` down from the process that started this one, so it is asked elsewhere if it can be.
    """
    status = Path(f"/proc/{os.getpid()}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1000 * 1.024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024 / 1000


if __name__ == "__main__":
    main()
