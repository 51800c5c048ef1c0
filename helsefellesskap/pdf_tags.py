"""The tag tree of a printed document: what a screen reader hears.

WeasyPrint 70 tags each page on its own. A table over eight pages becomes eight tables with eight header rows, page
numbers are read aloud, and no header has a scope. Validators accept that; listeners do not. So the tree is built here
instead, in one walk over the laid-out pages:

- an HTML element is one structure element, however many pages it covers;
- a table header that is repeated on the next page is an artifact, and so are page margins and decorative images;
- every cell names its headers, found from `scope` over the whole table, the nearest header first;
- lists say how they are numbered, parts say their language, links say their text, `ins` and `del` how they look.

The tree is first made of plain objects and written to the PDF when it is whole, so its cost grows with the document
and not with its square (WeasyPrint asks for the list of all pages at every element).

This leans on WeasyPrint's private names: `weasyprint.pdf.add_tags`, `Stream._tags`, `Page._page_box`,
`Box.link_annotation`. That is why `weasyprint==70.*` is pinned, and why the tests validate real files. The module can
go when https://github.com/Kozea/WeasyPrint/issues/2903 and #1836, #2508, #2550, #2783 are closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element as HtmlElement

import pydyf
import weasyprint.pdf  # noqa: TID251  the other half of the one door, see helsefellesskap/pdf.py
from weasyprint.formatting_structure import boxes  # noqa: TID251
from weasyprint.layout.absolute import AbsolutePlaceholder  # noqa: TID251

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


class TagError(Exception):
    """The document cannot be made accessible as it is; the sentence says what is missing."""


class Content(NamedTuple):
    """A run of marks on a page: text of one line, or a picture."""

    page: int
    number: int


class Annotation(NamedTuple):
    """A clickable area on a page."""

    page: int
    area: Any


@dataclass(eq=False, slots=True)
class Element:
    """One structure element to be."""

    role: str
    page: int
    parent: Element | None = None
    source: HtmlElement | None = None
    kids: list[Element | Content | Annotation] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    reference: bytes = b""

    def descendants(self, *roles: str) -> Iterator[Element]:
        """Elements of these roles below this one, in reading order, not looking inside those found."""
        for kid in self.kids:
            if isinstance(kid, Element):
                if kid.role in roles:
                    yield kid
                else:
                    yield from kid.descendants(*roles)


# Walking the pages


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
            element.attributes["Scope"] = "/Row" if _is_row_header(element) else "/Column"
    elif element.role == "L":
        style = "" if source.tag == "dl" else str(box.style["list_style_type"])
        element.attributes = {"O": "/List", "ListNumbering": f"/{LIST_NUMBERING.get(style, 'None')}"}
    elif element.role == "Span" and source.tag in TEXT_DECORATION:
        element.attributes = {"O": "/Layout", "TextDecorationType": f"/{TEXT_DECORATION[source.tag]}"}
    elif element.role == "Span" and source.tag == "abbr":
        element.properties["E"] = pydyf.String(source.get("title"))


# Headers of cells


@dataclass(eq=False, slots=True)
class Cell:
    """A cell in the grid of its table."""

    element: Element
    row: int
    columns: range
    height: int

    @property
    def scope(self) -> str:
        return "" if self.element.source is None else self.element.source.get("scope", "")

    @property
    def is_header(self) -> bool:
        return self.element.role == "TH"


def _is_row_header(element: Element) -> bool:
    return element.source is not None and element.source.get("scope") in ("row", "rowgroup")


def _cells(rows: list[Element]) -> Iterator[Cell]:
    """The cells of consecutive rows with the columns they cover, cells that reach down from above counted in."""
    covered: dict[int, int] = {}  # column → the first row that is free in it
    for row_number, row in enumerate(rows):
        column = 0
        for element in row.descendants("TH", "TD"):
            while covered.get(column, 0) > row_number:
                column += 1
            width, height = element.attributes.get("ColSpan", 1), element.attributes.get("RowSpan", 1)
            columns = range(column, column + width)
            for taken in columns:
                covered[taken] = row_number + height
            yield Cell(element, row_number, columns, height)
            column = columns.stop


def _name_headers(table: Element, table_number: int) -> Iterator[Element]:
    """Give each header of the table an ID and each cell the IDs of its headers; yields the headers.

    The order is the one to be heard: nearest column header first, then those above it, then the row's own, then the
    heading of the group of rows.
    """
    above: dict[int, list[Cell]] = {}  # column → its headers so far, nearest first
    serial = 0
    for section in _sections(table):
        beside: list[Cell] = []  # row headers whose rows are not yet passed
        group: Cell | None = None
        for cell in _cells(section):
            beside = [header for header in beside if header.row + header.height > cell.row]
            if cell.is_header:
                serial += 1
                cell.element.properties["ID"] = pydyf.String(f"t{table_number}-{serial}")
                yield cell.element
            heard = _heard_before(cell, above, beside, group)
            if heard:
                cell.element.attributes["Headers"] = pydyf.Array(
                    header.element.properties["ID"] for header in heard
                )
            if not cell.is_header or _is_footer(cell):
                continue
            if cell.scope == "rowgroup":
                group = cell
            elif cell.scope == "row":
                beside.append(cell)
            else:
                for column in cell.columns:
                    above.setdefault(column, []).insert(0, cell)


def _heard_before(
    cell: Cell, above: dict[int, list[Cell]], beside: list[Cell], group: Cell | None
) -> list[Cell]:
    if cell.is_header and cell.scope == "rowgroup":
        return []
    headers = [header for column in cell.columns for header in above.get(column, ())]
    if not cell.is_header:
        headers += beside
    if group is not None:
        headers.append(group)
    return list(dict.fromkeys(headers))


def _is_footer(cell: Cell) -> bool:
    row = cell.element.parent
    return row is not None and row.parent is not None and row.parent.role == "TFoot" and cell.scope != "row"


def _sections(table: Element) -> Iterator[list[Element]]:
    """The rows of each head, body and foot; rows with no such parent are a section of their own."""
    yield [kid for kid in table.kids if isinstance(kid, Element) and kid.role == "TR"]
    for section in table.descendants(*ROW_GROUPS):
        yield list(section.descendants("TR"))


def _put_in_order(table: Element) -> None:
    """Caption, head, rows, foot. A foot is drawn on every page, so it is met before the rows of later pages."""
    places = {"Caption": 0, "THead": 1, "TFoot": 3}
    table.kids.sort(key=lambda kid: places.get(kid.role, 2) if isinstance(kid, Element) else 2)


# Writing the tree


def _write(pdf: Any, tree: TreeBuilder, headers: list[Element]) -> None:
    pages = pdf.page_references
    parent_tree, id_tree = pydyf.Dictionary(), pydyf.Dictionary()
    root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
    for thing in (root, parent_tree, id_tree):
        pdf.add_object(thing)

    _write_element(pdf, tree.document, root.reference, pages)

    numbers: list[Any] = []
    for page, contents in enumerate(tree.contents):
        last = max([*contents, *tree.artifacts[page]], default=-1)
        owners = (contents[number].reference if number in contents else b"null" for number in range(last + 1))
        numbers += [page, pydyf.Array(owners)]
    for key, (element, area) in enumerate(tree.annotations, start=len(tree.contents)):
        area["StructParent"] = key
        numbers += [key, element.reference]

    parent_tree["Nums"] = pydyf.Array(numbers)
    names = sorted((header.properties["ID"].data, header.reference) for header in headers)
    id_tree["Names"] = pydyf.Array(part for name in names for part in name)
    root["K"] = pydyf.Array([tree.document.reference])
    root["ParentTree"] = parent_tree.reference
    root["ParentTreeNextKey"] = len(tree.contents) + len(tree.annotations)
    root["IDTree"] = id_tree.reference
    pdf.catalog["StructTreeRoot"] = root.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})


def _write_element(pdf: Any, element: Element, parent: bytes, pages: tuple[bytes, ...]) -> None:
    written = pydyf.Dictionary(
        {"Type": "/StructElem", "S": f"/{element.role}", "P": parent, "Pg": pages[element.page]}
    )
    pdf.add_object(written)
    element.reference = written.reference
    kids: list[Any] = []
    for kid in element.kids:
        if isinstance(kid, Element):
            _write_element(pdf, kid, element.reference, pages)
            kids.append(kid.reference)
        elif isinstance(kid, Annotation):
            kids.append(pydyf.Dictionary({"Type": "/OBJR", "Obj": kid.area.reference, "Pg": pages[kid.page]}))
        elif kid.page == element.page:
            kids.append(kid.number)
        else:
            kids.append(pydyf.Dictionary({"Type": "/MCR", "Pg": pages[kid.page], "MCID": kid.number}))
    written["K"] = pydyf.Array(kids)
    written.update(element.properties)
    if element.attributes:
        written["A"] = pydyf.Dictionary(element.attributes)


def _mark_artifacts(stream: Any, numbers: set[int]) -> None:
    """Turn marked content of a page stream into pagination artifacts."""
    items = stream.stream
    for index, item in enumerate(items):
        if isinstance(item, pydyf.Dictionary) and item.get("MCID") in numbers and items[index + 1] == b"BDC":
            items[index - 1] = "/Artifact"
            items[index] = pydyf.Dictionary({"Type": "/Pagination"})


def add_tags(pdf: Any, document: Any, _pdf_version: object, page_streams: list[Any]) -> None:
    """Write the structure of a laid-out document to its PDF; takes the place of WeasyPrint's function of that name.

    Raises TagError when the language of the document or the words for a picture are missing.
    """
    if "Lang" not in pdf.catalog:
        raise TagError("Dokumentet mangler språk (lang på html-elementet).")
    tree = TreeBuilder()
    for page, stream in zip(document.pages, page_streams, strict=True):
        tree.add_page(page, stream._tags)
        _mark_artifacts(stream, tree.artifacts[-1])
    headers: list[Element] = []
    for number, table in enumerate(tree.tables, start=1):
        _put_in_order(table)
        headers.extend(_name_headers(table, number))
    _write(pdf, tree, headers)


@contextmanager
def own_tags() -> Iterator[None]:
    """Within this, WeasyPrint tags as this module does. Not for several threads at once."""
    original = weasyprint.pdf.add_tags
    weasyprint.pdf.add_tags = add_tags
    try:
        yield
    finally:
        weasyprint.pdf.add_tags = original


# The claim

PDF_UA_CLAIM = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
END_OF_METADATA = b"</rdf:RDF>"


def claim_pdf_ua(_document: object, pdf: Any) -> None:
    """A finisher for WeasyPrint: a PDF/A file says that it is PDF/UA-1 too.

    WeasyPrint writes one claim or the other, never both. PDF/A wants every property of the metadata described, hence
    the schema. The metadata is left uncompressed, as archives like to read it.
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    text = b"\n".join(metadata.stream)
    if text.count(END_OF_METADATA) != 1:
        raise TagError("Dokumentets metadata har en ukjent form.")
    metadata.stream = [text.replace(END_OF_METADATA, PDF_UA_CLAIM + END_OF_METADATA)]
    metadata.compress = False
