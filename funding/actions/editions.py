"""Publishing a frozen table of a grant, and sending it to a meeting."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from funding import rules
from funding.actions.grants import lock_grants
from funding.documents import funding_print, funding_table
from funding.models import Grant
from helsefellesskap import pdf
from meetings import actions as meetings
from meetings.models import Case, Document, Meeting
from portfolio.actions.editions import check_edition, freeze_edition
from portfolio.models import Edition


@transaction.atomic
def publish_funding_edition(
    *, grant: Grant, as_of: date, title: str, by: User, note: str = "", supersedes: Edition | None = None
) -> Edition:
    """Freeze what the public may see of a grant's table on a day: data, PDF and checksum, under the next number."""
    check_edition(as_of=as_of, title=title, note=note, supersedes=supersedes)
    locked = lock_grants(grant)[grant.pk]
    today = timezone.localdate()
    table = funding_table(locked, AnonymousUser(), day=as_of, today=today)
    edition = Edition(
        kind=Edition.Kind.FUNDING,
        title=title,
        as_of=as_of,
        note=note,
        supersedes=supersedes,
        data={**table.as_data(), "grant": str(grant.public_id)},
    )
    newest = Edition.objects.of_kind(Edition.Kind.FUNDING).filter(data__grant=str(grant.public_id)).first()
    return freeze_edition(edition, newest=newest, make=lambda: funding_print(table, edition=edition), by=by)


def send_to_meeting(
    *, grant: Grant, day: date | None, meeting: Meeting, case: Case | None, by: User
) -> Document:
    """Put what the public may see of the table, as of a day, on a meeting or on one of its cases as a document.

    The very same table again is the document it already is. Raises NotAllowed when the meeting takes no documents.
    """
    if case is not None and not meeting.items.filter(case=case).exists():
        raise rules.NotAllowed(_("Saken står ikke på saklisten til møtet."), field="case")
    table = funding_table(grant, AnonymousUser(), day=day, today=timezone.localdate())
    printout = funding_print(table)
    content = pdf.print_document(printout.template, printout.context)
    name = _("%(title)s per %(day)s") % {"title": table.title, "day": f"{table.day:%d.%m.%Y}"}
    taken = meetings.add_files(
        files=[ContentFile(content, name=f"{name}.pdf")],
        kind=Document.Kind.ANNEX,
        access=Document.Access.PUBLIC,  # with the agenda it is published with
        public_from=None,
        by=by,
        case=case,
        meeting=None if case else meeting,
    )
    if taken.refusals:
        raise rules.NotAllowed(taken.refusals[0])
    document = taken.documents[0]
    record(
        by=by,
        verb=gettext_noop("sendte til møte"),
        target=grant,
        new={"møte": str(meeting), "dokument": document.title},
    )
    return document
