"""Phases of the common model, and the dated status reports that are never overwritten."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, NoReturn

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Role, User, Viewer, has_role
from helsefellesskap import triggers

COMMENT_LENGTH = 2000
NEXT_STEP_LENGTH = 500


class Phase(models.Model):
    """A step of Fellesmodellen, in order; the list is data."""

    code = models.SlugField(
        _("kode"),
        max_length=30,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z0-9_]+$", _("Små bokstaver a–z, tall og understrek; bindestrek skiller to faser.")
            )
        ],
    )
    name = models.CharField(_("navn"), max_length=60, unique=True)
    order = models.PositiveIntegerField(_("rekkefølge"), unique=True)
    description = models.TextField(_("beskrivelse"), blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("fase")
        verbose_name_plural = _("faser")
        constraints = [
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(code__contains="-"), name="portfolio_phase_code_has_no_hyphen"
            )
        ]

    def __str__(self) -> str:
        return self.name


class StatusReportQuerySet(models.QuerySet["StatusReport"]):
    def published(self) -> StatusReportQuerySet:
        return self.filter(publication=StatusReport.Publication.PUBLISHED)

    def waiting(self) -> StatusReportQuerySet:
        """Sent in, and for the secretariat to publish or return."""
        return self.filter(publication=StatusReport.Publication.SUBMITTED)

    def newest_first(self) -> StatusReportQuerySet:
        """By the day they speak of; a correction comes before what it corrects."""
        return self.order_by("-reported_on", "-published_at", "-pk")

    def visible_to(self, user: Viewer) -> StatusReportQuerySet:
        """Published ones of any initiative, what was corrected only for the secretariat and leaders;
        drafts only for who wrote them and for the secretariat.

        Start from the initiatives a person may see: this does not repeat that question.
        """
        if has_role(user, Role.EDITOR):
            return self
        published = Q(publication=StatusReport.Publication.PUBLISHED)
        if has_role(user, Role.LEADER):
            return self.filter(published | Q(publication=StatusReport.Publication.SUBMITTED))
        standing = published & Q(correction__isnull=True)
        if isinstance(user, User):
            return self.filter(standing | (~published & Q(reported_by=user)))
        return self.filter(standing)

    def with_known_on(self) -> StatusReportQuerySet:
        """Add `known_on`: the day of the newest report before it whose status was known, if it is unknown itself."""
        known = (
            StatusReport.objects.published()
            .filter(
                initiative=OuterRef("initiative"),
                comment_unknown=False,
                correction__isnull=True,
                reported_on__lt=OuterRef("reported_on"),
            )
            .order_by("-reported_on")
            .values("reported_on")[:1]
        )
        day = Case(When(comment_unknown=True, then=Subquery(known)), default=F("reported_on"))
        return self.annotate(known_on=day)  # type: ignore[no-redef]

    def update(self, **values: Any) -> int:
        if self.published().exists():
            raise TypeError("A published report never changes: publish a correction.")
        return super().update(**values)

    def delete(self) -> NoReturn:
        raise TypeError("Reports are not deleted.")


class StatusReport(models.Model):
    """What was said of an initiative on a day: phase, state and a comment, or that nobody knew."""

    class State(models.TextChoices):
        NOT_STARTED = "not_started", _("Ikke startet")
        ACTIVE = "active", _("Pågår")
        PAUSED = "paused", _("Pauset")
        DELAYED = "delayed", _("Forsinket")
        COMPLETED = "completed", _("Avsluttet")

    class Publication(models.TextChoices):
        DRAFT = "draft", _("Utkast")
        SUBMITTED = "submitted", _("Sendt inn")
        PUBLISHED = "published", _("Publisert")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    initiative = models.ForeignKey(
        "portfolio.Initiative", models.PROTECT, related_name="reports", verbose_name=_("tiltak")
    )
    reported_on = models.DateField(_("dato"))
    phase_from = models.ForeignKey(
        Phase, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("fase")
    )
    phase_to = models.ForeignKey(
        Phase, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("til fase")
    )
    needs_mapping = models.BooleanField(_("fasen må avklares"), default=False)
    state = models.CharField(_("tilstand"), max_length=20, choices=State, default=State.ACTIVE)
    comment = models.TextField(_("kommentar"), max_length=COMMENT_LENGTH, blank=True)
    comment_unknown = models.BooleanField(_("vet ikke"), default=False)
    next_step = models.TextField(_("neste steg"), max_length=NEXT_STEP_LENGTH, blank=True)
    reason = models.TextField(_("begrunnelse for faseskiftet"), max_length=NEXT_STEP_LENGTH, blank=True)

    source = models.CharField(_("kilde"), max_length=200, blank=True)
    raw_phase = models.CharField(_("fase i kilden"), max_length=60, blank=True)
    raw_comment = models.TextField(_("kommentar i kilden"), blank=True)
    raw_mark = models.CharField(_("merke i kilden"), max_length=10, blank=True)

    reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="reports", verbose_name=_("meldt av")
    )
    reporter_org = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("meldt for")
    )
    publication = models.CharField(
        _("publisering"), max_length=20, choices=Publication, default=Publication.DRAFT
    )
    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("publisert av")
    )
    return_comment = models.TextField(_("hva som må endres"), max_length=NEXT_STEP_LENGTH, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="correction", verbose_name=_("retter")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    known_on: date | None  # added by with_known_on()

    objects = StatusReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("statusrapport")
        verbose_name_plural = _("statusrapporter")
        constraints = [
            models.CheckConstraint(
                condition=Q(phase_from__isnull=False) | Q(state="not_started") | Q(needs_mapping=True),
                name="portfolio_statusreport_has_phase_unless_not_started",
            ),
            models.CheckConstraint(
                condition=Q(needs_mapping=False) | Q(phase_from__isnull=True),
                name="portfolio_statusreport_mapping_has_no_phase",
            ),
            models.CheckConstraint(
                condition=~Q(state="not_started") | Q(phase_from__isnull=True),
                name="portfolio_statusreport_not_started_has_no_phase",
            ),
            models.CheckConstraint(
                condition=Q(phase_to__isnull=True)
                | (Q(phase_from__isnull=False) & ~Q(phase_to=F("phase_from"))),
                name="portfolio_statusreport_range_has_two_phases",
            ),
            models.CheckConstraint(
                condition=(Q(comment="") & Q(comment_unknown=True))
                | (~Q(comment="") & Q(comment_unknown=False)),
                name="portfolio_statusreport_comment_or_unknown",
            ),
            models.CheckConstraint(
                condition=(
                    Q(publication="published", published_at__isnull=False, published_by__isnull=False)
                    | (
                        ~Q(publication="published")
                        & Q(published_at__isnull=True, published_by__isnull=True, corrects__isnull=True)
                    )
                ),
                name="portfolio_statusreport_published_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["not_started", "active", "paused", "delayed", "completed"]),
                name="portfolio_statusreport_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(publication__in=["draft", "submitted", "published"]),
                name="portfolio_statusreport_publication_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(corrects=F("id")), name="portfolio_statusreport_not_own_correction"
            ),
            models.UniqueConstraint(
                fields=["initiative", "reported_on"],
                condition=Q(publication="published", corrects__isnull=True),
                name="portfolio_statusreport_one_a_day_but_corrections",
            ),
            models.UniqueConstraint(
                fields=["initiative", "reported_by"],
                condition=~Q(publication="published"),
                name="portfolio_statusreport_one_draft_per_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["initiative", "-reported_on", "-published_at", "-id"],
                condition=Q(publication="published"),
                name="portfolio_report_newest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.initiative} {self.reported_on:%d.%m.%Y}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and StatusReport.objects.published().filter(pk=self.pk).exists():
            raise TypeError("A published report never changes: publish a correction.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Reports are not deleted.")

    @property
    def phase_name(self) -> str:
        """The phase as printed: Løsning, Løsning/Drift, Ikke startet, or that it must be settled."""
        if self.phase_from is None:
            return str(_("Ikke avklart") if self.needs_mapping else self.State.NOT_STARTED.label)
        return f"{self.phase_from}/{self.phase_to}" if self.phase_to else str(self.phase_from)

    @property
    def phase_code(self) -> str:
        """The phase as it stands in addresses: losning, losning-drift, ikke-startet, uavklart."""
        if self.phase_from is None:
            return "uavklart" if self.needs_mapping else "ikke-startet"
        last = self.phase_to or self.phase_from
        return f"{self.phase_from.code}-{last.code}"

    @property
    def phase_kind(self) -> str:
        """How the phase is coloured: its code, or that it is a range, not started or not settled."""
        if self.phase_from is None:
            return self.phase_code
        return "range" if self.phase_to else self.phase_from.code

    @property
    def is_published(self) -> bool:
        return self.publication == self.Publication.PUBLISHED


triggers.freeze(StatusReport, when="OLD.publication = 'published'")
