"""Allocations: what a grant is used for, and the postings that say how much, from when and by which decision."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, NoReturn

from django.db import models
from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organisation, User, Viewer
from funding.models.grants import Grant, Source, readers_inside
from funding.models.rounds import Proposal
from helsefellesskap import triggers
from meetings.models import DecisionPoint
from portfolio.models import Initiative, ProgramArea
from portfolio.models.initiatives import end_of


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def visible_to(self, user: Viewer) -> AllocationQuerySet:
        """What a decision has allocated is public; what is only planned is for the secretariat and leaders.

        What an initiative is called is asked of the initiative: see `with_openness`.
        """
        return self if readers_inside(user) else self.filter(decision__isnull=False)

    def allocated(self, on: date | None = None) -> AllocationQuerySet:
        """Those that hold money by a decision, now or at the end of a day."""
        return self.with_standing(on).filter(decision__isnull=False, standing__gt=0)  # type: ignore[misc]

    def planned(self) -> AllocationQuerySet:
        return self.filter(state=Allocation.State.PLANNED)

    def planned_sum(self, grant: Grant) -> int:
        """What is planned of a grant and not decided, in kroner."""
        return self.planned().filter(grant=grant).aggregate(sum=Sum("amount"))["sum"] or 0

    def place_of(self, allocation: Allocation) -> int:
        """The place of an allocation in the order of its grant, from 1."""
        before = Q(order__lt=allocation.order) | Q(order=allocation.order, pk__lt=allocation.pk)
        return self.filter(before, grant=allocation.grant_id).count() + 1

    def with_standing(self, on: date | None = None) -> AllocationQuerySet:
        """Add `standing`: what the allocation holds in kroner, now or at the end of a day."""
        if on is None:
            return self.annotate(standing=F("amount"))  # type: ignore[no-redef]
        posted = (
            Posting.objects.filter(allocation=OuterRef("pk"), on__lte=on)
            .order_by()
            .values("allocation")
            .annotate(sum=Sum("change"))
            .values("sum")
        )
        standing = Coalesce(Subquery(posted, output_field=BigIntegerField()), Value(0))
        return self.annotate(standing=standing)  # type: ignore[no-redef]

    def with_openness(self, user: Viewer, on: date | None = None) -> AllocationQuerySet:
        """Add `is_open`: whether this person may know which initiative the money is for, now or on a day.

        What it was for on the day must be known to them, and what it is for now.
        """
        now = Initiative.objects.all().named_on(on, user).filter(pk=OuterRef("initiative"))
        is_open = Q(initiative=None) | Exists(now)
        if on is None:
            return self.annotate(is_open=is_open)  # type: ignore[no-redef]
        then = Initiative.objects.all().named_on(on, user).filter(pk=OuterRef("initiative_then"))
        found = self.annotate(initiative_then=Subquery(facts_of(on, "initiative_id")))
        return found.annotate(is_open=is_open & (Q(initiative_then=None) | Exists(then)))  # type: ignore[no-redef]

    def of_initiative(self, initiative: Any, on: date | None = None) -> AllocationQuerySet:
        """Those for an initiative, by its id, as they are now or were at the end of a day."""
        if on is None:
            return self.filter(initiative=initiative)
        found = self.annotate(initiative_then=Subquery(facts_of(on, "initiative_id")))
        return found.filter(initiative_then=initiative)

    def named_to(self, user: Viewer, on: date | None = None) -> AllocationQuerySet:
        """Those whose initiative, if any, this person may know of."""
        return self.with_openness(user, on).filter(is_open=True)  # type: ignore[misc]

    def in_paper_order(self) -> AllocationQuerySet:
        return self.order_by("order", "pk")


def facts_of(on: date, field: str, allocation: str = "pk") -> models.QuerySet[Any]:
    """For a subquery: a fact of an allocation as it was known at the end of a day, or as it was first decided."""
    versions = Allocation.history.filter(id=OuterRef(allocation), decision__isnull=False)
    was_there = Q(history_date__lt=end_of(on))
    is_later = Case(When(was_there, then=0), default=1, output_field=BigIntegerField())
    distance = Case(
        When(was_there, then=F("history_id") * -1), default=F("history_id"), output_field=BigIntegerField()
    )
    found: models.QuerySet[Any] = versions.order_by(is_later, distance).values(field)[:1]
    return found


class Allocation(models.Model):
    """Money of a grant for an initiative's work package: planned, then allocated by a decision, then used.

    `amount` is what is planned, and from the decision on what the postings add up to.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Prioritert")
        ALLOCATED = "allocated", _("Tildelt")
        PAID = "paid", _("Utbetalt")
        REPORTED = "reported", _("Rapportert")
        RETURNED = "returned", _("Tilbakeført")
        CARRIED = "carried", _("Overført")
        CANCELLED = "cancelled", _("Trukket")

    ENDED = (State.RETURNED, State.CARRIED, State.CANCELLED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="allocations", verbose_name=_("tilskudd"))
    proposal = models.OneToOneField(
        Proposal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocation",
        verbose_name=_("innspill"),
    )
    initiative = models.ForeignKey(
        Initiative,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name=_("tiltak"),
    )
    label = models.CharField(_("formål"), max_length=300, blank=True)
    program_area = models.ForeignKey(
        ProgramArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name=_("programområde"),
    )
    work_package = models.CharField(_("arbeidspakke"), max_length=300, blank=True)
    recipient = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name=_("mottaker"),
    )
    order = models.PositiveIntegerField(_("rekkefølge"))
    source = models.CharField(_("midler"), max_length=7, choices=Source, default=Source.NEW)
    amount = models.BigIntegerField(_("beløp"))
    state = models.CharField(_("tilstand"), max_length=9, choices=State, default=State.PLANNED)
    decision = models.ForeignKey(
        DecisionPoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name=_("vedtak"),
    )
    carried_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_on",
        verbose_name=_("overført fra"),
    )
    created_at = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    standing: int  # added by with_standing()
    is_open: bool  # added by with_openness()

    objects = AllocationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["created_at", "public_id"])

    class Meta:
        ordering = ["grant", "order", "pk"]
        verbose_name = _("tildeling")
        verbose_name_plural = _("tildelinger")
        indexes = [
            models.Index(fields=["grant", "order", "id"], name="funding_allocation_paper"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["allocated", "paid", "reported", "returned", "carried"])
                | Q(decision__isnull=False),
                name="funding_allocation_allocated_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state="planned") | Q(decision__isnull=True),
                name="funding_allocation_planned_has_none",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "planned",
                        "allocated",
                        "paid",
                        "reported",
                        "returned",
                        "carried",
                        "cancelled",
                    ]
                ),
                name="funding_allocation_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["new", "carried"]), name="funding_allocation_source_is_known"
            ),
            models.CheckConstraint(
                condition=Q(initiative__isnull=False, label="", program_area__isnull=True)
                | (Q(initiative__isnull=True, program_area__isnull=False) & ~Q(label="")),
                name="funding_allocation_is_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0)
                | Q(amount=0, state__in=["returned", "carried", "cancelled"], decision__isnull=False),
                name="funding_allocation_is_money",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.work_package}"[:300] if self.work_package else self.subject

    def get_absolute_url(self) -> str:
        return reverse("funding:allocation-detail", args=[self.public_id])

    @property
    def subject(self) -> str:
        """What it is for, by name."""
        return self.initiative.title if self.initiative else self.label

    @property
    def area(self) -> ProgramArea | None:
        """The program area of its initiative, or its own when it has none."""
        return self.initiative.program_area if self.initiative else self.program_area

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def is_running(self) -> bool:
        """Whether money stands on it that may still change."""
        return self.state in {self.State.ALLOCATED, self.State.PAID, self.State.REPORTED}


