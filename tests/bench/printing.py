"""Printing the handlingsdel: beside bare WeasyPrint, a second time, and with 5 000 rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

import weasyprint  # noqa: TID251  the bare call that our door is compared with
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import timezone
from weasyprint.text.fonts import FontConfiguration  # noqa: TID251

from helsefellesskap import pdf
from helsefellesskap.files import Printout
from portfolio.documents import handlingsdel_print, live_table
from portfolio.models import Initiative
from tests.bench.databases import Database
from tests.bench.pages import get, sign_in
from tests.bench.timing import Contestant, Result, ratio


def printing(paper: Database) -> Iterator[Result]:
    """44 rows. The bare call has its stylesheet parsed and its fonts found before the clock starts, as ours has."""
    with paper.chosen():
        document = handlingsdel_print(live_table(Initiative.objects.all(), today=timezone.localdate()))
    bare = Bare(document)
    ours = Contestant(
        lambda: pdf.print_document(document.template, document.context), before=caches["pdf"].clear
    )
    yield ratio("PDF of 44 rows against bare WeasyPrint", ours, Contestant(bare.warm), limit=1.15, rounds=9)
    yield ratio(
        "PDF of 44 rows against WeasyPrint from cold", ours, Contestant(bare.cold), limit=None, rounds=3
    )
    again = get(paper, sign_in(paper, is_editor=True), "/handlingsdel.pdf", rows=1, mark=b"%PDF-")
    first = Contestant(again.run, before=caches["pdf"].clear)
    yield ratio(
        "PDF of 44 rows, second download against the first", again, first, limit=5, rounds=9, unit="%"
    )


class Bare:
    """What WeasyPrint alone takes for a document, with the same attachments and pictures."""

    def __init__(
        self,
        document: Printout,
        *,
        attachments: Sequence[pdf.Attachment] = (),
        pictures: pdf.Pictures | None = None,
    ) -> None:
        self.attachments, self.pictures = attachments, pictures
        self.html = pdf.printable(render_to_string(document.template, document.context))
        self.style = pdf.static_file(pdf.PRINT_CSS).read_text(encoding="utf-8")
        self.fonts = FontConfiguration()
        self.css = self._parsed(self.fonts)

    def _parsed(self, fonts: FontConfiguration) -> weasyprint.CSS:
        return weasyprint.CSS(string=self.style, font_config=fonts, url_fetcher=pdf.StaticFetcher())

    def warm(self) -> None:
        self._write(self.css, self.fonts)

    def cold(self) -> None:
        fonts = FontConfiguration()
        self._write(self._parsed(fonts), fonts)

    def _write(self, css: weasyprint.CSS, fonts: FontConfiguration) -> None:
        page = weasyprint.HTML(string=self.html, url_fetcher=pdf.StaticFetcher(self.pictures))
        files = [
            weasyprint.Attachment(string=file.content, name=file.name, description=file.description)
            for file in self.attachments
        ]
        variant = "pdf/a-3a" if files else "pdf/a-2a"
        page.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant=variant, attachments=files)


def large_print(big: Database) -> Iterator[Result]:
    """5 000 rows in a process of its own, so that its memory can be read."""
    environment = {**os.environ, "DATABASE_URL": big.url}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.large_print"], env=environment, stdout=subprocess.PIPE, check=True
    )
    found = json.loads(done.stdout)
    yield Result(
        "PDF of 5 000 rows against 500, time per row",
        found.pop("ratio"),
        1.3,
        details={"seconds": found["seconds"]},
    )
    yield Result(
        "PDF of 5 000 rows, peak memory", found["peak"], 1000, "MB", {"before": found["peak_before"]}
    )
