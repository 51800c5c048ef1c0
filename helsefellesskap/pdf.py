"""HTML to PDF: the one door to WeasyPrint. It knows no app; it gets HTML and gives a file.

Every file is PDF/A-2a (archive) and PDF/UA-1 (accessible) at once, the same bytes for the same HTML, and made of
nothing but that HTML, our own static files, and the pictures and attachments that come with it.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn
from urllib.parse import unquote
from xml.etree.ElementTree import Element as HtmlElement

import pikepdf
import pydyf
import weasyprint  # noqa: TID251  this is the door
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils import translation
from fontTools.ttLib import TTFont
from weasyprint.text.ffi import pango  # noqa: TID251
from weasyprint.text.fonts import FontConfiguration  # noqa: TID251
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # noqa: TID251

from helsefellesskap import pdf_tags

PRINT_CSS = "css/print.css"
FONTS = "fonts/print"
FACES = (
    "Inter_400Regular.ttf",
    "Inter_400Regular_Italic.ttf",
    "Inter_700Bold.ttf",
    "Inter_700Bold_Italic.ttf",
)
STATIC_FOLDERS = frozenset({"fonts", "img", "css"})
CONTENT_TYPES = {
    ".css": "text/css",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}

logger = logging.getLogger(__name__)


class PrintError(Exception):
    """The document cannot be printed; the sentence can be shown to the person who asked for it."""


Pictures = Mapping[str, tuple[bytes, str]]
"""Pictures that a document may show, by the name in their `picture:` address: content and content type."""


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF. Its day is given, so that the same document is the same bytes."""

    name: str
    content: bytes
    description: str
    dated: datetime


# What a document may read


def static_file(name: str) -> Path:
    """The file behind a `static:` address, in a checkout and in a deployment alike.

    `name` is the part after `static:`, such as `img/merke.svg`. Raises PrintError for everything that is not an
    existing file under fonts/, img/ or css/.
    """
    path = PurePosixPath(unquote(name))
    is_plain = path.parts and path.parts[0] in STATIC_FOLDERS and ".." not in path.parts
    if is_plain and "\0" not in str(path) and "\\" not in str(path):
        found = finders.find(str(path)) or Path(settings.STATIC_ROOT or "", path)
        if Path(found).is_file():
            return Path(found)
    raise PrintError(f"Dokumentet viser til en fil som ikke kan brukes i utskrift: «{name[:80]}».")


class StaticFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Gives WeasyPrint static files and the document's own pictures: no network, no disk, no data: addresses.

    WeasyPrint swallows ordinary exceptions and prints without the picture; only its own fatal one stops it.
    """

    def __init__(self, pictures: Pictures | None = None) -> None:
        super().__init__()
        self.pictures = pictures or {}

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme.lower() == "picture" and name in self.pictures:
            content, content_type = self.pictures[name]
            return URLFetcherResponse(url, content, {"Content-Type": content_type})
        if scheme.lower() != "static":
            raise FatalURLFetchingError(
                f"Dokumentet viser til en adresse som ikke kan brukes i utskrift: «{url[:80]}»."
            )
        try:
            path = static_file(name)
        except PrintError as error:
            raise FatalURLFetchingError(str(error)) from error
        content_type = CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})


# What the fonts can show

BULLETS = dict.fromkeys(
    (0xF0B7, 0xF0A7, 0xF0A8, 0xF076, 0xF0D8, 0xF0FC, 0xF0E0, 0xF02D, 0xF0B2, 0xF09F, 0xF06E, 0xF071), "•"
)  # Symbol and Wingdings, as Word and Outlook leave them behind
KEPT = frozenset("\t\n\r\u00ad")  # shown by no glyph, handled by the layout
MARKUP = frozenset("<>&\"'")
NOTHING_TO_SHOW = ("Cc", "Cf", "Mn", "Me")  # controls, formats, marks
LETTER_WITH_MARKS = re.compile(r"[^\W\d_][\u0300-\u036f]+")
VERY_LONG_WORD = re.compile(r"([^ \t\n\r\u00ad\u200b-]{100})")
SKIN_TONES = range(0x1F3FB, 0x1F400)


@cache
def _coverage() -> frozenset[int]:
    """The characters that every face of the print font has and a PDF may have."""
    characters: list[set[int]] = []
    for face in FACES:
        with TTFont(static_file(f"{FONTS}/{face}"), lazy=True) as font:
            characters.append(set(font.getBestCmap()))
    return frozenset(sign for sign in set.intersection(*characters) if not _is_forbidden(chr(sign)))


def _is_forbidden(character: str) -> bool:
    """Characters that PDF/A or PDF/UA refuse even where the font has a glyph, as Inter has for private-use ones."""
    return character == "\ufeff" or unicodedata.category(character) in ("Cc", "Co", "Cs")


class _Substitutes(dict[int, str]):
    """Character → what is printed for it; learnt as characters are met."""

    def __missing__(self, codepoint: int) -> str:
        self[codepoint] = substitute = _substitute(chr(codepoint))
        return substitute


def _substitute(character: str) -> str:
    coverage = _coverage()
    codepoint, category = ord(character), unicodedata.category(character)
    if character in KEPT or codepoint in coverage:
        return character
    if codepoint in BULLETS:
        return BULLETS[codepoint]
    if character in "\v\f\u2028\u2029":
        return "\n"
    if category in NOTHING_TO_SHOW or codepoint in SKIN_TONES:
        return ""
    alike = unicodedata.normalize("NFKC", character)
    if not MARKUP.intersection(alike) and all(ord(sign) in coverage for sign in alike):
        return alike
    return "□" if ord("□") in coverage else "?"


_substitutes = _Substitutes()


def printable(text: str) -> str:
    """The text, or the whole of an HTML page, with only characters that can be printed.

    Bullets from Word become •, letters followed by loose accents become one letter, ligatures and wide letters become
    plain ones, and what the font cannot show (emoji, Chinese, private-use signs, broken characters) becomes □. Markup
    is left as it is: no character is turned into one that means something in HTML.
    """
    text = LETTER_WITH_MARKS.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)
    return text.translate(_substitutes)


# Printing

TOLERATED = ("Using fontTools instead of HarfBuzz-Subset",)  # slower, and as good

_one_at_a_time = threading.Lock()
_thread = threading.local()


class _Style:
    """The parsed print stylesheet and its fonts. Parsing costs more than printing a short document."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.fonts = FontConfiguration()
        self.css = weasyprint.CSS(string=source, font_config=self.fonts, url_fetcher=StaticFetcher())