class PostingQuerySet(models.QuerySet["Posting"]):
    def visible_to(self, user: Viewer) -> PostingQuerySet:
        """Those of what a decision has allocated are public; of what is a plan again, for those inside."""
        return self if readers_inside(user) else self.filter(allocation__decision__isnull=False)

    def standing(self) -> PostingQuerySet:
        """Without mistakes and what corrected them."""
        return self.filter(corrects=None, correction=None)

    def until(self, day: date | None) -> PostingQuerySet:
        return self if day is None else self.filter(on__lte=day)


class Posting(models.Model):
    """One change of what an allocation holds, or of what became of it; never changed afterwards."""

    class Kind(models.TextChoices):
        ALLOCATED = "allocated", _("Tildelt")
        RAISED = "raised", _("Økt")
        LOWERED = "lowered", _("Redusert")
        WITHDRAWN = "withdrawn", _("Trukket tilbake")
        PAID = "paid", _("Utbetalt")
        REPORTED = "reported", _("Rapportert")
        RETURNED = "returned", _("Tilbakeført")
        CARRIED = "carried", _("Overført til et annet år")
        CORRECTED = "corrected", _("Rettet")

    allocation = models.ForeignKey(
        Allocation, models.PROTECT, related_name="postings", verbose_name=_("tildeling")
    )
    kind = models.CharField(_("hva"), max_length=9, choices=Kind)
    change = models.BigIntegerField(_("endring"))
    on = models.DateField(_("gjelder fra"))
    state = models.CharField(_("tilstand etterpå"), max_length=9, choices=Allocation.State)
    decision = models.ForeignKey(
        DecisionPoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="postings",
        verbose_name=_("vedtak"),
    )
    reason = models.CharField(_("merknad"), max_length=500, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="correction", verbose_name=_("retter")
    )
    made_at = models.DateTimeField(_("ført"), default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("ført av"))

    objects = PostingQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        verbose_name = _("postering")
        verbose_name_plural = _("posteringer")
        indexes = [
            models.Index(fields=["allocation", "on", "change"], name="funding_posting_sum"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["allocated", "raised"], change__gt=0)
                | Q(kind__in=["lowered", "withdrawn", "carried"], change__lt=0)
                | Q(kind="returned", change__lt=0)
                | Q(kind__in=["paid", "reported"], change=0)
                | Q(kind="corrected"),
                name="funding_posting_changes_as_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["allocated", "raised", "lowered", "withdrawn"])
                | Q(decision__isnull=False),
                name="funding_posting_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(kind="corrected", corrects__isnull=False)
                | (~Q(kind="corrected") & Q(corrects__isnull=True)),
                name="funding_posting_correction_corrects_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%d.%m.%Y}: {self.change}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A posting never changes: make another one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A posting never changes: make another one.")


triggers.freeze(Posting)
