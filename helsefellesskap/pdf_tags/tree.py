"""One walk over the laid-out pages, which grows the tag tree of the whole document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element as HtmlElement

import pydyf
from weasyprint.formatting_structure import boxes  # noqa: TID251  the other half of the one door, see pdf.py
from weasyprint.layout.absolute import AbsolutePlaceholder  # noqa: TID251

from helsefellesskap.pdf_tags.elements import Annotation, Content, Element, TagError, is_row_header

ROLES = {
    **{tag: tag.upper() for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "th", "td")},
    **dict.fromkeys(("section", "nav", "aside"), "Sect"),
    **dict.fromkeys(("div", "header", "footer", "address", "figure"), "Div"),
    **dict.fromkeys(("ul", "ol", "dl"), "L"),
    **dict.fromkeys(("caption", "figcaption"), "Caption"),
    "main": "Part",
    "article": "Art",
    "blockquote": "BlockQuote",
    "pre": "P",
    "table": "Table",
    "thead": "THead",
    "tbody": "TBody",
    "tfoot": "TFoot",
}
GROUPING = frozenset({"Document", "Part", "Art", "Sect", "Div", "BlockQuote"})
ROW_GROUPS = frozenset({"THead", "TBody", "TFoot"})
SVG = "{http://www.w3.org/2000/svg}svg"
SVG_TITLE = "{http://www.w3.org/2000/svg}title"
LIST_NUMBERING = {
    "decimal": "Decimal",
    "lower-alpha": "LowerAlpha",
    "upper-alpha": "UpperAlpha",
    "lower-roman": "LowerRoman",
    "upper-roman": "UpperRoman",
    "disc": "Disc",
    "circle": "Circle",
    "square": "Square",
}
POINTS_PER_PIXEL = 0.75
TEXT_DECORATION = {"ins": "Underline", "del": "LineThrough", "s": "LineThrough"}


class TreeBuilder:
    """Walks the boxes of all pages and grows one tree."""

    def __init__(self) -> None:
        self.document = Element("Document", page=0)
        # Of each page: the element that each numbered content belongs to, and the numbers of those that are nobody's.
        self.contents: list[dict[int, Element]] = []
        self.artifacts: list[set[int]] = []
        self.annotations: list[tuple[Element, Any]] = []
        self.tables: list[Element] = []
        self._begun: dict[tuple[HtmlElement, str], Element] = {}
        self._marks: dict[Any, dict[str, Any]] = {}
        self._page_height = 0.0

    @property
    def page(self) -> int:
        return len(self.contents) - 1

    def add_page(self, page: Any, marks: dict[Any, dict[str, Any]]) -> None:
        """Add what is on the next page. `marks` (box → content number) is emptied."""
        self.contents.append({})
        self.artifacts.append(set())
        self._marks = marks
        self._page_height = page.height
        self._visit(page._page_box, self.document)
        if marks:
            raise TagError("Noe på siden hører ikke til i dokumentets oppbygning.")

    def _visit(self, box: Any, parent: Element) -> None:
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if isinstance(box, boxes.MarginBox) or _is_decorative(box) or self._is_repeated(box):
            self._discard(box)
        elif isinstance(box, boxes.TextBox):
            self._add_content(box, parent)
        else:
            self._visit_parts(box, self._element_for(box, parent))

    def _visit_parts(self, box: Any, element: Element) -> None:
        if isinstance(box, boxes.ReplacedBox):
            self._add_content(box, element)
            return
        for child in getattr(box, "children", ()):
            if isinstance(child, boxes.LineBox):
                self._visit_parts(child, self._paragraph_in(element) if element.role in GROUPING else element)
            else:
                self._visit(child, element)

    def _is_repeated(self, box: Any) -> bool:
        """Is this a table header or footer that an earlier page has shown already?"""
        if box.element is None or box.element_tag not in ("thead", "tfoot"):
            return False
        first = self._begun.get((box.element, ROLES[box.element_tag]))
        return first is not None and first.page < self.page

    def _discard(self, box: Any) -> None:
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if box in self._marks:
            self.artifacts[-1].add(self._marks.pop(box)["mcid"])
        for child in getattr(box, "children", ()):
            self._discard(child)

    def _add_content(self, box: Any, element: Element) -> None:
        mark = self._marks.pop(box, None)
        if mark is not None:
            element.kids.append(Content(self.page, mark["mcid"]))
            self.contents[-1][mark["mcid"]] = element

    def _element_for(self, box: Any, parent: Element) -> Element:
        """The structure element that holds what is in this box: a new one, one begun earlier, or the parent."""
        source, tag = box.element, box.element_tag
        is_marker = tag == "li::marker" and parent.role != "Lbl"
        if source is None or (parent.source is source and not is_marker):
            element = parent  # an anonymous box, or the second box of the same element
        elif isinstance(box, boxes.ReplacedBox):
            element = self._figure(box, parent)
        elif tag == "li":
            element = self._begin("LBody", source, self._begin("LI", source, parent, box), box)
        elif is_marker:
            element = self._label(parent)
        elif tag == "dt":
            item = self._begin("LI", source, parent, box)
            element = self._begin("Lbl", source, item, box)
        elif tag == "dd":
            element = self._begin("LBody", source, _last_item(parent), box)
        elif parent.role == "L" and ROLES.get(tag) == "Div":
            element = parent  # a list holds items only
        elif tag in ROLES:
            element = self._begin(ROLES[tag], source, parent, box)
        elif tag == source.tag and _span_properties(source):
            element = self._begin("Span", source, parent, box)
        else:
            element = parent
        if box.link_annotation is not None:
            element = self._link(box, element)
        return element

    def _begin(self, role: str, source: HtmlElement, parent: Element, box: Any) -> Element:
        """The element for this part of the HTML, taken up again if an earlier page or line began it."""
        element = self._begun.get((source, role))
        if element is None:
            element = self._begun[source, role] = self._new(role, parent, source)
            _describe(element, box)
            if role == "Table":
                self.tables.append(element)
        return element

    def _new(self, role: str, parent: Element, source: HtmlElement | None = None) -> Element:
        element = Element(role, self.page, parent, source)
        parent.kids.append(element)
        return element

    def _paragraph_in(self, group: Element) -> Element:
        """Text that lies loose in a group is a paragraph; it goes on until something else comes between."""
        last = group.kids[-1] if group.kids else None
        if isinstance(last, Element) and last.role == "P" and last.source is group.source:
            return last
        return self._new("P", group, group.source)

    def _label(self, body: Element) -> Element:
        item = body.parent if body.role == "LBody" and body.parent is not None else body
        label = self._new("Lbl", item, body.source)
        item.kids.insert(0, item.kids.pop())
        return label

    def _figure(self, box: Any, parent: Element) -> Element:
        figure = self._new("Figure", parent, box.element)
        figure.properties["Alt"] = pydyf.String(_alternative(box.element))
        left, top = box.content_box_x(), self._page_height - box.content_box_y()
        corners = (left, top - box.height, left + box.width, top)
        points = [round(POINTS_PER_PIXEL * corner, 2) for corner in corners]
        figure.attributes = {"O": "/Layout", "BBox": pydyf.Array(points)}
        return figure

    def _link(self, box: Any, element: Element) -> Element:
        """The link around this box, with the area that can be clicked."""
        if element.role != "Link" or element.source is not box.element:
            element = self._begin("Link", box.element, element, box)
        element.kids.append(Annotation(self.page, box.link_annotation))
        self.annotations.append((element, box.link_annotation))
        text = " ".join("".join(box.element.itertext()).split())
        if text:
            box.link_annotation["Contents"] = pydyf.String(text)
        return element


def rows_without_header(document: Any) -> Iterator[HtmlElement]:
    """The first row of each piece of a table that has lost its header: the row is too tall for both on one page."""
    waiting = [page._page_box for page in document.pages]
    while waiting:
        box = waiting.pop()
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if not isinstance(box, boxes.TableBox):
            waiting.extend(getattr(box, "children", ()))
        elif box.element.find("thead") is not None and box.children and not box.children[0].is_header:
            yield from (row.element for row in box.children[0].children[:1])


def _is_decorative(box: Any) -> bool:
    source = box.element
    if not isinstance(box, boxes.ReplacedBox) or source is None:
        return False
    return (
        source.get("alt") == ""
        or source.get("aria-hidden") == "true"
        or source.get("role") in ("presentation", "none")
    )


def _alternative(source: HtmlElement) -> str:
    """The words for a picture: `alt`, or the `<title>` of an SVG. Raises TagError if there are none."""
    title = source.find(SVG_TITLE) if source.tag == SVG else None
    words = (title.text if title is not None else None) or source.get("alt") or source.get("aria-label")
    if not words:
        raise TagError(f"Bildet «{source.get('src', 'svg')}» mangler alternativ tekst.")
    return words


def _last_item(listing: Element) -> Element:
    """The item a `dd` belongs to."""
    last = listing.kids[-1] if listing.kids else None
    return last if isinstance(last, Element) and last.role == "LI" else listing


def _span_properties(source: HtmlElement) -> bool:
    """Does this inline element say something that plain text would not?"""
    if source.tag in ("html", "body"):
        return False
    is_abbreviation = source.tag == "abbr" and bool(source.get("title"))
    return bool(source.get("lang")) or is_abbreviation or source.tag in TEXT_DECORATION


def _describe(element: Element, box: Any) -> None:
    """Fill in what the HTML says about an element: language, scope, span, numbering, decoration, expansion."""
    source = box.element
    if source.get("lang"):
        element.properties["Lang"] = pydyf.String(source.get("lang"))
    if element.role in ("TH", "TD"):
        element.attributes = {"O": "/Table"}
        if box.colspan != 1:
            element.attributes["ColSpan"] = box.colspan
        if box.rowspan != 1:
            element.attributes["RowSpan"] = box.rowspan
        if element.role == "TH":
            element.attributes["Scope"] = "/Row" if is_row_header(element) else "/Column"
    elif element.role == "L":
        style = "" if source.tag == "dl" else str(box.style["list_style_type"])
        element.attributes = {"O": "/List", "ListNumbering": f"/{LIST_NUMBERING.get(style, 'None')}"}
    elif element.role == "Span" and source.tag in TEXT_DECORATION:
        element.attributes = {"O": "/Layout", "TextDecorationType": f"/{TEXT_DECORATION[source.tag]}"}
    elif element.role == "Span" and source.tag == "abbr":
        element.properties["E"] = pydyf.String(source.get("title"))
