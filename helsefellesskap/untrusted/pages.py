"""A program: how many pages a PDF has, the text of one, or an image of it, on standard output."""

import io
import sys
from collections.abc import Callable

import pypdfium2 as pdfium

from helsefellesskap.untrusted.limits import clean, limit_process

HIGHEST = 3  # times the width: a longer page is drawn narrower


def count(document: pdfium.PdfDocument) -> bytes:
    return str(len(document)).encode()


def text(document: pdfium.PdfDocument, number: int) -> bytes:
    return text_of(document[number - 1]).encode()


def image(document: pdfium.PdfDocument, number: int, width: int) -> bytes:
    document.init_forms()  # what is filled in is drawn too
    page = document[number - 1]
    size = page.get_size()
    scale = min(width / max(size[0], 1), HIGHEST * width / max(size[1], 1))
    drawn = page.render(scale=scale, rev_byteorder=True).to_pil()
    file = io.BytesIO()
    drawn.save(
        file, "WEBP", quality=75, method=0
    )  # the best costs ten times the time for a fifth of the size
    return file.getvalue()


def text_of(page: pdfium.PdfPage) -> str:
    """The text in the order of the file; a word broken over two lines is whole."""
    found = page.get_textpage()
    try:
        return clean(found.get_text_range().replace("\ufffe\r\n", "").replace("\ufffe", ""))
    finally:
        found.close()


def main(command: str, path: str, *numbers: str) -> None:
    limit_process()
    commands: dict[str, Callable[..., bytes]] = {"count": count, "text": text, "image": image}
    document = pdfium.PdfDocument(path)
    sys.stdout.buffer.write(commands[command](document, *map(int, numbers)))


if __name__ == "__main__":
    main(*sys.argv[1:])
