"""Initiatives (tiltak): the entries of the handlingsdel, with their names, places and partners."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organisation, Role, User, Viewer, has_role
from helsefellesskap.norwegian import norwegian_order
from portfolio.models.areas import ProgramArea, StrategicArea
from portfolio.models.names import InitiativeAlias
from portfolio.models.statuses import StatusReport


def end_of(day: date) -> datetime:
    """The first instant after that day in Norway."""
    return datetime.combine(day + timedelta(days=1), time.min, timezone.get_default_timezone())


class InitiativeQuerySet(models.QuerySet["Initiative"]):
    def visible_to(self, user: Viewer) -> InitiativeQuerySet:
        """Public ones for everybody; internal ones for the secretariat, leaders and those who own them."""
        return self.filter(Q(visibility=Initiative.Visibility.PUBLIC) | _inside(user))

    def live(self) -> InitiativeQuerySet:
        """Those in the portfolio now: not merged, cancelled or archived."""
        return self.filter(closed_as="")

    def closed(self) -> InitiativeQuerySet:
        """Those taken out of the portfolio: merged, cancelled or archived."""
        return self.exclude(closed_as="")

    def led_by(self, user: User) -> InitiativeQuerySet:
        return self.filter(project_lead=user)

    def in_paper_order(self) -> InitiativeQuerySet:
        return self.order_by("program_area__order", "program_area_id", "order", "pk")

    def with_status(self) -> InitiativeQuerySet:
        """Fetch what a row of the status table shows."""
        rows = self.select_related(
            "program_area", "owner", "latest_report__phase_from", "latest_report__phase_to"
        )
        return rows.annotate(known_on=known_on("latest_report"))  # type: ignore[no-redef]

    def as_printed(self) -> InitiativeQuerySet:
        """Fetch no more than the status table shows; after with_status(), for many rows."""
        return (
            self.select_related(None)
            .select_related("program_area", "latest_report__phase_from", "latest_report__phase_to")
            .only(
                "slug",
                "title",
                "visibility",
                *(f"program_area__{name}" for name in ("code", "name", "is_decided")),
                *(
                    f"latest_report__{name}"
                    for name in ("state", "comment", "comment_unknown", "needs_mapping")
                ),
                "latest_report__phase_from__name",
                "latest_report__phase_to__name",
            )
        )

    def with_funded(self, on: date | None = None) -> InitiativeQuerySet:
        """Add `is_funded`: money is allocated, now or at the end of a day, asked of the reverse relation by its name.

        Without an app to the right that points here with allocations, nobody is funded.
        """
        relations = {relation.name: relation for relation in Initiative._meta.related_objects}
        relation = relations.get("allocations")
        if relation is None:
            return self.annotate(is_funded=Value(False))  # type: ignore[no-redef]
        allocations: Any = relation.related_model._default_manager.all()
        of_row = allocations.allocated(on).of_initiative(OuterRef("pk"), on)
        return self.annotate(is_funded=Exists(of_row))  # type: ignore[no-redef]

    def in_area(self, code: str) -> InitiativeQuerySet:
        return self.filter(program_area__code=code)

    def in_phase(self, code: str) -> InitiativeQuerySet:
        """`losning` is any report that touches the phase, `losning-drift` exactly that range,
        `losning-losning` that phase alone; `ikke-startet` and `uavklart` are those without one."""
        if code == "ikke-startet":
            return self.filter(
                latest_report__state=StatusReport.State.NOT_STARTED, latest_report__needs_mapping=False
            )
        if code == "uavklart":
            return self.filter(latest_report__needs_mapping=True)
        if code == "uten-status":
            return self.filter(latest_report=None)
        first, _dash, last = code.partition("-")
        if not last:
            return self.filter(
                Q(latest_report__phase_from__code=first) | Q(latest_report__phase_to__code=first)
            )
        if first == last:
            return self.filter(latest_report__phase_from__code=first, latest_report__phase_to=None)
        return self.filter(latest_report__phase_from__code=first, latest_report__phase_to__code=last)

    def in_state(self, state: str) -> InitiativeQuerySet:
        return self.filter(latest_report__state=state)

    def without_status(self) -> InitiativeQuerySet:
        """Nobody has said how it is: the newest report is «vet ikke», or there is none."""
        return self.filter(Q(latest_report=None) | Q(latest_report__comment_unknown=True))

    def stale(self, today: date, *, after_days: int) -> InitiativeQuerySet:
        """The newest report is older than so many days, or there is none."""
        oldest = today - timedelta(days=after_days)
        return self.filter(Q(latest_report=None) | Q(latest_report__reported_on__lt=oldest))

    def matching(self, text: str) -> InitiativeQuerySet:
        """All words found, whatever the case, in title, other names, summary, comment or owner."""
        found = self
        for word in unicodedata.normalize("NFC", text).lower().split()[:8]:
            aliases = InitiativeAlias.objects.filter(initiative=OuterRef("pk"), text__fold__contains=word)
            found = found.filter(
                Q(title__fold__contains=word)
                | Q(summary__fold__contains=word)
                | Q(latest_report__comment__fold__contains=word)
                | Q(owner__name__fold__contains=word)
                | Exists(aliases)
            )
        return found

    def sorted_by(self, field: str, *, descending: bool = False) -> InitiativeQuerySet:
        """By title, phase, age, state or owner; the paper's order decides between equals."""
        paper = ["program_area__order", "program_area_id", "order", "pk"]
        column = {
            "fase": F("latest_report__phase_from__order"),
            "meldt": F("latest_report__reported_on"),
            "tilstand": F("latest_report__state"),
        }
        if field == "tiltak":
            return self.order_by(norwegian_order("title", descending=descending), *paper)
        if field == "eier":
            return self.order_by(norwegian_order("owner__name", descending=descending), *paper)
        order = column[field]
        return self.order_by(
            order.desc(nulls_last=True) if descending else order.asc(nulls_last=True), *paper
        )

    def as_of(self, day: date, user: Viewer) -> InitiativeQuerySet:
        """Those in the portfolio at the end of that day, as far as this person may know of them.

        Adds `version_id`, the history row with title and area as they were then, and `report_id`, the
        newest published report with that day or earlier. What was internal then stays so in this view,
        even when it has become public since.
        """
        then = Initiative.history.filter(history_id=OuterRef("version_id"), closed_as="")
        public_then = then.filter(visibility=Initiative.Visibility.PUBLIC)
        return (
            self.visible_to(user)
            .annotate(version_id=Subquery(version_of(day)), report_id=Subquery(report_of(day)))
            .filter(Exists(then) & (_inside(user) | Exists(public_then)))
        )

    def named_on(self, day: date | None, user: Viewer) -> InitiativeQuerySet:
        """Those a person may read the name of in a table of that day, in the portfolio or not; no day is now.

        What was internal then stays so, even when it has become public since.
        """
        visible = self.visible_to(user)
        if day is None:
            return visible
        then = Initiative.history.filter(history_id=OuterRef("version_id"))
        internal_then = then.filter(visibility=Initiative.Visibility.INTERNAL)
        return visible.annotate(version_id=Subquery(version_of(day))).filter(
            _inside(user) | ~Exists(internal_then)
        )

    def delete(self) -> NoReturn:
        raise TypeError("Initiatives are not deleted: close them.")


