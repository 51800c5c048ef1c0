"""The bodies of the partnership and the seats in them."""

from __future__ import annotations

import uuid
from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Organisation, Role, User, Viewer, has_role
from helsefellesskap.once import once


class BodyQuerySet(models.QuerySet["Body"]):
    def visible_to(self, user: Viewer) -> BodyQuerySet:
        """Public bodies for everybody; internal ones for the secretariat, leaders and those who sit in them."""
        if has_role(user, Role.EDITOR, Role.LEADER):
            return self
        seen = Q(visibility=Body.Visibility.PUBLIC)
        if isinstance(user, User):
            seen |= Q(pk__in=bodies_of(user))
        return self.filter(seen)

    def in_use(self, today: date) -> BodyQuerySet:
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gte=today)
        )


class Body(models.Model):
    """A committee that treats cases: how it decides, numbers its cases, and counts its deadlines."""

    class Level(models.TextChoices):
        PARTNERSHIP = "partnership", _("Partnerskap")
        STRATEGIC = "strategic", _("Strategisk")
        PROFESSIONAL = "professional", _("Faglig")
        PREPARING = "preparing", _("Forberedende")

    class DecisionRule(models.TextChoices):
        CONSENSUS = "consensus", _("Konsensus")
        MAJORITY = "majority", _("Flertall")

    class NumberStyle(models.TextChoices):
        SLASH = "slash", _("31/25")
        DOT = "dot", _("06.25")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Offentlig")
        INTERNAL = "internal", _("Intern")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(
        _("adresse"),
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9]*$", _("Små bokstaver a–z og tall, for eksempel ssu."))],
    )
    short_name = models.CharField(_("kortnavn"), max_length=20, unique=True)
    name = models.CharField(_("navn"), max_length=120, unique=True)
    level = models.CharField(_("nivå"), max_length=12, choices=Level)
    decision_rule = models.CharField(
        _("beslutter ved"), max_length=9, choices=DecisionRule, default=DecisionRule.CONSENSUS
    )
    number_style = models.CharField(
        _("saksnummer vises som"), max_length=5, choices=NumberStyle, default=NumberStyle.SLASH
    )
    visibility = models.CharField(_("møtene er"), max_length=8, choices=Visibility, default=Visibility.PUBLIC)
    meetings_per_year = models.PositiveSmallIntegerField(_("møter i året"), null=True, blank=True)
    valid_from = models.DateField(_("fra"), null=True, blank=True)
    valid_to = models.DateField(_("til"), null=True, blank=True)
    note = models.TextField(_("merknad"), blank=True)
    led_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("protokollen godkjennes av lederne i"),
        help_text=_("Bare når organet ikke har egen leder og nestleder."),
    )
    items_days = models.PositiveSmallIntegerField(
        _("frist for å melde saker"), default=20, help_text=_("Virkedager før møtet.")
    )
    papers_days = models.PositiveSmallIntegerField(
        _("saker til leder og nestleder"), default=15, help_text=_("Virkedager før møtet.")
    )
    notice_days = models.PositiveSmallIntegerField(
        _("innkalling"), default=10, help_text=_("Virkedager før møtet.")
    )
    minutes_days = models.PositiveSmallIntegerField(
        _("utkast til protokoll"), default=5, help_text=_("Virkedager etter møtet.")
    )
    deputy_days = models.PositiveSmallIntegerField(
        _("vara leser papirene"), default=14, help_text=_("Dager etter møtet.")
    )

    objects = BodyQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["public_id"])

    class Meta:
        ordering = ["pk"]
        verbose_name = _("organ")
        verbose_name_plural = _("organer")
        constraints = [
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name="") & ~Q(short_name=""), name="meetings_body_has_names"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_from__lte=F("valid_to")),
                name="meetings_body_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(led_by=F("id")), name="meetings_body_not_led_by_itself"),
        ]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("meetings:body-detail", args=[self.code])


class SeatQuerySet(models.QuerySet["Seat"]):
    def on(self, day: date) -> SeatQuerySet:
        """Those in force on a day: a seat begins and ends by date by itself."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def held_by(self, user: User) -> SeatQuerySet:
        """The person's seats today that give access: a deputy's gives none until called."""
        return self.on(timezone.localdate()).filter(person=user).exclude(role=Seat.SeatRole.DEPUTY)

    def leading(self) -> SeatQuerySet:
        return self.filter(role__in=[Seat.SeatRole.LEADER, Seat.SeatRole.DEPUTY_LEADER])


def bodies_of(user: User) -> list[int]:
    """The keys of the bodies whose papers the person's seats open today."""
    return once(("bodies", user.pk), lambda: list(Seat.objects.held_by(user).values_list("body", flat=True)))


class Seat(models.Model):
    """A person's place in a body for a period, on one of the sides."""

    class SeatRole(models.TextChoices):
        LEADER = "leader", _("Leder")
        DEPUTY_LEADER = "deputy_leader", _("Nestleder")
        MEMBER = "member", _("Medlem")
        DEPUTY = "deputy", _("Vara")
        OBSERVER = "observer", _("Observatør")
        SECRETARY = "secretary", _("Sekretær")

    class Side(models.TextChoices):
        MUNICIPAL = "municipal", _("Kommunene")
        HOSPITAL = "hospital", _("Sykehuset")
        USER = "user", _("Brukerne")
        EMPLOYEE = "employee", _("De ansatte")
        GP = "gp", _("Fastlegene")

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats", verbose_name=_("organ"))
    person = models.ForeignKey(User, models.PROTECT, related_name="seats", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("organisasjon"),
    )
    role = models.CharField(_("verv"), max_length=13, choices=SeatRole, default=SeatRole.MEMBER)
    side = models.CharField(_("side"), max_length=9, choices=Side)
    deputy_for = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("vara for"),
    )
    valid_from = models.DateField(_("fra"))
    valid_to = models.DateField(_("til og med"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["body", "pk"]
        verbose_name = _("plass")
        verbose_name_plural = _("plasser")
        constraints = [
            models.UniqueConstraint(
                "body", "person", "role", "valid_from", name="meetings_seat_once_from_a_day"
            ),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(role="leader", valid_to__isnull=True),
                name="meetings_seat_one_leader_without_end",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="meetings_seat_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(deputy_for__isnull=True) | Q(role="deputy"),
                name="meetings_seat_only_deputies_stand_in",
            ),
            models.CheckConstraint(condition=~Q(deputy_for=F("id")), name="meetings_seat_not_own_deputy"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display().lower()}, {self.body})"
