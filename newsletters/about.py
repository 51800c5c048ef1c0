"""What newsletters know about initiatives, on those things' own pages."""

from __future__ import annotations

from django.utils.translation import gettext as _

from helsefellesskap.http import Request
from helsefellesskap.panels import Panel, register_about
from newsletters.models import Newsletter
from portfolio.models import Initiative


@register_about(Initiative)
def told_in_newsletters(request: Request, initiative: Initiative) -> Panel | None:
    """The newsletters that told of it, the newest first."""
    newsletters = list(Newsletter.objects.newest().filter(initiatives=initiative).light().newest_first())
    if not newsletters:
        return None
    context = {"newsletters": newsletters}
    return Panel(_("Nyhetsbrev"), "newsletters/parts/newsletter_about.html", context, order=40)
