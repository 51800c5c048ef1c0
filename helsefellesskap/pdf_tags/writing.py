"""The finished tree, written to the PDF in the place of WeasyPrint's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf
import weasyprint.pdf  # noqa: TID251  the other half of the one door, see pdf.py

from helsefellesskap.pdf_tags.elements import Annotation, Element, TagError
from helsefellesskap.pdf_tags.headers import name_headers, put_in_order
from helsefellesskap.pdf_tags.tree import TreeBuilder


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
        put_in_order(table)
        headers.extend(name_headers(table, number))
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
