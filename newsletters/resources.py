"""Addresses in: which column of a list holds them, and what taking them in would do with each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from import_export import exceptions, resources
from import_export.instance_loaders import CachedInstanceLoader
from import_export.results import RowResult

from helsefellesskap.spreadsheets import Sheet
from newsletters.models import SubscriberImport, Subscription

LONGEST = 254
SHOWN = 100  # characters of what is no address

_IN_BRACKETS = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
_BETWEEN = re.compile(r"[;,\s]+")


# Finding the addresses


@dataclass(frozen=True)
class Found:
    """The addresses of a list as rows to keep: `row`, and either `email` or, for what is none, `text`."""

    rows: list[dict[str, Any]]
    place: str


def find_addresses(sheets: Iterable[Sheet]) -> Found | None:
    """Of each sheet the column with the most addresses, whatever it is called; nothing when no cell is an address.

    All that is kept of a row is its number and its address, or what stood where the address should have been.
    """
    read = [column for sheet in sheets if (column := _column_of(_turned(sheet))) is not None]
    if not read:
        return None
    if len(read) == 1:
        return Found(read[0].rows, _with_others(read[0].place, read))
    rows = [{**row, "row": f"{column.sheet.name} {row['row']}"} for column in read for row in column.rows]
    names = ", ".join(column.sheet.name for column in read)
    place = _("%(n)s ark: %(names)s") % {"n": len(read), "names": names[:100]}
    return Found(rows, _with_others(place, read))


@dataclass(frozen=True)
class _Column:
    """The column of a sheet that was read: its rows, where it stands, and the addresses that stand elsewhere."""

    sheet: Sheet
    rows: list[dict[str, Any]]
    place: str
    others: set[str]


def _column_of(sheet: Sheet) -> _Column | None:
    found = _addresses_by_column(sheet)
    if not found:
        return None
    column = max(found, key=lambda key: (found[key], -key))
    first = _cell(sheet.rows[0][1], column)
    has_heading = bool(first) and not addresses_in(first) and "@" not in first
    rows = [
        kept for number, cells in sheet.rows[has_heading:] for kept in _kept(number, _cell(cells, column))
    ]
    taken = {row["email"] for row in rows}
    others = {email for _row, cells in sheet.rows for cell in cells for email in addresses_in(cell)} - taken
    return _Column(sheet, rows, _place(sheet, column, first if has_heading else ""), others)


def _turned(sheet: Sheet) -> Sheet:
    """A single row of several addresses, as a mail program gives them, is a column lying down."""
    if len(sheet.rows) == 1:
        number, cells = sheet.rows[0]
        if sum(bool(addresses_in(cell)) for cell in cells) > 1:
            return Sheet(sheet.name, [(number, [cell]) for cell in cells if cell.strip()])
    return sheet


def _addresses_by_column(sheet: Sheet) -> dict[int, int]:
    found: dict[int, int] = {}
    for _row, cells in sheet.rows:
        for column, cell in enumerate(cells):
            if number := len(addresses_in(cell)):
                found[column] = found.get(column, 0) + number
    return found


def _cell(cells: list[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def _kept(number: int, cell: str) -> list[dict[str, Any]]:
    if emails := addresses_in(cell):
        return [{"row": number, "email": email, "text": ""} for email in emails]
    return [{"row": number, "email": "", "text": cell[:SHOWN]}]


def _place(sheet: Sheet, column: int, heading: str) -> str:
    """Where the addresses were read, in words."""
    name = (
        _("kolonnen «%(name)s»") % {"name": heading[:60]}
        if heading
        else _("kolonne %(n)s") % {"n": column + 1}
    )
    if not sheet.name:
        return name
    return _("%(column)s i arket «%(sheet)s»") % {"column": name, "sheet": sheet.name[:60]}


def _with_others(place: str, read: list[_Column]) -> str:
    """And how many addresses stand elsewhere."""
    taken = {row["email"] for column in read for row in column.rows}
    others = {email for column in read for email in column.others} - taken
    if not others:
        return place
    more = ngettext(
        "%(n)s adresse i andre kolonner er ikke med",
        "%(n)s adresser i andre kolonner er ikke med",
        len(others),
    )
    return f"{place}. {more % {'n': len(others)}}"


def addresses_in(cell: str) -> list[str]:
    """The addresses of a cell that holds nothing else: plain, as «Kari <kari@…>», or several of either."""
    if "@" not in cell:
        return []
    text = "".join(
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", cell)
        if unicodedata.category(sign) != "Cf"
    )
    parts = _IN_BRACKETS.findall(text) or [part for part in _BETWEEN.split(text.strip()) if part]
    emails = [part.strip("'\"<>").removeprefix("mailto:").rstrip(".").lower() for part in parts]
    return emails if all(map(_is_address, emails)) else []


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST


# Taking them in


@dataclass
class Outcome:
    """What taking a list in does with each of its rows; what it would do, until then."""

    new: list[dict[str, Any]] = field(default_factory=list)
    already: list[dict[str, Any]] = field(default_factory=list)
    ended: list[dict[str, Any]] = field(default_factory=list)
    double: list[dict[str, Any]] = field(default_factory=list)
    invalid: list[dict[str, Any]] = field(default_factory=list)


class SubscriptionResource(resources.ModelResource):  # type: ignore[misc]  # the library has no types
    """New addresses become subscriptions, confirmed by the basis of their list; nobody who has left is taken back in."""

    class Meta:
        model = Subscription
        fields = ("email",)
        import_id_fields = ("email",)
        instance_loader_class = CachedInstanceLoader
        use_transactions = True
        use_bulk = True
        batch_size = 500
        skip_diff = True

    def __init__(self, source: SubscriberImport) -> None:
        super().__init__()
        self.source = source
        self.outcome = Outcome()
        self._seen: set[str] = set()

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        if not row["email"]:
            self.outcome.invalid.append(row)
            raise ValidationError({"email": _("Dette er ikke en e-postadresse.")})

    def skip_row(
        self,
        instance: Subscription,
        original: object,
        row: dict[str, Any],
        import_validation_errors: Any = None,
    ) -> bool:
        email = row["email"]
        if email in self._seen:
            group = self.outcome.double
        elif instance.pk is None or instance.state == Subscription.State.WAITING:
            group = self.outcome.new
        elif instance.state == Subscription.State.ACTIVE:
            group = self.outcome.already
        else:
            group = self.outcome.ended
        group.append(row)
        self._seen.add(email)
        return group is not self.outcome.new

    def save_instance(  # as the library calls it
        self,
        instance: Subscription,
        is_create: bool,  # noqa: FBT001
        row: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        """A dry run has no need to write and take it back."""
        if kwargs["dry_run"]:
            return
        instance.state, instance.basis = Subscription.State.ACTIVE, Subscription.Basis.IMPORTED
        instance.imported_in = self.source
        super().save_instance(instance, is_create, row, **kwargs)

    def get_bulk_update_fields(self) -> list[str]:
        return ["state", "basis", "imported_in"]


def preview(source: SubscriberImport) -> Outcome:
    """What taking the list in would do today; nothing is changed."""
    resource = SubscriptionResource(source)
    resource.import_data(_rows(source), dry_run=True)
    return resource.outcome


def take_in(source: SubscriberImport) -> int:
    """Make the subscriptions, all or none, inside the caller's transaction; how many are new."""
    resource = SubscriptionResource(source)
    try:
        result = resource.import_data(_rows(source, only_valid=True), raise_errors=True)
    except exceptions.ImportError as error:  # the library's own, around what happened
        raise error.error from error
    made = {RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE}
    return sum(row.import_type in made for row in result.rows)


def _rows(source: SubscriberImport, *, only_valid: bool = False) -> tablib.Dataset:
    rows = [row for row in source.rows if row["email"] or not only_valid]
    return tablib.Dataset(
        *((row["row"], row["email"], row["text"]) for row in rows), headers=["row", "email", "text"]
    )
