"""Users, the organisations they act for, and the append-only log of what was done."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helsefellesskap import triggers
from helsefellesskap.norwegian import norwegian_order


class Role(models.TextChoices):
    """What a person may do everywhere; seats in bodies come beside it."""

    EDITOR = "editor", _("Sekretariat")
    LEADER = "leader", _("Leder eller nestleder")
    CONTRIBUTOR = "contributor", _("Bidragsyter")
    ADMIN = "admin", _("Teknisk administrator")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def active(self) -> OrganisationQuerySet:
        return self.filter(is_active=True)

    def in_name_order(self) -> OrganisationQuerySet:
        return self.order_by(norwegian_order("name"))


class Organisation(models.Model):
    """A partner or another actor: municipality, health region, hospital trust, division and so on."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Kommune")
        HEALTH_REGION = "health_region", _("Helseregion")
        HOSPITAL_TRUST = "hospital_trust", _("Helseforetak")
        DIVISION = "division", _("Divisjon")
        UNIT = "unit", _("Enhet")
        STATE = "state", _("Statlig organ")
        ASSOCIATION = "association", _("Interesseorganisasjon")
        NETWORK = "network", _("Nettverk")
        SUPPLIER = "supplier", _("Leverandør")
        EDUCATION = "education", _("Utdanning")
        PROGRAMME = "programme", _("Program")

    class Language(models.TextChoices):
        BOKMAL = "nb", _("Bokmål")
        NYNORSK = "nn", _("Nynorsk")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("navn"), max_length=200, unique=True)
    short_name = models.CharField(_("kortnavn"), max_length=40, blank=True)
    kind = models.CharField(_("slag"), max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("del av")
    )
    org_number = models.CharField(_("organisasjonsnummer"), max_length=9, blank=True)
    language = models.CharField(_("målform"), max_length=2, choices=Language, default=Language.BOKMAL)
    note = models.TextField(_("merknad"), blank=True)
    is_active = models.BooleanField(_("i bruk"), default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisasjon")
        verbose_name_plural = _("organisasjoner")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="accounts_organisation_not_own_parent"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="accounts_organisation_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.org_number and not is_organisation_number(self.org_number):
            raise ValidationError(
                {"org_number": _("Organisasjonsnummeret har ni sifre og et kontrollsiffer.")}
            )
        above = self.parent
        while above is not None:
            if self.pk and above.pk == self.pk:
                raise ValidationError({"parent": _("En organisasjon kan ikke være del av seg selv.")})
            above = above.parent


def is_organisation_number(number: str) -> bool:
    """Nine digits whose last is the modulus-11 control digit (Enhetsregisteret's weights)."""
    if len(number) != 9 or not (number.isascii() and number.isdigit()):
        return False
    digits = [int(digit) for digit in number]
    return sum(a * b for a, b in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = User(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, role=Role.ADMIN, **fields)


class User(AbstractBaseUser):
    """A person who can sign in, by e-mail."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-postadresse"), unique=True)
    name = models.CharField(_("navn"), max_length=150)
    role = models.CharField(_("rolle"), max_length=20, choices=Role, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("organisasjon"),
    )
    is_active = models.BooleanField(_("kan logge inn"), default=True)
    date_joined = models.DateTimeField(_("opprettet"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("bruker")
        verbose_name_plural = _("brukere")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["", "editor", "leader", "contributor", "admin"]),
                name="accounts_user_role_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_user_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.email = self.email.lower()

    @property
    def is_staff(self) -> bool:
        """May open Django's admin; what they find there is decided by each model's admin."""
        return self.is_active and self.role in {Role.EDITOR, Role.ADMIN}

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """No global permissions: `permissions.py` of each app answers, and each admin asks it."""
        return False

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


Viewer = User | AnonymousUser
"""Whoever looks at a page, signed in or not."""


def has_role(user: Viewer, *roles: Role) -> bool:
    return isinstance(user, User) and user.is_active and user.role in roles


def display_name(user: User) -> str:
    return str(user)


class LogEntryQuerySet(models.QuerySet["LogEntry"]):
    def visible_to(self, user: Viewer) -> LogEntryQuerySet:
        """Secretariat and leaders read all, an administrator what concerns accounts, others their own."""
        if has_role(user, Role.EDITOR, Role.LEADER):
            return self
        if not isinstance(user, User):
            return self.none()
        own = models.Q(by=user)
        if has_role(user, Role.ADMIN):
            own |= models.Q(target_type__startswith="accounts.")
        return self.filter(own)

    def about(self, thing: models.Model) -> LogEntryQuerySet:
        return self.filter(target_type=thing._meta.label_lower, target_id=str(thing.pk))

    def update(self, **_: Any) -> NoReturn:
        raise TypeError("The log is append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("The log is append-only.")


class LogEntry(models.Model):
    """Who did what to what, when, from what to what; never changed afterwards."""

    at = models.DateTimeField(_("tidspunkt"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="log_entries", verbose_name=_("hvem")
    )
    verb = models.CharField(_("hva"), max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    target = models.CharField(_("gjelder"), max_length=300)
    old = models.JSONField(_("før"), default=dict)
    new = models.JSONField(_("etter"), default=dict)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("loggføring")
        verbose_name_plural = _("logg")
        indexes = [models.Index(fields=["target_type", "target_id", "-at"], name="accounts_log_target")]

    def __str__(self) -> str:
        return f"{self.verb}: {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The log is append-only.")


triggers.freeze(LogEntry)
