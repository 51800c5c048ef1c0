"""Newsletters: made of blocks, approved by both sides, frozen when published, corrected by a new version."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User, Viewer, has_role
from helsefellesskap import triggers
from meetings.models import Seat
from portfolio.models import Initiative


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def visible_to(self, user: Viewer) -> NewsletterQuerySet:
        """Published ones for everybody; what is in work for the secretariat and leaders alone."""
        if has_role(user, Role.EDITOR, Role.LEADER):
            return self
        return self.published()

    def published(self) -> NewsletterQuerySet:
        return self.filter(state=Newsletter.State.PUBLISHED)

    def in_work(self) -> NewsletterQuerySet:
        return self.exclude(state=Newsletter.State.PUBLISHED)

    def newest(self) -> NewsletterQuerySet:
        """Of each number the published version that no published correction has followed."""
        newer = Newsletter.objects.published().filter(
            year=OuterRef("year"), number=OuterRef("number"), correction__gt=OuterRef("correction")
        )
        return self.published().filter(~Exists(newer))

    def light(self) -> NewsletterQuerySet:
        """Without what is large and frozen, for lists."""
        return self.defer("data", "page", "mail_html", "mail_text")

    def newest_first(self) -> NewsletterQuerySet:
        return self.order_by("-year", "-number", "-correction")

    def update(self, **values: Any) -> int:
        if self.published().exists():
            raise TypeError("A published newsletter never changes: correct it by a new version.")
        return super().update(**values)

    def delete(self) -> NoReturn:
        raise TypeError("Discard one newsletter at a time, by its action.")


class Newsletter(models.Model):
    """A newsletter in one of its versions: in work, or published and frozen as page, PDF and mail."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Utkast")
        REVIEW = "review", _("Til godkjenning")
        APPROVED = "approved", _("Godkjent")
        PUBLISHED = "published", _("Publisert")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(_("år"))
    number = models.PositiveSmallIntegerField(_("nummer"))
    correction = models.PositiveSmallIntegerField(_("rettelse"), default=0)
    title = models.CharField(_("tittel"), max_length=200)
    period = models.CharField(
        _("periode"),
        max_length=60,
        blank=True,
        help_text=_("Slik den står i hodet, for eksempel «juni 2025»."),
    )
    as_of = models.DateField(
        _("status per"),
        null=True,
        blank=True,
        help_text=_("Tabellene viser denne dagen. Står det tomt, viser de dagen brevet publiseres."),
    )
    correction_note = models.TextField(_("hva som er rettet"), max_length=1000, blank=True)
    sends_mail = models.BooleanField(_("send e-post til abonnentene når det publiseres"), default=True)
    state = models.CharField(_("tilstand"), max_length=9, choices=State, default=State.DRAFT)
    publish_at = models.DateTimeField(_("publiseres"), null=True, blank=True)
    publish_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tidspunktet satt av")
    )
    publish_error = models.TextField(_("hvorfor det ikke ble publisert"), blank=True)
    written_at = models.DateTimeField(_("skrevet"), default=timezone.now)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("skrevet av"))
    writers: models.ManyToManyField[User, models.Model] = models.ManyToManyField(
        User, blank=True, related_name="+", verbose_name=_("har skrevet i det")
    )
    version = models.PositiveIntegerField(default=1)

    published_at = models.DateTimeField(_("publisert"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("publisert av")
    )
    initiatives: models.ManyToManyField[Initiative, models.Model] = models.ManyToManyField(
        Initiative, blank=True, related_name="newsletters", verbose_name=_("tiltak det forteller om")
    )
    data = models.JSONField(_("innhold"), null=True, blank=True)
    page = models.TextField(_("nettside"), blank=True)
    mail_html = models.TextField(_("e-post"), blank=True)
    mail_text = models.TextField(_("e-post som tekst"), blank=True)
    pdf = models.FileField(_("PDF"), max_length=200, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    pages = models.PositiveIntegerField(_("sider"), null=True, blank=True)

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        verbose_name = _("nyhetsbrev")
        verbose_name_plural = _("nyhetsbrev")
        constraints = [
            models.UniqueConstraint(
                "year", "number", "correction", name="newsletters_newsletter_number_once"
            ),
            models.UniqueConstraint(
                fields=["year", "number"],
                condition=~Q(state="published"),
                name="newsletters_newsletter_one_in_work",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="newsletters_newsletter_has_title"),
            models.CheckConstraint(condition=Q(number__gte=1), name="newsletters_newsletter_counts_from_one"),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True, publish_by__isnull=True)
                | Q(publish_at__isnull=False, publish_by__isnull=False, state="approved"),
                name="newsletters_newsletter_publish_at_is_set_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(correction=0) | ~Q(correction_note=""),
                name="newsletters_newsletter_correction_says_what",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state="published",
                        published_at__isnull=False,
                        published_by__isnull=False,
                        data__isnull=False,
                    )
                    & ~Q(sha256="")
                    & ~Q(page="")
                )
                | (
                    ~Q(state="published")
                    & Q(published_at__isnull=True, published_by__isnull=True, sha256="", page="")
                ),
                name="newsletters_newsletter_published_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        name = _("Nyhetsbrev %(number)s/%(year)s") % {"number": self.number, "year": self.year}
        return f"{name}, {_('versjon')} {self.correction + 1}" if self.correction else str(name)

    def get_absolute_url(self) -> str:
        """The page for readers when it is published, else the one where it is worked on."""
        if not self.is_published:
            return reverse("newsletters:newsletter-draft", args=[self.public_id])
        return reverse("newsletters:newsletter-detail", args=[self.year, self.number])

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def file_name(self) -> str:
        ending = f"-versjon-{self.correction + 1}" if self.correction else ""
        return f"nyhetsbrev-{self.year}-{self.number}{ending}.pdf"


