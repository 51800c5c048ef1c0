"""Publishing frozen editions: of the handlingsdel here, and for the apps that have tables of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import pdf
from helsefellesskap.files import Printout
from portfolio import rules
from portfolio.actions.versions import lock_areas
from portfolio.documents import handlingsdel_print, table_as_of
from portfolio.models import Edition

SAME = ("as_of", "title", "note", "data")
"""What makes a second edition the same as the newest: a double click, or a form sent again."""


@transaction.atomic
def publish_edition(
    *, as_of: date, title: str, by: User, note: str = "", supersedes: Edition | None = None
) -> Edition:
    """Freeze what the public may see of that day: data, PDF and checksum, under the next number."""
    check_edition(as_of=as_of, title=title, note=note, supersedes=supersedes)
    lock_areas()  # the areas stay as they are meanwhile
    table = table_as_of(as_of, AnonymousUser())
    if not table.row_count:
        raise rules.NotAllowed(_("Det var ingen tiltak i porteføljen den dagen."), field="as_of")
    edition = Edition(title=title, as_of=as_of, note=note, supersedes=supersedes, data=table.as_data())
    return freeze_edition(
        edition,
        newest=Edition.objects.of_kind(Edition.Kind.HANDLINGSDEL).first(),
        make=lambda: handlingsdel_print(table, edition=edition),
        by=by,
    )


def check_edition(*, as_of: date, title: str, note: str, supersedes: Edition | None) -> None:
    """Whether an edition can be published as it is named; editions wait for each other from here on.

    Raises NotAllowed with the field.
    """
    if as_of > timezone.localdate():
        raise rules.NotAllowed(_("Datoen kan ikke være fram i tid."), field="as_of")
    for name, text in (("title", title), ("note", note)):
        rules.check_text(text, field=name)
    lock_areas()
    if supersedes is not None and Edition.objects.filter(supersedes=supersedes).exists():
        raise rules.NotAllowed(_("Utgaven er allerede erstattet av en nyere."), field="supersedes")


def freeze_edition(
    edition: Edition, *, newest: Edition | None, make: Callable[[], Printout], by: User
) -> Edition:
    """Number, print and store an edition that was checked, with its trail; `make` says what to print of it.

    Raises NotAllowed when `newest` says the very same.
    """
    last = Edition.objects.of_kind(edition.kind).first()
    edition.number = last.number + 1 if last else 1
    edition.published_by = by
    if newest is not None and all(getattr(newest, name) == getattr(edition, name) for name in SAME):
        raise rules.NotAllowed(
            _("Dette er allerede publisert, som utgave %(number)s.") % {"number": newest.number}
        )
    document = make()
    content = pdf.print_document(document.template, document.context)
    edition.sha256 = hashlib.sha256(content).hexdigest()
    edition.attach(content)
    edition.save()
    record(
        by=by,
        verb=gettext_noop("publiserte utgave"),
        target=edition,
        new={
            "number": edition.number,
            "as_of": edition.as_of,
            "sha256": edition.sha256,
            "supersedes": edition.supersedes,
        },
    )
    return edition
