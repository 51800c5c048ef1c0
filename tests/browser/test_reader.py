"""Reading a PDF on the page: pdf.js on a wide screen, images of the pages everywhere else."""

import io

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from playwright.sync_api import expect

from tests import files
from tests.browser import reader_urls
from tests.browser.axe import overflow, violations


@pytest.fixture
def reading(site, settings):
    """`reading(pdf)`: the page at /les/ reads it."""
    settings.ROOT_URLCONF = "tests.browser.reader_urls"
    return lambda content: default_storage.save(reader_urls.NAME, ContentFile(content))


def shown_page(page, number: int):
    return page.get_by_role("region", name=f"Side {number} av 3", exact=True)


def test_a_wide_screen_reads_turns_zooms_and_finds(reading, browse):
    reading(files.pdf("Første side", "Andre side", "Siste side om bredding"))
    page = browse()
    page.goto("/les/")

    expect(shown_page(page, 1)).to_contain_text("Første side")
    expect(page.locator("[data-reader-images]")).to_be_hidden()
    page.get_by_role("button", name="Neste side").click()
    expect(page.get_by_label("Side", exact=True)).to_have_value("2")
    page.get_by_label("Side", exact=True).fill("9")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Side", exact=True)).to_have_value("3")
    page.get_by_label("Finn i dokumentet").fill("bredding")
    page.keyboard.press("Enter")
    expect(page.locator("[data-matches]")).to_have_text("Treff 1 av 1")
    expect(shown_page(page, 3).locator(".highlight.selected")).to_have_text("bredding")
    before = page.locator("[data-zoom]").inner_text()
    page.get_by_role("region", name="Sidene i Innkalling").focus()
    page.keyboard.press("+")
    expect(page.locator("[data-zoom]")).not_to_have_text(before)
    assert violations(page) == []


def test_a_scanned_page_is_decoded_without_webassembly(reading, browse):
    reading(faxed_pdf())
    page = browse()
    page.goto("/les/")
    expect(page.locator(".page canvas")).to_be_visible()

    drawn = Image.open(io.BytesIO(page.locator(".page canvas").screenshot())).convert("L")

    assert drawn.getextrema()[0] < 50  # something black on the page


def faxed_pdf() -> bytes:
    image = Image.new("1", (400, 500), 1)
    image.paste(0, (50, 50, 350, 150))
    tiff = io.BytesIO()
    image.save(tiff, "TIFF", compression="group4")
    tags = Image.open(tiff).tag_v2
    content = tiff.getvalue()[tags[273][0] :][: tags[279][0]]

    def scan(document: pikepdf.Pdf) -> None:
        stream = document.make_stream(content)
        stream.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=400,
            Height=500,
            ColorSpace=pikepdf.Name.DeviceGray,
            BitsPerComponent=1,
            Filter=pikepdf.Name.CCITTFaxDecode,
            DecodeParms=pikepdf.Dictionary(K=-1, Columns=400, Rows=500, BlackIs1=tags[262] == 1),
        )
        document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=stream))
        document.pages[0].Contents = document.make_stream(b"595 0 0 842 0 0 cm /I Do")

    return files.pdf("", change=scan)


@pytest.mark.parametrize(("width", "script"), [(320, True), (320, False), (1280, False)])
def test_a_phone_or_a_browser_without_script_gets_images_and_text(reading, browse, width, script):
    reading(files.pdf("Første side", "Andre side", "Siste side"))
    page = browse(width=width, script=script)
    page.goto("/les/")

    image = page.get_by_alt_text("Side 1 av 3 av Innkalling")
    image.scroll_into_view_if_needed()
    expect(image).to_be_visible()
    page.get_by_text("Vis teksten på side 1").click()
    expect(page.locator(".reader-text").first).to_have_text("Første side")
    if script:
        expect(image).not_to_have_js_property("naturalWidth", 0)
        assert overflow(page) == []
        assert violations(page) == []


def test_a_reader_that_cannot_open_the_file_leaves_the_images(reading, browse, watch):
    reading(files.pdf("Første side", "Andre side", "Siste side"))
    page = browse()
    page.route(
        "**/les/fil.pdf", lambda route: route.fulfill(body="ikke en PDF", content_type="application/pdf")
    )
    page.goto("/les/")

    expect(page.get_by_alt_text("Side 1 av 3 av Innkalling")).to_be_visible()
    expect(page.get_by_text("Dokumentet vises som bilder")).to_be_attached()
    expect(page.get_by_role("button", name="Neste side")).to_have_count(0)
