"""The demo partnership's newsletters, one published and one in work, and who gets them (docs/demo.md)."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db.models.signals import pre_save
from django.utils import timezone

from accounts.actions import record
from accounts.models import LogEntry, User
from funding.models import Grant
from helsefellesskap import demo, pdf, rich_text
from helsefellesskap.once import kept_answers
from helsefellesskap.uploads import random_name
from meetings.models import Event, Meeting
from newsletters import actions
from newsletters.actions.blocks import WROTE
from newsletters.documents.checks import checked
from newsletters.documents.fingerprint import fingerprint
from newsletters.models import (
    AcceptedFinding,
    Approval,
    Attachment,
    Block,
    Delivery,
    Newsletter,
    Picture,
    SubscriberImport,
    Subscription,
)
from portfolio.models import Initiative

LIST = "distribusjonsliste-nyhetsbrev.csv"
BASIS = (
    "Distribusjonslista sekretariatet hadde i Outlook per 01.06.2025. På den står postmottak og fagmiljøer hos "
    "partnerne, som har fått nyhetsbrevet på e-post siden 2024 som ledd i samarbeidet. Alle kan melde seg av."
)
NOT_TAKEN = "Mottakerens e-postserver tok ikke imot adressen."
DATES = {LogEntry: "at", Approval: "approved_at", AcceptedFinding: "accepted_at"}
"""When a thing was done that the actions do now."""


@demo.register
def load(fixtures: Path) -> None:
    """Once, as a whole: where there are newsletters, people have begun to work."""
    if Newsletter.objects.exists():
        return
    _Loader(fixtures).load()


def _at(day: str, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time(hour)))


@contextmanager
def _done_at(at: datetime) -> Iterator[None]:
    """What the actions write down meanwhile was done then."""

    def set_back(instance: Any, **_: Any) -> None:
        setattr(instance, DATES[type(instance)], at)

    for model in DATES:
        pre_save.connect(set_back, sender=model)
    try:
        yield
    finally:
        for model in DATES:
            pre_save.disconnect(set_back, sender=model)


class _Loader:
    """Where the files are, and what they refer to by the ids of other files."""

    def __init__(self, fixtures: Path) -> None:
        self.fixtures = fixtures
        self.editor = User.objects.get(email="sekretariat@example.no")
        self.refused: set[str] = set()
        slugs = {int(row["order"]): row["slug"] for row in self._rows("initiatives")}
        initiatives = {one.slug: one for one in Initiative.objects.all()}
        events = {one.title: one for one in Event.objects.all()}
        meetings = {(one.body.code, one.day): one for one in Meeting.objects.select_related("body")}
        self.things: dict[str, dict[Any, Any]] = {
            "initiatives": {order: initiatives[slug] for order, slug in slugs.items()},
            "events": {row["id"]: events[row["title"]] for row in self._rows("events")},
            "meetings": {
                row["id"]: meetings[row["body"], date.fromisoformat(row["day"])]
                for row in self._rows("meetings")
                if row["day"]
            },
            "grant": {one.year: one for one in Grant.objects.all()},
        }

    def load(self) -> None:
        self._load_subscriptions()
        for row in json.loads((self.fixtures / "newsletters.json").read_text(encoding="utf-8")):
            newsletter = self._write(row)
            if row.get("published_on"):
                self._publish(newsletter, row)

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.fixtures / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    # Subscribers

    def _load_subscriptions(self) -> None:
        rows = self._rows("subscriptions")
        imported = [row for row in rows if row["basis"] == Subscription.Basis.IMPORTED]
        taken_over = SubscriberImport.objects.create(
            basis=BASIS,
            file_name=LIST,
            created_at=_at(imported[0]["asked_on"], 9),
            created_by=self.editor,
            confirmed_at=_at(imported[0]["asked_on"], 10),
            added=len(imported),
        )
        for row in rows:
            self._load_subscription(row, taken_over)

    def _load_subscription(self, row: dict[str, str], taken_over: SubscriberImport) -> None:
        """One that nobody has confirmed was asked for just now: those that are a month old are erased."""
        Subscription.objects.create(
            email=row["email"],
            state=row["state"],
            basis=row["basis"],
            imported_in=taken_over if row["basis"] == Subscription.Basis.IMPORTED else None,
            asked_at=_at(row["asked_on"], 10) if row["asked_on"] else timezone.now(),
            confirmed_at=_at(row["confirmed_on"]) if row["confirmed_on"] else None,
            ended_at=_at(row["ended_on"]) if row["ended_on"] else None,
        )
        if row["is_refused"] == "true":
            self.refused.add(row["email"])

    # Writing

    def _write(self, row: dict[str, Any]) -> Newsletter:
        written_at = _at(row["written_on"], 15)
        newsletter = Newsletter.objects.create(
            year=row["year"],
            number=row["number"],
            title=row["title"],
            period=row["period"],
            as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else None,
            written_at=_at(row["begun_on"], 9),
            written_by=self.editor,
        )
        with _done_at(_at(row["begun_on"], 9)):
            record(by=self.editor, verb="begynte på nyhetsbrevet", target=newsletter)
        with _done_at(written_at):
            record(by=self.editor, verb=WROTE, target=newsletter)
        for order, part in enumerate(row["blocks"], start=1):
            self._add_block(newsletter, part, order, written_at)
        for order, file in enumerate(row["attachments"], start=1):
            self._attach(newsletter, file, order, written_at)
        return newsletter

    def _add_block(self, newsletter: Newsletter, part: dict[str, Any], order: int, at: datetime) -> None:
        block = Block.objects.create(
            newsletter=newsletter,
            order=order,
            kind=part["kind"],
            heading=part.get("heading", ""),
            is_sub=part.get("is_sub", False),
            body=rich_text.clean("".join(part.get("body", []))),
            settings={name: self._chosen(name, value) for name, value in part.get("settings", {}).items()},
            changed_at=at,
            changed_by=self.editor,
        )
        for picture in part.get("pictures", []):
            self._show(block, picture)

    def _show(self, block: Block, picture: dict[str, str]) -> None:
        content = (self.fixtures / "files" / picture["file"]).read_bytes()
        image = ImageFile(BytesIO(content))
        row = Picture(
            newsletter=block.newsletter,
            block=block,
            alt=picture["alt"],
            caption=picture["caption"],
            content_type="image/png",
            sha256=hashlib.sha256(content).hexdigest(),
            width=image.width,
            height=image.height,
        )
        row.file.save(random_name("png"), ContentFile(content), save=False)
        row.save()

    def _chosen(self, name: str, value: Any) -> Any:
        """The choice as the forms keep it: the public ids of what the files refer to."""
        things = self.things.get(name)
        if things is None:
            return value
        if isinstance(value, list):
            return sorted(str(things[key].public_id) for key in value)
        return str(things[value].public_id)

    def _attach(self, newsletter: Newsletter, file: dict[str, Any], order: int, at: datetime) -> None:
        """An attachment printed from its text; one without a text is announced only."""
        attachment = Attachment(newsletter=newsletter, order=order, title=file["title"])
        if "text" in file:
            note = {
                "title": file["title"],
                "partnership": settings.SITE_NAME,
                "description": file["title"],
                "created": at,
                "language": settings.LANGUAGE_CODE,
                "text": rich_text.clean("".join(file["text"])),
            }
            content = pdf.print_document("meetings/print/note.html", note)
            attachment.content_type = "application/pdf"
            attachment.sha256 = hashlib.sha256(content).hexdigest()
            attachment.size = len(content)
            attachment.pages = pdf.page_count(content)
            attachment.file.save(random_name("pdf"), ContentFile(content), save=False)
        attachment.save()

    # Publishing

    def _publish(self, newsletter: Newsletter, row: dict[str, Any]) -> None:
        """By the same actions as everybody's: sent, approved by both sides, findings accepted, published."""
        with _done_at(_at(row["sent_on"], 10)):
            actions.send_newsletter(newsletter=newsletter, by=self.editor)
        for email, day in row["approved_by"].items():
            with _done_at(_at(day, 14)):
                actions.approve_newsletter(
                    newsletter=newsletter,
                    content=fingerprint(newsletter),
                    by=User.objects.get(email=email),
                )
        published_at = _at(row["published_on"])
        newsletter.refresh_from_db()
        with kept_answers():
            self._accept(newsletter, row["accepted"], published_at - timedelta(hours=1))
            with _done_at(published_at):
                actions.publish_newsletter(newsletter=newsletter, by=self.editor, now=published_at)
        self._mail(newsletter, published_at)

    def _accept(self, newsletter: Newsletter, reasons: dict[str, str], at: datetime) -> None:
        stopping = [group for group in checked(newsletter, today=timezone.localdate(at)) if group.stops]
        with _done_at(at):
            for group in stopping:
                actions.accept_findings(
                    newsletter=newsletter,
                    code=group.check.code,
                    found={finding.key: finding.sentence for finding in group.left},
                    reason=reasons[group.check.code],
                    by=self.editor,
                )

    def _mail(self, newsletter: Newsletter, at: datetime) -> None:
        """The mails that publishing made are as they were afterwards: taken by all receivers but one.

        Those that told approvers and writers are forgotten by now, as `erase_unconfirmed` forgets them.
        """
        Delivery.objects.filter(newsletter=newsletter).exclude(kind=Delivery.Kind.NEWSLETTER).delete()
        mails = Delivery.objects.of_newsletter(newsletter)
        for place, one in enumerate(mails):
            sent_at = at + timedelta(seconds=place)
            is_refused = one.email in self.refused
            one.state = Delivery.State.REFUSED if is_refused else Delivery.State.SENT
            one.error = NOT_TAKEN if is_refused else ""
            one.created_at, one.claimed_at = at, sent_at
            one.sent_at = None if is_refused else sent_at
            one.save()
        Subscription.objects.filter(email__in=self.refused).update(refusals=1)