def _inside(user: Viewer) -> Q:
    """The initiatives a person may see beyond the public ones."""
    if has_role(user, Role.EDITOR, Role.LEADER):
        return Q(pk__isnull=False)
    if isinstance(user, User) and has_role(user, Role.CONTRIBUTOR):
        own = Q(project_lead=user)
        if user.organisation_id:
            own |= Q(owner=user.organisation_id)
        return own
    return Q(pk__isnull=True)


def version_of(day: date, initiative: str = "pk", field: str = "history_id") -> models.QuerySet[Any]:
    """For a subquery: the version of an initiative at the end of that day, by the outer row's field."""
    versions = Initiative.history.filter(id=OuterRef(initiative), history_date__lt=end_of(day))
    found: models.QuerySet[Any] = versions.order_by("-history_date", "-history_id").values(field)[:1]
    return found


def report_of(day: date, initiative: str = "pk", field: str = "pk") -> models.QuerySet[Any]:
    """For a subquery: the newest published report of that day or earlier, by the outer row's field."""
    reports = StatusReport.objects.published().filter(initiative=OuterRef(initiative), reported_on__lte=day)
    found: models.QuerySet[Any] = reports.newest_first().values(field)[:1]
    return found


def known_on(report: str) -> Subquery:
    """The day of the newest report whose status was known, for an initiative's report by field name."""
    return Subquery(
        StatusReport.objects.published()
        .filter(
            initiative=OuterRef("pk"),
            comment_unknown=False,
            correction__isnull=True,
            reported_on__lte=OuterRef(f"{report}__reported_on"),
        )
        .order_by("-reported_on")
        .values("reported_on")[:1]
    )


