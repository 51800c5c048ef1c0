"""Publishing a frozen edition of the handlingsdel."""

from __future__ import annotations

import hashlib
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import record
from accounts.models import User
from helsefellesskap import pdf
from portfolio import rules
from portfolio.documents import handlingsdel_print, table_as_of
from portfolio.models import Edition


@transaction.atomic
def publish_edition(
    *, as_of: date, title: str, by: User, note: str = "", supersedes: Edition | None = None
) -> Edition:
    """Freeze what the public may see of that day: data, PDF and checksum, under the next number."""
    if as_of > timezone.localdate():
        raise rules.NotAllowed(_("Datoen kan ikke være fram i tid."), field="as_of")
    for name, text in (("title", title), ("note", note)):
        rules.check_text(text, field=name)
    if supersedes is not None and Edition.objects.filter(supersedes=supersedes).exists():
        raise rules.NotAllowed(_("Utgaven er allerede erstattet av en nyere."), field="supersedes")
    table = table_as_of(as_of, AnonymousUser())
    if not table.row_count:
        raise rules.NotAllowed(_("Det var ingen tiltak i porteføljen den dagen."), field="as_of")
    last = (
        Edition.objects.select_for_update()
        .of_kind(Edition.Kind.HANDLINGSDEL)
        .aggregate(last=models.Max("number"))["last"]
    )
    edition = Edition(
        number=(last or 0) + 1,
        title=title,
        as_of=as_of,
        note=note,
        supersedes=supersedes,
        data=table.as_data(),
        published_by=by,
    )
    document = handlingsdel_print(table, edition=edition)
    content = pdf.print_document(document.template, document.context)
    edition.sha256 = hashlib.sha256(content).hexdigest()
    edition.attach(content)
    edition.save()
    record(
        by=by,
        verb=_("publiserte utgave"),
        target=edition,
        new={"number": edition.number, "as_of": as_of, "sha256": edition.sha256, "supersedes": supersedes},
    )
    return edition