class Approval(models.Model):
    """That a leader or deputy leader approved a newsletter, for which side, and what it said then."""

    newsletter = models.ForeignKey(Newsletter, models.PROTECT, related_name="approvals")
    side = models.CharField(_("side"), max_length=9, choices=Seat.Side)
    content = models.CharField(_("fingeravtrykk av innholdet"), max_length=64)
    approved_at = models.DateTimeField(_("godkjent"), default=timezone.now)
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("godkjent av"))

    class Meta:
        ordering = ["approved_at", "pk"]
        verbose_name = _("godkjenning")
        verbose_name_plural = _("godkjenninger")
        constraints = [
            models.UniqueConstraint(
                "newsletter", "content", "side", name="newsletters_approval_one_for_a_side"
            ),
            models.UniqueConstraint(
                "newsletter", "content", "approved_by", name="newsletters_approval_one_by_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}: {self.get_side_display()}"


class AcceptedFinding(models.Model):
    """That a newsletter is published although a check found something serious, and why."""

    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="accepted_findings")
    check_code = models.CharField(_("kontroll"), max_length=40)
    key = models.CharField(_("gjelder"), max_length=200)
    sentence = models.CharField(_("funn"), max_length=500)
    reason = models.TextField(_("begrunnelse"), max_length=1000)
    accepted_at = models.DateTimeField(_("godtatt"), default=timezone.now)
    accepted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("godtatt av"))

    class Meta:
        ordering = ["check_code", "pk"]
        verbose_name = _("godtatt funn")
        verbose_name_plural = _("godtatte funn")
        constraints = [
            models.UniqueConstraint(
                "newsletter", "check_code", "key", name="newsletters_acceptedfinding_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="newsletters_acceptedfinding_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}: {self.sentence}"


class Download(models.Model):
    """How many times the page or the PDF of a newsletter was fetched on a day; nothing about by whom."""

    class What(models.TextChoices):
        PAGE = "page", _("Nettside")
        PDF = "pdf", _("PDF")

    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="downloads")
    what = models.CharField(_("hva"), max_length=4, choices=What)
    on = models.DateField(_("dag"))
    count = models.PositiveIntegerField(_("antall"), default=0)

    class Meta:
        ordering = ["-on", "what"]
        verbose_name = _("nedlasting")
        verbose_name_plural = _("nedlastinger")
        constraints = [
            models.UniqueConstraint("newsletter", "what", "on", name="newsletters_download_one_for_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.get_what_display()}: {self.count}"


triggers.freeze(Newsletter, when="OLD.state = 'published'")
