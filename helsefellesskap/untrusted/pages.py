"""A program: an image of a page of a PDF on standard output; and the text of a page, for `pdf`."""

import io
import sys

import pypdfium2 as pdfium

from helsefellesskap.untrusted.limits import clean, limit_process

HIGHEST = 3  # times the width: a longer page is drawn narrower


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


def main(path: str, number: str, width: str) -> None:
    limit_process()
    sys.stdout.buffer.write(image(pdfium.PdfDocument(path), int(number), int(width)))


if __name__ == "__main__":
    main(*sys.argv[1:])