class Initiative(models.Model):
    """A joint project, study, agreement or service of the partnership: one entry of the handlingsdel."""

    class Kind(models.TextChoices):
        PROJECT = "project", _("Prosjekt")
        STUDY = "study", _("Strategisk utredning")
        AGREEMENT = "agreement", _("Avtale")
        SERVICE = "service", _("Tjeneste")
        IMPROVEMENT = "improvement", _("Forbedringsarbeid")

    class Mandate(models.TextChoices):
        NONE = "none", _("Ikke kjent")
        DRAFTED = "drafted", _("Utarbeidet")
        SUBMITTED = "submitted", _("Sendt til behandling")
        APPROVED = "approved", _("Godkjent")
        NOT_NEEDED = "not_needed", _("Ikke nødvendig")

    class Precision(models.TextChoices):
        DAY = "day", _("dag")
        MONTH = "month", _("måned")
        YEAR = "year", _("år")

    class Closing(models.TextChoices):
        MERGED = "merged", _("Slått sammen")
        CANCELLED = "cancelled", _("Avlyst")
        ARCHIVED = "archived", _("Arkivert")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Offentlig")
        INTERNAL = "internal", _("Intern")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True)
    title = models.CharField(_("tittel"), max_length=300)
    kind = models.CharField(_("slag"), max_length=20, choices=Kind, default=Kind.PROJECT)
    program_area = models.ForeignKey(
        ProgramArea, models.PROTECT, related_name="initiatives", verbose_name=_("programområde")
    )
    order = models.PositiveIntegerField(_("rekkefølge"))
    strategic_areas: models.ManyToManyField[StrategicArea, models.Model] = models.ManyToManyField(
        StrategicArea, blank=True, related_name="initiatives", verbose_name=_("satsingsområder")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("del av tiltaket"),
    )
    related: models.ManyToManyField[Initiative, models.Model] = models.ManyToManyField(
        "self", blank=True, verbose_name=_("henger sammen med")
    )
    summary = models.TextField(_("kort om tiltaket"), max_length=2000, blank=True)
    owner = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_initiatives",
        verbose_name=_("eier"),
    )
    participants: models.ManyToManyField[Organisation, Participation] = models.ManyToManyField(
        Organisation, through="Participation", related_name="initiatives", verbose_name=_("deltakere")
    )
    project_lead = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_initiatives",
        verbose_name=_("prosjektleder"),
    )
    project_lead_role = models.CharField(_("prosjektleders rolle"), max_length=120, blank=True)
    lead_since = models.DateField(_("prosjektleder siden"), null=True, blank=True)
    mandate_state = models.CharField(_("mandat"), max_length=20, choices=Mandate, default=Mandate.NONE)
    mandate_reference = models.CharField(_("mandat behandlet i"), max_length=120, blank=True)
    decided_on = models.DateField(_("besluttet"), null=True, blank=True)
    decided_precision = models.CharField(_("hvor nøyaktig"), max_length=5, choices=Precision, blank=True)
    decided_reference = models.CharField(_("besluttet i"), max_length=120, blank=True)
    visibility = models.CharField(
        _("synlighet"), max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )

    closed_as = models.CharField(_("tatt ut som"), max_length=10, choices=Closing, blank=True)
    closed_at = models.DateTimeField(_("tatt ut"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tatt ut av")
    )
    closed_reason = models.TextField(_("begrunnelse"), max_length=500, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("slått sammen med"),
    )

    latest_report = models.ForeignKey(
        StatusReport, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    known_on: date | None  # added by with_status()
    is_funded: bool  # added by with_funded()

    objects = InitiativeQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["latest_report", "created_at", "public_id"])

    class Meta:
        verbose_name = _("tiltak")
        verbose_name_plural = _("tiltak")
        indexes = [
            models.Index(
                fields=["program_area", "order", "id", "visibility", "latest_report"],
                condition=Q(closed_as=""),
                name="portfolio_initiative_paper",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="portfolio_initiative_has_title"),
            models.CheckConstraint(
                condition=Q(visibility__in=["public", "internal"]),
                name="portfolio_initiative_visibility_is_known",
            ),
            models.CheckConstraint(
                condition=Q(closed_as__in=["", "merged", "cancelled", "archived"]),
                name="portfolio_initiative_closing_is_known",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="portfolio_initiative_not_own_parent"),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="portfolio_initiative_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(closed_as="merged", merged_into__isnull=False)
                | (~Q(closed_as="merged") & Q(merged_into__isnull=True)),
                name="portfolio_initiative_merged_has_target",
            ),
            models.CheckConstraint(
                condition=(
                    Q(closed_as="", closed_at__isnull=True, closed_by__isnull=True, closed_reason="")
                    | (
                        ~Q(closed_as="")
                        & ~Q(closed_reason="")
                        & Q(closed_at__isnull=False, closed_by__isnull=False)
                    )
                ),
                name="portfolio_initiative_closed_by_someone_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True, decided_precision="")
                | (Q(decided_on__isnull=False) & ~Q(decided_precision="")),
                name="portfolio_initiative_decided_has_precision",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portfolio:initiative-detail", args=[self.slug])

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Initiatives are not deleted: close them.")

    @property
    def is_live(self) -> bool:
        return not self.closed_as

    @property
    def is_public(self) -> bool:
        return self.visibility == self.Visibility.PUBLIC

    @property
    def state_name(self) -> str:
        """What is happening: merged, cancelled or archived, or what the newest report says."""
        if self.closed_as:
            return str(self.get_closed_as_display())
        return str(self.latest_report.get_state_display()) if self.latest_report else ""


class Participation(models.Model):
    """An organisation's part in an initiative."""

    class PartRole(models.TextChoices):
        PARTNER = "partner", _("Deltaker")
        PILOT = "pilot", _("Pilot")
        INTERESTED = "interested", _("Interessert")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="participations", verbose_name=_("organisasjon")
    )
    role = models.CharField(_("rolle"), max_length=12, choices=PartRole, default=PartRole.PARTNER)

    class Meta:
        verbose_name = _("deltaker")
        verbose_name_plural = _("deltakere")
        constraints = [
            models.UniqueConstraint("initiative", "organisation", name="portfolio_participation_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"
