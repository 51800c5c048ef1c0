"""The demo newsletter: printed beside bare WeasyPrint, served when it is published, and a block drawn anew."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from django.core.cache import caches
from django.urls import reverse

from helsefellesskap import pdf
from newsletters.documents.printing import newsletter_print, pdf_of, what_goes_with
from newsletters.models import Block, Newsletter
from tests.bench.databases import Database
from tests.bench.pages import get, sign_in
from tests.bench.printing import Bare
from tests.bench.timing import Contestant, Result, ratio

ROUNDS = 9
REDRAWN = 21
ROWS = 44


def newsletter(demo: Database) -> Iterator[Result]:
    with demo.chosen():
        published = Newsletter.objects.published().earliest("published_at")
        content = dict(published.data or {})
        attachments, pictures = what_goes_with(published, content)
        bare = Bare(newsletter_print(content), attachments=attachments, pictures=pictures)

        def ours() -> bytes:
            with demo.chosen():
                return pdf_of(published, content)

        yield ratio(
            "PDF of the demo newsletter against bare WeasyPrint",
            Contestant(ours, before=caches["pdf"].clear),
            Contestant(bare.warm),
            limit=1.15,
            rounds=ROUNDS,
        )
    yield from _served(demo, published, Contestant(ours, before=caches["pdf"].clear))
    yield _redrawn(demo)


def _served(demo: Database, published: Newsletter, printing: Contestant) -> Iterator[Result]:
    """The frozen file, which is printed no more: how long it takes beside printing it, and how often it is printed."""
    address = reverse("newsletters:newsletter-pdf", args=[published.year, published.number])
    client = sign_in(demo)

    def fetch() -> None:
        with demo.chosen():
            response = client.get(address)
            if len(b"".join(response.streaming_content)) != published.pdf.size:
                raise AssertionError(f"{address} did not answer with the whole file.")

    served = Contestant(fetch, before=demo.between_requests)
    printed: list[str] = []
    render = pdf.render

    def counted(html: str, **options: object) -> bytes:
        printed.append(html)
        return render(html, **options)  # type: ignore[arg-type]

    pdf.render = counted
    try:
        served.run()
        times = len(printed)
    finally:
        pdf.render = render
    yield ratio("published PDF served against printing it", served, printing, limit=5, rounds=5, unit="%")
    yield Result("published PDF served, times it is printed", times, 0, "")


def _redrawn(demo: Database) -> Result:
    """The preview of the whole handlingsdel after its block was saved: what the server does."""
    with demo.chosen():
        in_work = Newsletter.objects.in_work().values("pk")
        block = Block.objects.filter(newsletter__in=in_work, kind=Block.Kind.HANDLINGSDEL).earliest("pk")
        Block.objects.filter(pk=block.pk).update(settings={"scope": "all"})
    address = reverse("newsletters:block-preview", args=[block.public_id])
    client = sign_in(demo, email="sekretariat@example.no")
    redraw = get(demo, client, address, rows=ROWS)
    seconds = median(redraw.seconds() for _round in range(REDRAWN))
    return Result(f"preview of one block, {ROWS} rows", 1000 * seconds, 300, "ms")
