"""The registry of overview panels: each app says what its people need to see on the first screen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helsefellesskap.http import Request


@dataclass(frozen=True)
class Panel:
    """One box of the overview: a heading, a template and what it shows; lower order comes first."""

    title: str
    template: str
    context: dict[str, Any]
    order: int = 50
    is_wide: bool = False


PanelMaker = Callable[[Request], Panel | None]
_makers: list[PanelMaker] = []


def register(maker: PanelMaker) -> PanelMaker:
    _makers.append(maker)
    return maker


def panels_for(request: Request) -> list[Panel]:
    """The panels that have something for this person, in order."""
    made = (maker(request) for maker in _makers)
    return sorted((panel for panel in made if panel), key=lambda panel: panel.order)