def _style() -> _Style:
    """This thread's stylesheet (font maps cannot be shared by threads), parsed again only if the file has changed."""
    source = _print_css()
    style: _Style | None = getattr(_thread, "style", None)
    if style is None or style.source != source:
        with _complaints_raised():
            style = _Style(source)
        _thread.style = style
    return style


def _print_css() -> str:
    return static_file(PRINT_CSS).read_text(encoding="utf-8")


class _Complaints(logging.Handler):
    """What WeasyPrint warns of while one document is printed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.sentences: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        sentence = record.getMessage()
        if not sentence.startswith(TOLERATED):
            self.sentences.append(sentence)


@contextmanager
def _complaints_raised() -> Iterator[None]:
    """WeasyPrint logs and carries on: without the picture, with an empty glyph. Here that is an error."""
    engine, complaints = logging.getLogger("weasyprint"), _Complaints()
    level, propagate = engine.level, engine.propagate
    engine.addHandler(complaints)
    engine.setLevel(logging.WARNING)
    engine.propagate = False
    try:
        yield
    finally:
        engine.removeHandler(complaints)
        engine.setLevel(level)
        engine.propagate = propagate
    if complaints.sentences:
        _refuse("Dokumentet har en feil i oppsettet. Feilen er skrevet i loggen.", complaints.sentences[0])


def _refuse(sentence: str, reason: str = "") -> NoReturn:
    """Stop the print with a sentence for the reader; the reason, in the engine's own words, goes to the log."""
    logger.error("A document was not printed: %s", reason or sentence)
    error = PrintError(sentence)
    if reason:
        error.add_note(reason)
    raise error


