"""Exemptions from public access, with the legal basis, and requests for access."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Basis(models.TextChoices):
    """The paragraphs of offentleglova that can be used here; checked against the act as in force in 2025."""

    CONFIDENTIAL = "offl13", _("offl. § 13 – taushetsplikt")
    INTERNAL = "offl14", _("offl. § 14 – organinternt dokument")
    ADVICE = "offl15", _("offl. § 15 – innhentet for intern saksforberedelse")
    BUDGET = "offl22", _("offl. § 22 – statens budsjettsaker")
    NEGOTIATION = "offl23-1", _("offl. § 23 første ledd – økonomi, lønn eller personell")
    TENDER = "offl23-3", _("offl. § 23 tredje ledd – tilbud og anbudsprotokoll")
    CONTROL = "offl24-1", _("offl. § 24 første ledd – kontroll og tilsyn")
    SAFETY = "offl24-3", _("offl. § 24 tredje ledd – fare for lovbrudd eller noens sikkerhet")
    APPOINTMENT = "offl25", _("offl. § 25 – tilsettingssak")


MUST = frozenset({Basis.CONFIDENTIAL})
"""Bases that oblige; all others allow, and require that wider access was considered (offl. § 11)."""


class Exemption(models.Model):
    """That a document or a case is exempt from public access: on what basis, why, set by whom."""

    basis = models.CharField(_("hjemmel"), max_length=10, choices=Basis)
    confidentiality_rule = models.CharField(
        _("regel om taushetsplikt"),
        max_length=200,
        blank=True,
        help_text=_("Med § 13: for eksempel fvl. § 13 første ledd nr. 1."),
    )
    wider_access = models.TextField(
        _("vurdering av meroffentlighet"),
        max_length=1000,
        blank=True,
        help_text=_("Offl. § 11: Er det likevel grunn til å gi innsyn, helt eller delvis?"),
    )
    reason = models.TextField(_("intern begrunnelse"), max_length=1000, blank=True)
    review_on = models.DateField(_("vurderes på nytt"), null=True, blank=True)
    set_at = models.DateTimeField(_("satt"), default=timezone.now)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("satt av"))

    class Meta:
        verbose_name = _("unntak fra offentlighet")
        verbose_name_plural = _("unntak fra offentlighet")
        constraints = [
            models.CheckConstraint(
                condition=~Q(basis="offl13") | ~Q(confidentiality_rule=""),
                name="meetings_exemption_confidentiality_has_rule",
            ),
            models.CheckConstraint(
                condition=Q(basis="offl13") | ~Q(wider_access=""),
                name="meetings_exemption_wider_access_considered",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=Basis.values), name="meetings_exemption_basis_is_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_basis_display())

    @property
    def is_must(self) -> bool:
        return self.basis in MUST

    @property
    def short_basis(self) -> str:
        """The paragraph alone, as it stands in public lists: offl. § 23 første ledd, jf. fvl. § 13 …"""
        paragraph = str(self.get_basis_display()).partition(" – ")[0]
        return f"{paragraph}, jf. {self.confidentiality_rule}" if self.confidentiality_rule else paragraph


class AccessRequest(models.Model):
    """Somebody's request to see what is exempt; who asks need not be said."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Mottatt")
        GRANTED = "granted", _("Innsyn gitt")
        PARTIAL = "partial", _("Delvis innsyn gitt")
        REFUSED = "refused", _("Avslått")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(
        "meetings.Document", models.PROTECT, null=True, blank=True, related_name="access_requests"
    )
    case = models.ForeignKey(
        "meetings.Case", models.PROTECT, null=True, blank=True, related_name="access_requests"
    )
    text = models.TextField(_("hva det bes om"), max_length=2000)
    email = models.EmailField(_("svar sendes til"), blank=True)
    received_at = models.DateTimeField(_("mottatt"), default=timezone.now)
    due_on = models.DateField(_("svarfrist"))
    state = models.CharField(_("tilstand"), max_length=8, choices=State, default=State.RECEIVED)
    answer = models.TextField(_("svar"), max_length=4000, blank=True)
    basis = models.CharField(_("hjemmel"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("besvart"), null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("innsynskrav")
        verbose_name_plural = _("innsynskrav")
        constraints = [
            models.CheckConstraint(
                condition=Q(document__isnull=False, case__isnull=True)
                | Q(document__isnull=True, case__isnull=False),
                name="meetings_accessrequest_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state="received", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(state="received") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="meetings_accessrequest_answered_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "partial"]) | ~Q(basis=""),
                name="meetings_accessrequest_refusal_has_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Innsynskrav')} {self.received_at:%d.%m.%Y}"

    @property
    def thing(self) -> models.Model | None:
        """The document or the case it asks for."""
        return self.document or self.case
