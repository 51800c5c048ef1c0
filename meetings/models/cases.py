"""Cases: the matters a body treats, how they hang together, and the agendas they stand on."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models import Case as Choice
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organisation, User, Viewer
from helsefellesskap import triggers
from helsefellesskap.once import once
from meetings.models.bodies import Body, bodies_of
from meetings.models.exemptions import Exemption
from meetings.models.meetings import Meeting, calls_of, readers_inside
from portfolio.models import Initiative, StrategicArea

NEWEST_FIRST = (Coalesce("year", 0).desc(), Coalesce("seq", 0).desc(), F("id").desc())


def _or_zero(name: str) -> Func:
    """The same as in NEWEST_FIRST with the nought in the text: to a parameter SQLite does not apply an index."""
    return Func(F(name), template="COALESCE(%(expressions)s, 0)", output_field=models.IntegerField())


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Viewer) -> CaseQuerySet:
        """Announced cases of bodies a person may know of, and their own proposals; with `is_inside`.

        Whoever is not inside reads the public title of an exempt case and nothing more: `shown_title` sees to it.
        """
        found = self.with_inside(user)
        if readers_inside(user):
            return found
        open_bodies = Body.objects.filter(visibility=Body.Visibility.PUBLIC).values("pk")
        public = Q(body=None) | Q(body__in=open_bodies) | Q(is_inside=True)
        seen = Q(announced_at__isnull=False) & public
        if isinstance(user, User):
            seen |= Q(proposed_by=user)
        return found.filter(seen)

    def with_inside(self, user: Viewer) -> CaseQuerySet:
        """Add `is_inside`: reads what only members of the body, or the deputies called to its meeting, read.

        Who proposed the case reads it too, until it is announced; from then on as anybody else.
        """
        inside = readers_inside(user)
        if inside is not None:
            return self.annotate(is_inside=Value(inside, BooleanField()))  # type: ignore[no-redef]
        assert isinstance(user, User)  # noqa: S101 -- said by readers_inside
        called_to = AgendaItem.objects.filter(meeting__in=calls_of(user), released_at__isnull=False).values(
            "case"
        )
        condition = Q(announced_at__isnull=False) & (Q(body__in=bodies_of(user)) | Q(pk__in=called_to)) | Q(
            announced_at=None, proposed_by=user
        )
        return self.annotate(  # type: ignore[no-redef]
            is_inside=Choice(
                When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
            )
        )

    def newest_first(self) -> CaseQuerySet:
        """By year and number, those without a number last within their year."""
        return self.order_by(_or_zero("year").desc(), _or_zero("seq").desc(), F("id").desc())

    def delete(self) -> NoReturn:
        raise TypeError("Cases are not deleted: withdraw them.")


class Case(models.Model):
    """A matter for a body: proposed, prepared, numbered when an agenda is published, treated, followed up."""

    class Kind(models.TextChoices):
        DECISION = "decision", _("Beslutningssak")
        DISCUSSION = "discussion", _("Drøftingssak")
        INFORMATION = "information", _("Orienteringssak")
        REPORT = "report", _("Referatsak")
        APPROVAL = "approval", _("Godkjenning")
        OTHER = "other", _("Eventuelt")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Foreslått")
        RETURNED = "returned", _("Sendt tilbake til forslagsstilleren")
        BACKLOG = "backlog", _("I saksbanken")
        DRAFT = "draft", _("Utkast")
        REVIEW = "review", _("Til gjennomgang hos leder")
        LISTED = "listed", _("På saklisten")
        TREATED = "treated", _("Behandlet")
        POSTPONED = "postponed", _("Utsatt")
        CLOSED = "closed", _("Avsluttet")
        WITHDRAWN = "withdrawn", _("Trukket")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("organ")
    )
    body_unknown_reason = models.CharField(_("hvorfor organet ikke er kjent"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("år"), null=True, blank=True)
    seq = models.PositiveIntegerField(_("nummer"), null=True, blank=True)
    number_raw = models.CharField(_("saksnummer i kilden"), max_length=20, blank=True)
    title = models.CharField(_("tittel"), max_length=300)
    public_title = models.CharField(
        _("offentlig tittel"),
        max_length=300,
        blank=True,
        help_text=_("Bare når tittelen selv er unntatt offentlighet. Alle andre ser denne."),
    )
    kind = models.CharField(_("sakstype"), max_length=11, choices=Kind, default=Kind.DECISION)
    state = models.CharField(_("tilstand"), max_length=9, choices=State, default=State.BACKLOG)
    responsible = models.CharField(
        _("saksbehandler"), max_length=120, blank=True, help_text=_("En rolle, for eksempel sekretariatet.")
    )
    summary = models.TextField(_("kort om saken"), max_length=2000, blank=True)
    note = models.TextField(_("merknad"), max_length=2000, blank=True)
    exemption = models.OneToOneField(
        Exemption, models.PROTECT, null=True, blank=True, related_name="case", verbose_name=_("unntak")
    )
    follows_up: models.ManyToManyField[Case, models.Model] = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="followed_up_by", verbose_name=_("følger opp")
    )
    initiatives: models.ManyToManyField[Initiative, Concern] = models.ManyToManyField(
        Initiative, through="Concern", related_name="cases", verbose_name=_("tiltak")
    )
    strategic_areas: models.ManyToManyField[StrategicArea, models.Model] = models.ManyToManyField(
        StrategicArea, blank=True, related_name="cases", verbose_name=_("satsingsområder")
    )
    proposed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposed_cases",
        verbose_name=_("foreslått av"),
    )
    proposed_at = models.DateTimeField(_("foreslått"), null=True, blank=True)
    proposer_org = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("foreslått for")
    )
    wanted_meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ønsket møte")
    )
    answer = models.TextField(_("svar fra sekretariatet"), max_length=500, blank=True)
    announced_at = models.DateTimeField(_("kunngjort"), null=True, blank=True)
    archive_ref = models.CharField(_("arkivsak"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    is_inside: bool  # added by visible_to()

    objects = CaseQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["public_id", "created_at"])

    class Meta:
        verbose_name = _("sak")
        verbose_name_plural = _("saker")
        constraints = [
            models.UniqueConstraint("body", "year", "seq", name="meetings_case_number_once"),
            models.CheckConstraint(
                condition=Q(seq__isnull=True)
                | Q(seq__gte=1, year__isnull=False, body__isnull=False),
                name="meetings_case_number_is_of_a_body_and_year",
            ),
            models.CheckConstraint(
                condition=Q(body__isnull=False, body_unknown_reason="")
                | (Q(body__isnull=True) & ~Q(body_unknown_reason="")),
                name="meetings_case_body_or_reason",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="meetings_case_has_title"),
            models.CheckConstraint(
                condition=Q(exemption__isnull=True) | ~Q(public_title=""),
                name="meetings_case_exempt_has_public_title",
            ),
            models.CheckConstraint(
                condition=Q(proposed_at__isnull=True, proposed_by__isnull=True)
                | Q(proposed_at__isnull=False, proposed_by__isnull=False),
                name="meetings_case_proposed_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "proposed", "returned", "backlog", "draft", "review",
                        "listed", "treated", "postponed", "closed", "withdrawn",
                    ]
                ),
                name="meetings_case_state_is_known",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(*NEWEST_FIRST, name="meetings_case_newest"),
        ]

    def __str__(self) -> str:
        """The public title: what may stand in logs, page titles and mails."""
        return f"{self.body} {self.number} {self.open_title}" if self.seq else self.open_title

    def get_absolute_url(self) -> str:
        if self.seq and self.body:
            return reverse("meetings:case-detail", args=[self.body.code, self.year, self.seq])
        return reverse("meetings:case-by-id", args=[self.public_id])

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Cases are not deleted: withdraw them.")

    @property
    def number(self) -> str:
        """As the paper has it (06.25), else in the style of the body (31/25); empty without a number."""
        if self.seq is None or self.body is None or self.year is None:
            return ""
        if self.number_raw:
            return self.number_raw.lower().removeprefix("sak").strip()
        year = f"{self.year % 100:02}"
        return (
            f"{self.seq:02}.{year}"
            if self.body.number_style == Body.NumberStyle.DOT
            else f"{self.seq}/{year}"
        )

    @property
    def open_title(self) -> str:
        return self.public_title or self.title

    @property
    def shown_title(self) -> str:
        """The title for the person the case was fetched for; without visible_to() the public one."""
        return self.title if getattr(self, "is_inside", False) else self.open_title

    @property
    def may_read(self) -> bool:
        """Whether the person the case was fetched for reads its text, treatment and decisions."""
        return self.exemption_id is None or getattr(self, "is_inside", False)


class Concern(models.Model):
    """That a case concerns an initiative, and how."""

    class Kind(models.TextChoices):
        START = "start", _("Oppstart")
        MANDATE = "mandate", _("Mandat")
        SPREADING = "spreading", _("Bredding")
        CLOSING = "closing", _("Avslutning")
        FUNDING = "funding", _("Midler")
        INFORMATION = "information", _("Orientering")

    case = models.ForeignKey(Case, models.CASCADE, related_name="concerns")
    initiative = models.ForeignKey(
        Initiative, models.PROTECT, related_name="concerns", verbose_name=_("tiltak")
    )
    kind = models.CharField(_("gjelder"), max_length=11, choices=Kind, default=Kind.INFORMATION)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("tiltak saken gjelder")
        verbose_name_plural = _("tiltak saken gjelder")
        constraints = [models.UniqueConstraint("case", "initiative", name="meetings_concern_once")]

    def __str__(self) -> str:
        return f"{self.initiative} ({self.get_kind_display().lower()})"


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: Viewer) -> AgendaItemQuerySet:
        """Those on a published agenda, of meetings and cases the person may know of; the secretariat sees all.

        With `sees_outcome`: what was written down is for the secretariat and leaders until the minutes are approved.
        """
        if readers_inside(user):
            return self.annotate(sees_outcome=Value(True, BooleanField()))  # type: ignore[no-redef]
        approved = Meeting.objects.filter(Q(state__in=Meeting.SETTLED) | Q(minutes__state="approved"))
        seen = Choice(
            When(meeting__in=approved.values("pk"), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        return self.annotate(sees_outcome=seen).filter(  # type: ignore[no-redef]
            Exists(Meeting.objects.visible_to(user).filter(pk=OuterRef("meeting"))),
            Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case"))),
            released_at__isnull=False,
        )

    def recused(self, user: User) -> AgendaItemQuerySet:
        """Those the person may not take part in, or has said so and waits for an answer."""
        return self.filter(recusals__seat__person=user).exclude(recusals__state="rejected")

    def waiting(self) -> AgendaItemQuerySet:
        """Those to be treated in a meeting ahead; a case waits on one agenda at a time."""
        gone = [AgendaItem.Outcome.POSTPONED, AgendaItem.Outcome.WITHDRAWN]
        return self.filter(meeting__state__in=Meeting.AHEAD).exclude(outcome__in=gone)

    def in_order(self) -> AgendaItemQuerySet:
        return self.order_by("order", "pk")


def recusals_of(user: User) -> list[int]:
    """The keys of the cases the person may not take part in."""
    items = AgendaItem.objects.recused(user)
    return once(("recusals", user.pk), lambda: list(items.values_list("case", flat=True)))


class AgendaItem(models.Model):
    """A case on the agenda of a meeting, and how it went there; a case may be on several."""

    class Outcome(models.TextChoices):
        NOT_RECORDED = "not_recorded", _("Ikke registrert")
        UNKNOWN = "unknown", _("Ukjent")
        TREATED = "treated", _("Behandlet")
        POSTPONED = "postponed", _("Utsatt")
        NOT_TREATED = "not_treated", _("Ikke behandlet")
        WITHDRAWN = "withdrawn", _("Trukket")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items", verbose_name=_("møte"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="items", verbose_name=_("sak"))
    order = models.PositiveIntegerField(_("rekkefølge"))
    minutes = models.PositiveSmallIntegerField(_("minutter"), null=True, blank=True)
    late_at = models.DateTimeField(_("ettersendt"), null=True, blank=True)
    released_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    outcome = models.CharField(_("utfall"), max_length=12, choices=Outcome, default=Outcome.NOT_RECORDED)
    outcome_note = models.CharField(_("merknad til utfallet"), max_length=500, blank=True)
    treatment = models.TextField(_("behandling"), blank=True)
    closed_basis = models.CharField(_("hjemmel for å lukke møtet"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    sees_outcome: bool  # added by visible_to()

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("punkt på saklisten")
        verbose_name_plural = _("saklisten")
        constraints = [models.UniqueConstraint("meeting", "case", name="meetings_agendaitem_once")]
        indexes = [models.Index(fields=["meeting", "order"], name="meetings_agendaitem_order")]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.case}"

    @property
    def shown_outcome(self) -> str:
        """How it went, for the person it was fetched for; nothing as long as nothing can be expected."""
        is_recorded = self.outcome != self.Outcome.NOT_RECORDED
        is_shown = getattr(self, "sees_outcome", False) if is_recorded else self.meeting.is_over
        return str(self.Outcome(self.outcome).label) if is_shown else ""


class AgendaVersion(models.Model):
    """An agenda as it was published: A, B, C; data, PDFs and checksums never change."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="agendas")
    letter = models.CharField(_("versjon"), max_length=2)
    data = models.JSONField(_("innhold"))
    pdf = models.FileField(_("PDF"), max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    public_pdf = models.FileField(_("offentlig PDF"), max_length=200)
    public_sha256 = models.CharField(_("SHA-256 for offentlig PDF"), max_length=64)
    note = models.CharField(_("hva som er nytt"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("publisert"), default=timezone.now)
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("publisert av"))

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("publisert sakliste")
        verbose_name_plural = _("publiserte saklister")
        constraints = [
            models.UniqueConstraint("meeting", "letter", name="meetings_agendaversion_letter_once")
        ]

    def __str__(self) -> str:
        return f"{self.meeting} {self.letter}"


triggers.freeze(AgendaVersion)