@contextmanager
def _garbage_left() -> Iterator[None]:
    """No garbage collection meanwhile: a document is one big structure that lives until it is written."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def render(html: str, *, attachments: Sequence[Attachment] = (), pictures: Pictures | None = None) -> bytes:
    """A whole HTML page as PDF/A-2a and PDF/UA-1; as PDF/A-3a and PDF/UA-1 if it carries attachments.

    One document is printed at a time in each process; others wait. Raises PrintError with a sentence in Norwegian when
    the page refers to something outside our static files, shows a picture without words, or lacks its language.
    """
    with _one_at_a_time, _garbage_left():
        try:
            style = _style()
            with _complaints_raised(), pdf_tags.own_tags():
                return _write_pdf(printable(html), style, attachments, pictures)
        except (FatalURLFetchingError, pdf_tags.TagError) as error:
            _refuse(str(error))


def _write_pdf(
    html: str, style: _Style, attachments: Sequence[Attachment], pictures: Pictures | None
) -> bytes:
    files = [
        weasyprint.Attachment(
            string=attachment.content,
            name=attachment.name,
            description=attachment.description,
            created=attachment.dated,
            modified=attachment.dated,
            relationship="Data",
        )
        for attachment in attachments
    ]
    options = {"pdf_variant": "pdf/a-3a" if files else "pdf/a-2a", "attachments": files}
    document = _lay_out(html, style, options, StaticFetcher(pictures))
    content: bytes = document.write_pdf(finisher=pdf_tags.claim_pdf_ua, **options)
    return content


def _lay_out(html: str, style: _Style, options: dict[str, Any], fetcher: StaticFetcher) -> Any:
    """The pages. Rows are kept whole, except those that are too tall for a page.

    WeasyPrint fits a tall row by leaving out the table's header, and begins it on a new page. Where that has
    happened, the page is laid out again with those rows free to break, and the header is there.
    """
    tall_rows: set[int] = set()
    for _attempt in range(2):
        page = weasyprint.HTML(string=html, url_fetcher=fetcher)
        _let_long_words_break(page.etree_element)
        rows = list(page.etree_element.iter("tr"))
        for number in tall_rows:
            rows[number].set("class", f"{rows[number].get('class', '')} tall")
        document = page.render(stylesheets=[style.css], font_config=style.fonts, **options)
        found = {id(row) for row in pdf_tags.rows_without_header(document)}
        tall_rows = {number for number, row in enumerate(rows) if id(row) in found} if found else set()
        if not tall_rows:
            break
    return document


def _let_long_words_break(root: Any) -> None:
    """Give very long words places to break.

    WeasyPrint's time grows with the square of their length, and a word that follows another element without a space
    runs out of the page.
    """
    for element in list(root.find("body").iter()):
        if element.tag == "style" or "}" in str(element.tag):  # neither stylesheets nor drawings are text
            continue
        for position, child in reversed(list(enumerate(element, start=1))):
            if pieces := _pieces_of(child.tail):
                child.tail = ""
                element[position:position] = pieces
        if pieces := _pieces_of(element.text):
            element.text = ""
            element[:0] = pieces


def _pieces_of(text: str | None) -> list[HtmlElement]:
    """The text as elements that a line may break before; none if it has no very long word."""
    pieces: list[HtmlElement] = []
    if text and VERY_LONG_WORD.search(text):
        for piece in filter(None, VERY_LONG_WORD.split(text)):
            pieces.append(HtmlElement("wbr"))
            pieces[-1].tail = piece
    return pieces


def page_count(content: bytes) -> int:
    """How many pages a printed document has."""
    with pikepdf.open(BytesIO(content)) as document:
        return len(document.pages)


# Printing once

STATIC_ADDRESS = re.compile(r"static:([\w./-]+)")


def print_document(
    template: str,
    context: Mapping[str, object],
    *,
    attachments: Sequence[Attachment] = (),
    pictures: Pictures | None = None,
) -> bytes:
    """The document that a template and its context make, printed, or fetched if the very same was printed before.

    The name of a picture is the hash of its content, so that the HTML says which it is.

    `context["language"]` is the language of the document (default: that of the site), whatever the reader's own is.
    What decides whether it is the same: the HTML, the stylesheet, fonts and pictures, what is attached, the engine and
    our own code.
    Raises PrintError as `render` does.
    """
    language = str(context.get("language") or settings.LANGUAGE_CODE)
    with translation.override(language):
        html = printable(render_to_string(template, {**context, "language": language}))
    key = _fingerprint(html, attachments)
    content: bytes | None = caches["pdf"].get(key)
    if content is None:
        content = render(html, attachments=attachments, pictures=pictures)
        caches["pdf"].set(key, content)
    return content


def _fingerprint(html: str, attachments: Sequence[Attachment]) -> str:
    css = _print_css()
    digest = hashlib.sha256(_engine().encode())
    for file in attachments:
        about = f"{file.name}\0{file.description}\0{file.dated.isoformat()}"
        digest.update(hashlib.sha256(about.encode()).digest() + hashlib.sha256(file.content).digest())
    for text in (css, html):
        digest.update(hashlib.sha256(text.encode()).digest())
    for name in sorted(set(STATIC_ADDRESS.findall(css + html))):
        path = static_file(name)
        state = path.stat()
        digest.update(_file_digest(path, state.st_mtime_ns, state.st_size))
    return digest.hexdigest()


@lru_cache(maxsize=64)
def _file_digest(path: Path, _changed: int, _size: int) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def _engine() -> str:
    """What turns HTML into bytes: versions of the libraries, and the text of this module and its tags."""
    own = hashlib.sha256()
    for source in (Path(__file__), *sorted(Path(pdf_tags.__file__).parent.glob("*.py"))):
        own.update(source.read_bytes())
    versions: tuple[Any, ...] = (weasyprint.VERSION, pydyf.VERSION, pango.pango_version(), own.hexdigest())
    return " ".join(map(str, versions))
