"""Reports of use: what was spent of an allocation, and what is expected."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User, Viewer, has_role
from funding.models.allocations import Allocation
from funding.models.grants import readers_inside
from helsefellesskap import triggers


class SpendingReportQuerySet(models.QuerySet["SpendingReport"]):
    def visible_to(self, user: Viewer) -> SpendingReportQuerySet:
        """The secretariat and leaders, and those who report for the money: recipient, owner and project lead."""
        if readers_inside(user):
            return self
        if not isinstance(user, User) or not has_role(user, Role.CONTRIBUTOR):
            return self.none()
        own = Q(allocation__initiative__project_lead=user)
        if user.organisation_id:
            own |= Q(allocation__recipient=user.organisation_id)
            own |= Q(allocation__initiative__owner=user.organisation_id)
        return self.filter(own)

    def newest_first(self) -> SpendingReportQuerySet:
        return self.order_by("-as_of", "-pk")


class SpendingReport(models.Model):
    """What was spent of an allocation up to a day, and the forecast; a correction is another report."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    allocation = models.ForeignKey(
        Allocation, models.PROTECT, related_name="reports", verbose_name=_("tildeling")
    )
    as_of = models.DateField(_("per"))
    spent = models.BigIntegerField(_("brukt"))
    forecast = models.BigIntegerField(_("ventet brukt i alt"), null=True, blank=True)
    comment = models.TextField(_("hva pengene er brukt til"), max_length=2000, blank=True)
    is_final = models.BooleanField(_("sluttrapport"), default=False)
    made_at = models.DateTimeField(_("levert"), default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("levert av"))

    objects = SpendingReportQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of", "-pk"]
        verbose_name = _("rapport om bruk")
        verbose_name_plural = _("rapporter om bruk")
        constraints = [
            models.CheckConstraint(
                condition=Q(spent__gte=0) & (Q(forecast=None) | Q(forecast__gte=0)),
                name="funding_spendingreport_is_money",
            )
        ]

    def __str__(self) -> str:
        return f"{self.allocation}, {self.as_of:%d.%m.%Y}"


triggers.freeze(SpendingReport)
