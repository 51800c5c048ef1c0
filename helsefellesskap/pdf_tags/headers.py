"""The headers of every cell, found from `scope` over the whole table, and the order of a table's parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pydyf

from helsefellesskap.pdf_tags.elements import Element
from helsefellesskap.pdf_tags.tree import ROW_GROUPS


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


def name_headers(table: Element, table_number: int) -> Iterator[Element]:
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


def put_in_order(table: Element) -> None:
    """Caption, head, rows, foot. A foot is drawn on every page, so it is met before the rows of later pages."""
    places = {"Caption": 0, "THead": 1, "TFoot": 3}
    table.kids.sort(key=lambda kid: places.get(kid.role, 2) if isinstance(kid, Element) else 2)
