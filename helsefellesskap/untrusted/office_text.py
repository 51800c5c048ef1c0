"""The text in the XML of office files, as it streams by; no document type, no entity, nothing fetched."""

import re
from collections.abc import Callable
from xml.parsers import expat

from helsefellesskap.untrusted.limits import Refused, clean

LINE = 50_000  # characters said at once
TEXT = {"t", "delText", "v", "instrText"}
ENDS_LINE = {"p", "h", "si", "row", "br", "line-break"}
ENDS_CELL = {"tab", "c", "tc", "table-cell", "s"}
TRACKED = {"ins", "del", "moveFrom", "moveTo", "tracked-changes"}
COMMENTS = {"comment", "cm", "threadedComment", "annotation"}
ODT_TEXT = {"p", "h"}
PARTS = re.compile(r"(word|ppt|xl)/.+\.xml|content\.xml|styles\.xml")
NOT_TEXT = re.compile(r"(.*/)?(theme/.+|_rels/.+|settings|fontTable|webSettings)\.xml(\.rels)?|.+\.rels")


class Reader:
    """Takes one part in blocks; says its text, and remembers what the editor should know."""

    def __init__(self, name: str, say: Callable[..., None]) -> None:
        self.findings: set[str] = set()
        self._say = say
        self._is_opendocument = "/" not in name
        self._is_for_readers = bool(PARTS.fullmatch(name))
        self._is_sheet = name.startswith("xl/worksheets/")
        self._pieces: list[str] = []
        self._length = 0
        self._inside = 0  # how many elements deep in text
        self._cell_kind = ""
        self._number = ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def feed(self, block: bytes) -> None:
        try:
            self._parser.Parse(block, False)
        except expat.ExpatError as error:
            raise Refused("damaged") from error

    def close(self) -> None:
        try:
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refused("damaged") from error
        self._flush()

    def _doctype(self, *_: object) -> None:
        raise Refused("damaged")  # office programs write none; entities are how XML is made to swell

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local in TEXT or (self._is_opendocument and local in ODT_TEXT):
            self._inside += 1
        elif local == "c" and self._is_sheet:
            self._cell_kind = attributes.get("t", "")
        if local in TRACKED and (self._is_opendocument or any(key.endswith("author") for key in attributes)):
            self.findings.add("tracked_changes")
        elif local in COMMENTS:
            self.findings.add("comments")
        elif local == "sheet" and attributes.get("state", "visible") != "visible":
            self.findings.add("hidden_sheets")

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local in TEXT or (self._is_opendocument and local in ODT_TEXT):
            self._inside -= 1
            if local == "v":
                self._end_value()
        if local in ENDS_CELL:
            self._add(" | " if local in {"c", "tc", "table-cell"} else "\t" if local == "tab" else " ")
        elif local in ENDS_LINE:
            self._add("\n")
            if self._length > LINE:
                self._flush()

    def _characters(self, text: str) -> None:
        if self._inside and self._is_sheet and self._cell_kind == "s":
            return  # the number of a shared string, which has its own part
        if self._inside or not self._is_for_readers:
            self._add(text)
            if self._is_sheet:
                self._number += text

    def _end_value(self) -> None:
        """A number in a sheet has lost the zero it began with."""
        if self._is_sheet and self._number.isdecimal() and len(self._number) == 10:
            self._say(check=self._number.zfill(11))
        self._number = ""

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        if self._length > 20 * LINE:
            self._flush()

    def _flush(self) -> None:
        text = clean("".join(self._pieces))
        if text.strip(" |\n\t"):
            self._say(**{"text" if self._is_for_readers else "check": text})
        self._pieces, self._length = [], 0


def reader_for(name: str, say: Callable[..., None]) -> Reader | None:
    """Who reads the part: every part that is XML, but not those that only arrange the others."""
    return Reader(name, say) if name.lower().endswith(".xml") and not NOT_TEXT.fullmatch(name) else None
