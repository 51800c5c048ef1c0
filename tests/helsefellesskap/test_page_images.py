"""Images and text of pages, and the part of a page that shows them."""

import io
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import Http404
from django.template.loader import render_to_string
from django.test import RequestFactory
from PIL import Image

from helsefellesskap import page_images, untrusted
from tests import files

ROOT = Path(__file__).resolve().parents[2]
SHA256 = "ab" * 32


def stored(content: bytes) -> FieldFile:
    name = default_storage.save("vedlegg/a.pdf", ContentFile(content))
    return FieldFile(SimpleNamespace(file=None), models.FileField(name="file"), name)


def test_a_page_is_drawn_in_the_width_asked_for():
    image = Image.open(
        io.BytesIO(page_images.render(stored(files.pdf("x", "y")), sha256=SHA256, page=2, width=480))
    )

    assert (image.format, image.width) == ("WEBP", 480)
    assert image.height == pytest.approx(480 * 842 / 595, abs=1)


def test_what_is_filled_into_a_form_is_drawn():
    empty = page_images.render(stored(files.filled_form("")), sha256="a", page=1, width=480)
    filled = page_images.render(stored(files.filled_form("Ja, vi deltar")), sha256="b", page=1, width=480)

    assert Image.open(io.BytesIO(empty)).tobytes() != Image.open(io.BytesIO(filled)).tobytes()


@pytest.mark.parametrize("box", [(14_400, 14_400), (1, 14_400), (14_400, 1)])
def test_a_page_of_any_shape_is_drawn_small(box):
    def stretch(document):
        document.pages[0].MediaBox = [0, 0, *box]

    image = Image.open(
        io.BytesIO(page_images.render(stored(files.pdf(change=stretch)), sha256=SHA256, page=1, width=1440))
    )

    assert image.width <= 1440
    assert image.height <= 3 * 1440


def test_a_page_is_drawn_once(monkeypatch):
    file = stored(files.pdf())
    first = page_images.render(file, sha256=SHA256, page=1, width=480)
    monkeypatch.setattr(untrusted, "page_image", None)

    assert page_images.render(file, sha256=SHA256, page=1, width=480) == first


def test_a_page_that_cannot_be_drawn_is_not_tried_again(monkeypatch):
    file = stored(files.broken_pdf())
    with pytest.raises(page_images.CannotRender):
        page_images.render(file, sha256=SHA256, page=1, width=480)
    monkeypatch.setattr(untrusted, "page_image", None)

    with pytest.raises(page_images.CannotRender):
        page_images.render(file, sha256=SHA256, page=1, width=480)


@pytest.mark.parametrize(("page", "width"), [(0, 480), (2, 480), (-1, 480), (1, 481), (1, 0)])
def test_only_pages_that_are_there_are_drawn_in_few_widths(page, width):
    with pytest.raises(page_images.CannotRender):
        page_images.render(stored(files.pdf()), sha256=SHA256, page=page, width=width)


def served(file, query="", page=1, **headers):
    request = RequestFactory().get(f"/?{query}", headers=headers)
    request.user = AnonymousUser()
    return page_images.serve(request, file, sha256=SHA256, page=page)


def test_the_image_is_served_in_the_width_of_the_address():
    file = stored(files.pdf())

    response = served(file, "bredde=480")

    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "image/webp",
        "no-cache",
    )
    assert Image.open(io.BytesIO(response.content)).width == 480
    assert Image.open(io.BytesIO(served(file).content)).width == 960
    assert served(file, "bredde=480", **{"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize(("query", "page"), [("bredde=481", 1), ("bredde=x", 1), ("bredde=²", 1), ("", 2)])
def test_an_image_that_there_is_not_is_404(query, page):
    with pytest.raises(Http404):
        served(stored(files.pdf()), query, page)


# The reader


def reader(**context) -> str:
    pages = [
        {"number": 1, "image_url": "/side/1/", "text": "Tekst på <side> én"},
        {"number": 2, "image_url": "/side/2/", "text": " "},
    ]
    return render_to_string(
        "components/document_reader.html",
        {"file_url": "/fil.pdf", "title": "Sak 31/25", "pages": pages, **context},
    )


def test_the_reader_shows_pages_as_images_in_every_width_with_their_text():
    page = reader()

    assert re.findall(r'alt="([^"]+)"', page) == ["Side 1 av 2 av Sak 31/25", "Side 2 av 2 av Sak 31/25"]
    (first, _) = re.findall(r'srcset="([^"]+)"', page)
    assert (
        first.split()
        == ", ".join(f"/side/1/?bredde={width} {width}w" for width in page_images.WIDTHS).split()
    )
    assert page.count('loading="lazy"') == 2
    assert page.count("<details") == 1
    assert "Tekst på &lt;side&gt; én" in page
    assert "Side 2 har ingen tekst som kan vises." in page


def test_the_reader_needs_no_inline_script_and_no_other_host():
    page = reader()

    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert " style=" not in page
    assert not re.search(r'(src|href|data-[a-z]+)="(https?:)?//', page)
    assert 'data-reader="/fil.pdf"' in page


def test_what_the_reader_asks_for_by_folder_and_name_is_there():
    decoders = (
        "jbig2_nowasm_fallback.js",
        "openjpeg_nowasm_fallback.js",
        "FoxitSymbol.pfb",
        "FoxitDingbats.pfb",
    )
    code = (ROOT / "static/vendor/pdfjs/pdf.worker.min.mjs").read_text()

    assert [name for name in decoders if not (ROOT / "static/vendor/pdfjs/parts" / name).is_file()] == []
    assert [name for name in decoders if name not in code] == []
