"""The registries of panels: what each app's people need on the first screen, and what it knows about another's thing."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from helsefellesskap.http import Request


@dataclass(frozen=True)
class Panel:
    """One box of the overview: a heading, a template and what it shows; lower order comes first."""

    title: str
    template: str
    context: dict[str, Any]
    order: int = 50
    is_wide: bool = False


@dataclass(frozen=True)
class Line:
    """One thing that waits, and the page where it is done."""

    sentence: str
    url: str
    is_late: bool = False


PanelMaker = Callable[[Request], Panel | None]
AboutMaker = Callable[[Request, Any], Panel | None]
_makers: list[PanelMaker] = []
_about: dict[type[models.Model], list[AboutMaker]] = defaultdict(list)


def register(maker: PanelMaker) -> PanelMaker:
    _makers.append(maker)
    return maker


def panels_for(request: Request) -> list[Panel]:
    """The panels that have something for this person, in order."""
    made = (maker(request) for maker in _makers)
    return sorted((panel for panel in made if panel), key=lambda panel: panel.order)


def register_about(model: type[models.Model]) -> Callable[[AboutMaker], AboutMaker]:
    """An app further right tells what it knows about one of the model's rows, on that row's own page."""

    def add(maker: AboutMaker) -> AboutMaker:
        _about[model].append(maker)
        return maker

    return add


def panels_about(request: Request, thing: models.Model) -> list[Panel]:
    """What other apps have to say about the thing to this person, in order."""
    made = (maker(request, thing) for maker in _about[type(thing)])
    return sorted((panel for panel in made if panel), key=lambda panel: panel.order)
