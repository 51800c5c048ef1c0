"""What every page knows: the partnership's name, the menu, the addresses in the footer."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class MenuItem:
    label: str | Promise
    url: str
    is_current: bool


MENU = [
    (_("Oversikt"), "home"),
    (_("Tiltak"), "portfolio:initiative-list"),
    (_("Handlingsdel"), "portfolio:handlingsdel"),
    (_("Midler"), "funding:grant-list"),
    (_("Møter"), "meetings:meeting-list"),
    (_("Saker"), "meetings:case-list"),
    (_("Oppfølging"), "meetings:follow-up-list"),
    (_("Arrangementer"), "meetings:event-list"),
    (_("Nyhetsbrev"), "newsletters:newsletter-list"),
    (_("Programområder"), "portfolio:area-list"),
    (_("Satsingsområder"), "portfolio:strategic-area-list"),
    (_("Organisasjoner"), "portfolio:organisation-list"),
]


def site(request: HttpRequest) -> dict[str, Any]:
    menu = []
    for label, name in MENU:
        url = reverse(name)
        is_current = request.path == url if url == "/" else request.path.startswith(url)
        menu.append(MenuItem(label, url, is_current))
    return {
        "site_name": settings.SITE_NAME,
        "navigation": menu,
        "accessibility_url": settings.ACCESSIBILITY_URL,
        "privacy_url": settings.PRIVACY_URL,
        "contact_email": settings.CONTACT_EMAIL,
        "is_demo": settings.DEMO,
        "LANGUAGE_CODE": settings.LANGUAGE_CODE,
    }
