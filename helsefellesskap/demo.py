"""The registry of demo loaders: each app loads its own part of the demo partnership, leftmost app first."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

Loader = Callable[[Path], None]
loaders: list[Loader] = []

FIXTURES: Path = settings.BASE_DIR / "fixtures" / "demo"


def register(loader: Loader) -> Loader:
    loaders.append(loader)
    return loader
