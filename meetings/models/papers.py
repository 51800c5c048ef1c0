"""Case papers as they are written."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from meetings.models.cases import Case


class CasePaper(models.Model):
    """The written case paper as it stands now; what was published is a version of its document."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="paper")
    background = models.TextField(_("bakgrunn"), blank=True)
    purpose = models.TextField(_("saken gjelder"), blank=True)
    assessment = models.TextField(_("vurdering"), blank=True)
    economy = models.TextField(_("økonomiske konsekvenser"), blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(_("endret"), default=timezone.now)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("endret av"))

    SECTIONS = ("background", "purpose", "assessment", "economy")

    class Meta:
        verbose_name = _("saksfremlegg")
        verbose_name_plural = _("saksfremlegg")

    def __str__(self) -> str:
        return str(self.case)

    @property
    def sections(self) -> list[tuple[str, str]]:
        """Heading and formatted text of the sections that say something, in the usual order."""
        return [
            (str(self._meta.get_field(name).verbose_name).capitalize(), text)  # type: ignore[union-attr]
            for name in self.SECTIONS
            if (text := getattr(self, name))
        ]


class Question(models.Model):
    """A question the case puts to the meeting."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="questions")
    order = models.PositiveIntegerField(_("rekkefølge"))
    text = models.TextField(_("spørsmål"), max_length=500)

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("spørsmål til møtet")
        verbose_name_plural = _("spørsmål til møtet")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="meetings_question_has_text")]

    def __str__(self) -> str:
        return self.text
