"""How numbers and dates look, once."""

from datetime import date, datetime

from django import template
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helsefellesskap import money, rich_text
from helsefellesskap.money import NBSP

register = template.Library()


@register.filter
def dato(day: date | datetime | str | None) -> str:
    """22.05.2025; a time is shown as the day it was in Norway."""
    if not day or isinstance(day, str):
        return ""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return day.strftime("%d.%m.%Y")


@register.filter
def klokke(at: datetime | str | None) -> str:
    """22.05.2025 kl. 09.30, in Norwegian time."""
    if not at or isinstance(at, str):
        return ""
    local = timezone.localtime(at)
    return f"{local:%d.%m.%Y} kl.{NBSP}{local:%H.%M}"


@register.filter
def presis(day: date | None, precision: str) -> str:
    """A day known only as a week, a month or a year is shown as no more than that."""
    if day is None:
        return ""
    if precision == "year":
        return f"{day:%Y}"
    if precision == "month":
        months = _(
            "januar februar mars april mai juni juli august september oktober november desember"
        ).split()
        return f"{months[day.month - 1]} {day:%Y}"
    if precision == "week":
        year, week, _day = day.isocalendar()
        return "".join((_("uke"), NBSP, f"{week} {year}"))
    return dato(day)


@register.filter
def tall(number: int) -> str:
    """1 250 000 with no-break spaces."""
    return money.tall(number)


@register.filter
def kroner(amount: int | str | None) -> str:
    """1 250 000 kr with no-break spaces."""
    return money.kroner(amount) if isinstance(amount, int) else ""


@register.filter
def andel(part: int, whole: int) -> str:
    """A share in per cent with one decimal: 48,6 %."""
    return f"{100 * part / whole:.1f}{NBSP}%".replace(".", ",") if whole else ""


@register.filter
def alder(days: int | None) -> str:
    """An age in the unit a person would use: 12 dager, 5 måneder, 2 år."""
    if days is None:
        return ""
    if days < 1:
        return _("i dag")
    if days < 60:
        return ngettext("%(n)s dag", "%(n)s dager", days) % {"n": days}
    if days < 730:
        return _("%(n)s måneder") % {"n": max(2, days * 12 // 365)}
    return _("%(n)s år") % {"n": days // 365}


@register.simple_tag
def query(request: HttpRequest, **changes: str | int | None) -> str:
    """The address's query with some values replaced; None takes one away. Starts with «?» or is empty."""
    data: QueryDict = request.GET.copy()
    for name, value in changes.items():
        data.pop(name, None)
        if value not in (None, ""):
            data[name] = str(value)
    return f"?{data.urlencode()}" if data else "?"


@register.filter
def siden(day: date | None) -> str:
    """How long ago a day was, in words: i dag, 16 måneder siden."""
    if not day:
        return ""
    days = (timezone.localdate() - day).days
    return alder(days) if days < 1 else _("%(age)s siden") % {"age": alder(days)}


@register.filter
def prosent(share: float) -> str:
    """A length in an SVG, which wants a full stop: 12.5%."""
    return f"{share:g}%"


@register.filter
def formatert(html: str, level: int = 3) -> SafeString:
    """Formatted text, cleaned once more, with its headings from that level on."""
    return mark_safe(rich_text.at_level(rich_text.clean(html), level))  # noqa: S308 -- cleaned just now


@register.filter
def hjemmel(basis: str) -> str:
    """A legal basis, in which no line ends between the sign and its number: § 23."""
    return basis.replace("§ ", f"§{NBSP}")


@register.filter
def storrelse(size: int) -> str:
    """The size of a file: 340 kB, 1,2 MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}{NBSP}kB"
    return f"{size / 1_000_000:.1f}{NBSP}MB".replace(".", ",")
