"""Documents of cases and meetings, their versions, and who may open which."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import BooleanField, Exists, OuterRef, Q, Value, When
from django.db.models import Case as Choice
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Role, User, Viewer, has_role
from helsefellesskap import triggers
from helsefellesskap.norwegian import ascii_slug
from meetings.models.bodies import bodies_of
from meetings.models.cases import AgendaItem, Case, recusals_of
from meetings.models.exemptions import Exemption
from meetings.models.meetings import Meeting, calls_of, readers_inside


def public_now(now: datetime) -> Q:
    """Documents that are public at that time: not exempt, and their publication time has come."""
    return Q(access=Document.Access.PUBLIC) | Q(access=Document.Access.MEMBERS, public_from__lte=now)


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, user: Viewer) -> DocumentQuerySet:
        """The documents a person may know of, with `is_inside` and `opens`; drafts only for the secretariat.

        Outside, and to who is recused, those of an exempt case are not known at all. What is itself exempt, or not
        public yet, is known by its public title; whether and what one opens of it is `opens`.
        """
        found = self.with_access(user)
        if readers_inside(user):
            return found
        parents = Q(case__in=Case.objects.visible_to(user).values("pk")) | Q(
            meeting__in=Meeting.objects.visible_to(user).values("pk")
        )
        open_case = Q(case__exemption=None) | Q(is_inside=True)
        return found.filter(parents, open_case, released_at__isnull=False, withdrawn_at=None)

    def with_access(self, user: Viewer) -> DocumentQuerySet:
        """Add `is_inside` (reads what only members read, unless recused from what is exempt) and `opens`."""
        inside = readers_inside(user)
        if inside:
            closed = Q(pk__in=Document.objects.recused_from(user).values("pk"))
            return self.annotate(  # type: ignore[no-redef]
                is_inside=Choice(
                    When(closed, then=Value(False)), default=Value(True), output_field=BooleanField()
                ),
                opens=Choice(
                    When(closed, then=Value(Document.Opens.REDACTED)),
                    default=Value(Document.Opens.ALL),
                    output_field=models.CharField(),
                ),
            )
        condition = Q(pk__in=[]) if inside is False or not isinstance(user, User) else self._inside(user)
        return self.annotate(  # type: ignore[no-redef]
            is_inside=Choice(
                When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
            ),
            opens=Choice(
                When(Q(is_inside=True) | public_now(timezone.now()), then=Value(Document.Opens.WHOLE)),
                When(access=Document.Access.EXEMPT, then=Value(Document.Opens.REDACTED)),
                default=Value(Document.Opens.NOTHING),
                output_field=models.CharField(),
            ),
        )

    def _inside(self, user: User) -> Q:
        bodies, called = bodies_of(user), calls_of(user)
        called_to = AgendaItem.objects.filter(
            case=OuterRef("case"), released_at__isnull=False, meeting__in=called
        )
        may = (
            Q(case__body__in=bodies)
            | Q(meeting__body__in=bodies)
            | Q(meeting__in=called)
            | Q(Exists(called_to), released_for=None)
            | Q(Exists(called_to.filter(meeting__day__gte=OuterRef("released_for__day"))))
        )
        return may & ~Q(pk__in=Document.objects.recused_from(user).values("pk"))

    def recused_from(self, user: Viewer) -> DocumentQuerySet:
        """What is exempt in cases the person may not take part in, leaders too; the secretariat has no such cases."""
        if not isinstance(user, User) or has_role(user, Role.EDITOR):
            return self.none()
        is_exempt = Q(access=Document.Access.EXEMPT) | Q(case__exemption__isnull=False)
        return self.filter(is_exempt, case__in=recusals_of(user))

    def in_order(self) -> DocumentQuerySet:
        """The paper first, then the annexes by their place."""
        return self.order_by("order", "pk")

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.filter(released_at__isnull=False).exists():
            raise TypeError("A published document is not deleted: withdraw it.")
        return super().delete()


class Document(models.Model):
    """A paper or an annex of a case or a meeting: what it is called, and who may open it."""

    class Kind(models.TextChoices):
        PAPER = "paper", _("Saksfremlegg")
        ANNEX = "annex", _("Vedlegg")
        PRESENTATION = "presentation", _("Presentasjon")
        NOTICE = "notice", _("Innkalling")
        OTHER = "other", _("Annet")

    class Access(models.TextChoices):
        PUBLIC = "public", _("Offentlig")
        MEMBERS = "members", _("For medlemmer til publisering")
        EXEMPT = "exempt", _("Unntatt offentlighet")

    class Opens(models.TextChoices):
        """What of a document a person may open."""

        ALL = "all"
        WHOLE = "whole"
        REDACTED = "redacted"
        NOTHING = "nothing"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("sak")
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("møte")
    )
    kind = models.CharField(_("slag"), max_length=12, choices=Kind, default=Kind.ANNEX)
    order = models.PositiveIntegerField(_("plass"))
    title = models.CharField(_("tittel"), max_length=200)
    public_title = models.CharField(
        _("offentlig tittel"),
        max_length=200,
        blank=True,
        help_text=_("Når tittelen røper det som er unntatt. Alle andre ser denne, også i filnavnet."),
    )
    language = models.CharField(
        _("språk"), max_length=2, choices=[("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("Engelsk"))], default="nb"
    )  # fmt: skip
    access = models.CharField(_("tilgang"), max_length=7, choices=Access, default=Access.PUBLIC)
    public_from = models.DateTimeField(
        _("blir offentlig"), null=True, blank=True, help_text=_("Inntil da kan bare medlemmene lese det.")
    )
    exemption = models.OneToOneField(
        Exemption, models.PROTECT, null=True, blank=True, related_name="document", verbose_name=_("unntak")
    )
    text_alternative = models.TextField(
        _("tekst i stedet for bilde"),
        max_length=4000,
        blank=True,
        help_text=_("For bilder og skannede sider: det som står eller vises der."),
    )
    is_written = models.BooleanField(default=False, editable=False)
    late_at = models.DateTimeField(_("ettersendt"), null=True, blank=True)
    released_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    released_for = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("publisert til møtet"),
    )
    withdrawn_at = models.DateTimeField(_("trukket"), null=True, blank=True)
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    is_inside: bool  # added by visible_to()
    opens: str  # added by visible_to()

    objects = DocumentQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["public_id", "created_at"])

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("dokument")
        verbose_name_plural = _("dokumenter")
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False, meeting__isnull=True)
                | Q(case__isnull=True, meeting__isnull=False),
                name="meetings_document_of_a_case_or_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(access="exempt", exemption__isnull=False)
                | (~Q(access="exempt") & Q(exemption__isnull=True)),
                name="meetings_document_exempt_has_basis",
            ),
            models.CheckConstraint(
                condition=~Q(access="members") | Q(public_from__isnull=False),
                name="meetings_document_for_members_until_a_time",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="meetings_document_has_title"),
            models.CheckConstraint(
                condition=Q(access__in=["public", "members", "exempt"]),
                name="meetings_document_access_is_known",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(kind="paper", withdrawn_at__isnull=True),
                name="meetings_document_one_paper_for_a_case",
            ),
        ]

    def __str__(self) -> str:
        """The public title: what may stand in logs, page titles and mails."""
        return self.open_title

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.released_at is not None:
            raise TypeError("A published document is not deleted: withdraw it.")
        return super().delete(*args, **kwargs)

    @property
    def open_title(self) -> str:
        return self.public_title or self.title

    @property
    def shown_title(self) -> str:
        """The title for the person the document was fetched for; without visible_to() the public one."""
        return self.title if getattr(self, "is_inside", False) else self.open_title


_PLAINLY_OPEN = """
SELECT version.id, version.document_id, version.file, version.content_type, version.sha256, version.pages,
    document.title, document.public_title
