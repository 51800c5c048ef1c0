"""Publishing a newsletter, now or at a set time: page, PDF and mail are frozen, and the mails begin to leave."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.actions import record
from accounts.models import User
from helsefellesskap import pdf
from helsefellesskap.once import kept_answers
from newsletters import rules
from newsletters.actions.deliveries import make_deliveries, take_over_waiting, tell
from newsletters.actions.newsletters import lock_newsletter
from newsletters.documents.checks import serious_left
from newsletters.documents.content import content_of
from newsletters.documents.fingerprint import fingerprint
from newsletters.documents.mail import Mail, make_mail
from newsletters.documents.printing import page_of, pdf_of
from newsletters.models import AcceptedFinding, Delivery, Download, Newsletter
from newsletters.rules import NotAllowed
from portfolio.models import Initiative
from portfolio.rules import check_text

State = Newsletter.State


@dataclass(frozen=True)
class _Made:
    """What is frozen, made before anything is locked, and what it was made from."""

    fingerprint: str
    content: dict[str, Any]
    page: str
    pdf: bytes
    mail: Mail


def publish_newsletter(*, newsletter: Newsletter, by: User, now: datetime | None = None) -> Newsletter:
    """Freeze an approved newsletter with today's data and make it public.

    Raises NotAllowed when it is not approved, has changed since, or a serious finding has no reason; and PrintError.
    """
    now = now or timezone.now()
    newsletter = Newsletter.objects.light().get(pk=newsletter.pk)
    _check(newsletter, now)
    made = _make(newsletter, now)
    stored = default_storage.save(f"nyhetsbrev/{uuid.uuid4().hex}.pdf", ContentFile(made.pdf))
    try:
        return _publish(newsletter, made, stored, by=by, now=now)
    except BaseException:
        default_storage.delete(stored)
        raise


@transaction.atomic
def _publish(newsletter: Newsletter, made: _Made, stored: str, *, by: User, now: datetime) -> Newsletter:
    locked = Newsletter.objects.select_for_update(no_key=True).get(pk=newsletter.pk)
    _check(locked, now)
    if fingerprint(locked) != made.fingerprint:
        raise NotAllowed(
            _("Nyhetsbrevet er endret siden det ble godkjent. Send det til godkjenning på nytt.")
        )
    _freeze(locked, made, stored, by=by, now=now)
    mail_it = make_deliveries if locked.sends_mail else take_over_waiting
    mail_it(newsletter=locked, by=by)
    record(
        by=by,
        verb=gettext_noop("publiserte nyhetsbrevet"),
        target=locked,
        new={"sha256": locked.sha256, "versjon": locked.correction + 1},
    )
    return locked


def _check(newsletter: Newsletter, now: datetime) -> None:
    """In order to be published: both sides have approved what it says now, and no serious finding is left."""
    rules.check_approved(newsletter, newsletter.approvals.filter(content=fingerprint(newsletter)))
    with kept_answers():
        left = serious_left(newsletter, today=timezone.localdate(now))
    if left:
        raise NotAllowed(
            _("%(n)s alvorlige funn må rettes eller begrunnes først. Det første: %(sentence)s")
            % {"n": len(left), "sentence": left[0].sentence}
        )


def _make(newsletter: Newsletter, now: datetime) -> _Made:
    today = timezone.localdate(now)
    with kept_answers():
        content = content_of(newsletter, today=today)
    content["published_on"] = today.isoformat()
    return _Made(
        fingerprint=fingerprint(newsletter),
        content=content,
        page=page_of(content),
        pdf=pdf_of(newsletter, content),
        mail=make_mail(content),
    )


def _freeze(newsletter: Newsletter, made: _Made, stored: str, *, by: User, now: datetime) -> None:
    """The one place where a newsletter becomes published, inside the caller's transaction and lock."""
    newsletter.pictures.update(frozen_at=now)
    newsletter.attachments.exclude(file="").update(frozen_at=now)
    newsletter.state, newsletter.publish_error = State.PUBLISHED, ""
    newsletter.publish_at = newsletter.publish_by = None
    newsletter.published_at, newsletter.published_by = now, by
    newsletter.data, newsletter.page = made.content, made.page
    newsletter.mail_html, newsletter.mail_text = made.mail.html, made.mail.text
    newsletter.sha256 = hashlib.sha256(made.pdf).hexdigest()
    newsletter.pages = pdf.page_count(made.pdf)
    newsletter.pdf.name = stored
    newsletter.save()
    newsletter.initiatives.set(_told_of(newsletter))


