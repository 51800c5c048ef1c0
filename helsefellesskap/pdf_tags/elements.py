"""The pieces a tag tree is made of, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element as HtmlElement


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


def is_row_header(element: Element) -> bool:
    return element.source is not None and element.source.get("scope") in ("row", "rowgroup")
