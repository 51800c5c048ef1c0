"""Taking over a distribution list: read, shown, and taken in all at once on the basis somebody states."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import spreadsheets, uploads
from helsefellesskap.refusals import NotAllowed
from newsletters.models import SubscriberImport
from newsletters.resources import find_addresses, take_in
from portfolio.rules import check_text

LARGEST = 2 * 1024 * 1024  # bytes
MOST_ROWS = 20_000


def receive_list(*, file: File[Any], name: str, basis: str, by: User) -> SubscriberImport:
    """Read the addresses of a file and keep them for the preview; nobody subscribes yet, and the file is not kept.

    Raises NotAllowed with the field.
    """
    if not basis.strip():
        raise NotAllowed(_("Skriv hvor lista kommer fra, og hva grunnlaget er."), field="basis")
    check_text(basis, field="basis", limit=1000)
    name = uploads.clean_name(name)
    if file.size > LARGEST:
        raise NotAllowed(
            _("«%(name)s» er for stor. Grensen er %(limit)s MB.") % {"name": name, "limit": LARGEST >> 20},
            field="file",
        )
    try:
        found = find_addresses(spreadsheets.read(file, name=name, most=MOST_ROWS))
    except NotAllowed as refusal:
        raise NotAllowed(str(refusal), field="file") from refusal
    if found is None:
        raise NotAllowed(_("Vi fant ingen e-postadresser i «%(name)s».") % {"name": name}, field="file")
    with transaction.atomic():
        made = SubscriberImport.objects.create(
            basis=basis.strip(), file_name=name, place=found.place[:200], rows=found.rows, created_by=by
        )
        record(
            by=by,
            verb=gettext_noop("lastet opp en adresseliste"),
            target=made,
            new={"rader": len(found.rows)},
        )
    return made


def confirm_import(*, source: SubscriberImport, by: User) -> int:
    """Make subscribers of the new addresses, without asking each, on the stated basis; how many.

    All or nothing, and once. The list itself is forgotten.
    """
    try:
        return _take_in(source, by)
    except IntegrityError as error:  # somebody signed on this very moment
        raise NotAllowed(
            _("Noen meldte seg på mens lista ble tatt inn. Ingenting er endret. Prøv igjen.")
        ) from error


@transaction.atomic
def _take_in(source: SubscriberImport, by: User) -> int:
    locked = _lock(source)
    locked.added = take_in(locked)
    locked.confirmed_at, locked.rows = timezone.now(), []
    locked.save(update_fields=["added", "confirmed_at", "rows"])
    record(by=by, verb=gettext_noop("tok inn en adresseliste"), target=locked, new={"nye": locked.added})
    return locked.added


@transaction.atomic
def discard_import(*, source: SubscriberImport, by: User) -> None:
    """Forget a list that was not taken in."""
    locked = _lock(source)
    record(by=by, verb=gettext_noop("forkastet en adresseliste"), target=locked)
    locked.delete()


def _lock(source: SubscriberImport) -> SubscriberImport:
    locked = SubscriberImport.objects.select_for_update(no_key=True).get(pk=source.pk)
    if locked.confirmed_at:
        raise NotAllowed(_("Lista er allerede tatt inn."))
    return locked