def _told_of(newsletter: Newsletter) -> list[Initiative]:
    """The initiatives that were chosen by name in its blocks; not all those of a table."""
    chosen = {key for block in newsletter.blocks.all() for key in block.settings.get("initiatives", [])}
    return list(Initiative.objects.filter(public_id__in=chosen))


@transaction.atomic
def schedule_newsletter(*, newsletter: Newsletter, at: datetime | None, by: User) -> None:
    """Have an approved newsletter published at that time by the worker; None takes the time away."""
    locked = lock_newsletter(newsletter)
    if at is not None:
        rules.check_approved(locked, locked.approvals.filter(content=fingerprint(locked)))
        rules.check_publish_at(at, now=timezone.now())
    if locked.publish_at == at:
        return
    locked.publish_at, locked.publish_by, locked.publish_error = at, by if at else None, ""
    locked.save(update_fields=["publish_at", "publish_by", "publish_error"])
    record(
        by=by,
        verb=gettext_noop("satte tidspunkt for publisering") if at else gettext_noop("tok bort tidspunktet"),
        target=locked,
        new={"publiseres": timezone.localtime(at)} if at else {},
    )


def publish_due(*, now: datetime | None = None) -> int:
    """Publish what was set to be published by now; how many. What cannot be, says why and waits for the secretariat."""
    now = now or timezone.now()
    published = 0
    due = Newsletter.objects.filter(state=State.APPROVED, publish_at__lte=now).light()
    for newsletter in due.select_related("publish_by").order_by("publish_at", "pk"):
        assert newsletter.publish_by is not None  # noqa: S101 -- by the constraint
        try:
            publish_newsletter(newsletter=newsletter, by=newsletter.publish_by, now=now)
        except (NotAllowed, pdf.PrintError) as refusal:
            Newsletter.objects.filter(pk=newsletter.pk, state=State.APPROVED).update(
                publish_at=None, publish_by=None, publish_error=str(refusal)
            )
            tell(newsletter=newsletter, kind=Delivery.Kind.NOT_PUBLISHED, people=[newsletter.publish_by])
        else:
            published += 1
    return published


@transaction.atomic
def accept_findings(
    *, newsletter: Newsletter, code: str, found: dict[str, str], reason: str, by: User
) -> None:
    """Let a newsletter be published in spite of what a check found, for a reason that is kept; `found` by key.

    For the same reason again, nothing is done: a form sent twice.
    """
    locked = lock_newsletter(newsletter)
    if locked.is_published:
        raise NotAllowed(_("Nyhetsbrevet er publisert."))
    rules.check_acceptance(code, reason)
    check_text(reason, field="reason", limit=1000)
    rows = locked.accepted_findings.filter(check_code=code)
    accepted = {key: (sentence, why) for key, sentence, why in rows.values_list("key", "sentence", "reason")}
    if all(accepted.get(key) == (sentence[:500], reason.strip()) for key, sentence in found.items()):
        return
    for key, sentence in found.items():
        AcceptedFinding.objects.update_or_create(
            newsletter=locked,
            check_code=code,
            key=key,
            defaults={
                "sentence": sentence[:500],
                "reason": reason.strip(),
                "accepted_by": by,
                "accepted_at": timezone.now(),
            },
        )
    record(
        by=by,
        verb=gettext_noop("godtok funn"),
        target=locked,
        new={"kontroll": code, "funn": list(found.values()), "begrunnelse": reason.strip()},
    )


@transaction.atomic
def reject_findings(*, newsletter: Newsletter, code: str, by: User) -> None:
    """Take an acceptance back, so that the findings stop publication again."""
    locked = lock_newsletter(newsletter)
    if locked.is_published:
        raise NotAllowed(_("Nyhetsbrevet er publisert."))
    accepted = locked.accepted_findings.filter(check_code=code)
    if accepted.exists():
        record(
            by=by,
            verb=gettext_noop("trakk godtakelsen av funn"),
            target=locked,
            old={"kontroll": code, "begrunnelse": accepted[0].reason},
        )
        accepted.delete()


def count_download(*, newsletter: Newsletter, what: str) -> None:
    """Count that the page or the PDF was fetched today; nothing about by whom."""
    today = timezone.localdate()
    row, _created = Download.objects.get_or_create(newsletter=newsletter, what=what, on=today)
    Download.objects.filter(pk=row.pk).update(count=F("count") + 1)