FROM meetings_documentversion AS version
JOIN meetings_document AS document ON document.id = version.document_id
LEFT JOIN meetings_case AS matter ON matter.id = document.case_id
LEFT JOIN meetings_meeting AS meeting ON meeting.id = document.meeting_id
LEFT JOIN meetings_body AS body ON body.id = COALESCE(matter.body_id, meeting.body_id)
WHERE version.public_id = %(public_id)s AND NOT version.is_redacted
AND document.access <> 'exempt' AND matter.exemption_id IS NULL
AND (%(is_staff)s OR (
    version.released_at IS NOT NULL AND document.released_at IS NOT NULL AND document.withdrawn_at IS NULL
    AND (meeting.id IS NOT NULL OR matter.announced_at IS NOT NULL)
    AND NOT EXISTS (
        SELECT 1 FROM meetings_documentversion AS newer
        WHERE newer.document_id = document.id AND NOT newer.is_redacted AND newer.released_at IS NOT NULL
        AND newer.number > version.number
    )
    AND (
        NOT document.is_written AND COALESCE(body.visibility, 'public') = 'public'
        AND (document.access = 'public' OR document.public_from <= %(now)s)
        OR EXISTS (
            SELECT 1 FROM meetings_seat AS seat
            WHERE seat.body_id = body.id AND seat.person_id = %(person)s AND seat.role <> 'deputy'
            AND seat.valid_from <= %(today)s AND (seat.valid_to IS NULL OR seat.valid_to >= %(today)s)
        )
    )
))
"""


class DocumentVersionQuerySet(models.QuerySet["DocumentVersion"]):
    def readable_by(self, user: Viewer) -> DocumentVersionQuerySet:
        """The versions a person may open: the secretariat and leaders all of them, others the newest published.

        Members open the whole document, also before its publication time; the public opens it from then on, and of
        what is exempt only a redacted version.
        """
        if readers_inside(user):
            return self.exclude(
                document__in=Document.objects.recused_from(user).values("pk"), is_redacted=False
            )
        fits = Choice(
            When(is_redacted=True, then=Value(Document.Opens.REDACTED)), default=Value(Document.Opens.WHOLE)
        )
        known = Document.objects.visible_to(user).filter(Q(opens=OuterRef("fits")), pk=OuterRef("document"))
        return self.newest_published().alias(fits=fits).filter(Exists(known))

    def readable_in(self, document: Document) -> DocumentVersionQuerySet:
        """Those of a document from visible_to() that its reader may open: as readable_by(), not asking again who."""
        found = self.filter(document=document)
        if document.opens == Document.Opens.ALL:
            return found
        if document.opens == Document.Opens.NOTHING:
            return found.none()
        return found.newest_published().filter(is_redacted=document.opens == Document.Opens.REDACTED)

    def plainly_open_to(self, user: Viewer, public_id: uuid.UUID) -> DocumentVersion | None:
        """The version if it is open to the person beyond doubt, by way of readable_by() alone; None says nothing.

        A shortcut for files, which are fetched again and again: one look at the one asked for, in SQL because putting
        together what readable_by() asks takes longer than sending the file. Nothing exempt, redacted or unpublished
        comes this way, no deputy, and to the public no written paper, since its annexes are to be asked about.
        """
        now, inside = timezone.now(), readers_inside(user)
        prepare = connection.ops
        with connection.cursor() as cursor:
            cursor.execute(
                _PLAINLY_OPEN,
                {
                    "public_id": public_id if connection.features.has_native_uuid_field else public_id.hex,
                    "is_staff": bool(inside),
                    "person": user.pk if inside is None else None,
                    "now": prepare.adapt_datetimefield_value(now),
                    "today": prepare.adapt_datefield_value(timezone.localdate(now)),
                },
            )
            row = cursor.fetchone()
        if row is None:
            return None
        *of_version, title, public_title = row
        names = ["id", "document_id", "file", "content_type", "sha256", "pages"]
        version = DocumentVersion.from_db(self.db, names, of_version)
        version.document = Document.from_db(
            self.db, ["id", "title", "public_title"], [version.document_id, title, public_title]
        )
        return version

    def newest_published(self) -> DocumentVersionQuerySet:
        """Of each document the newest whole version and the newest redacted one that readers have got."""
        newer = DocumentVersion.objects.filter(
            document=OuterRef("document"),
            is_redacted=OuterRef("is_redacted"),
            released_at__isnull=False,
            number__gt=OuterRef("number"),
        )
        return self.filter(~Exists(newer), released_at__isnull=False)

    def newest(self) -> DocumentVersionQuerySet:
        return self.order_by("document", "is_redacted", "-number")

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.filter(released_at__isnull=False).exists():
            raise TypeError("A published version is not deleted.")
        return super().delete()


class DocumentVersion(models.Model):
    """One file of a document: what was uploaded or printed, checked and counted; frozen once published."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("versjon"))
    is_redacted = models.BooleanField(_("sladdet, for offentligheten"), default=False)
    file = models.FileField(_("fil"), max_length=200)
    original_name = models.CharField(_("filnavn"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(_("størrelse"))
    pages = models.PositiveIntegerField(_("sider"), null=True, blank=True)
    findings = models.JSONField(_("merknader"), default=list, blank=True)
    text = models.TextField(blank=True)
    content = models.JSONField(_("innhold"), null=True, blank=True)  # of a written paper: what the PDF says
    uploaded_at = models.DateTimeField(_("lastet opp"), default=timezone.now)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("lastet opp av"))
    released_at = models.DateTimeField(_("publisert"), null=True, blank=True)

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["document", "-number", "pk"]
        verbose_name = _("versjon")
        verbose_name_plural = _("versjoner")
        constraints = [
            models.UniqueConstraint(
                "document", "number", "is_redacted", name="meetings_documentversion_number_once"
            ),
            models.CheckConstraint(condition=Q(size__gte=1), name="meetings_documentversion_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.number})"

    def get_absolute_url(self) -> str:
        return reverse("meetings:document-detail", args=[self.public_id])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.released_at is not None:
            raise TypeError("A published version is not deleted.")
        return super().delete(*args, **kwargs)

    @property
    def extension(self) -> str:
        return str(self.file.name).rpartition(".")[2]

    @property
    def file_name(self) -> str:
        """The name a reader saves it under and the end of its address: always from the public title."""
        return f"{ascii_slug(self.document.open_title, length=80) or 'dokument'}.{self.extension}"


triggers.freeze(DocumentVersion, when="OLD.released_at IS NOT NULL")
