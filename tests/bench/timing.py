"""Timing things side by side, so that a busy machine slows both alike."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Contestant:
    """What is timed; `before` makes ready for one run and is not timed."""

    run: Callable[[], Any]
    before: Callable[[], Any] = lambda: None

    def seconds(self) -> float:
        self.before()
        gc.collect()
        gc.disable()
        try:
            start = perf_counter()
            self.run()
            return perf_counter() - start
        finally:
            gc.enable()


@dataclass(frozen=True)
class Result:
    """One line of the table. Without a limit it is there to be read, not to be kept."""

    name: str
    measured: float
    limit: float | None = None
    unit: str = "×"
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return "–"
        return "ok" if self.measured <= self.limit else "NOT OK"


def ratio(
    name: str,
    contestant: Contestant,
    reference: Contestant,
    *,
    limit: float | None,
    rounds: int,
    unit: str = "×",
) -> Result:
    """The median, over the rounds, of how many times as long the contestant took as the reference.

    Both run twice first, unheard; who goes first changes with each round. The unit «%» tells it in per cent.
    """
    for warm_up in (contestant, reference, reference, contestant):
        warm_up.seconds()
    gc.freeze()
    times: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            other = reference.seconds()
            times.append((contestant.seconds(), other))
        else:
            times.append((contestant.seconds(), reference.seconds()))
    gc.unfreeze()
    measured = median(one / other for one, other in times) * (100 if unit == "%" else 1)
    one, other = (round(1000 * median(column), 3) for column in zip(*times, strict=True))
    return Result(name, measured, limit, unit, {"ms": one, "reference_ms": other, "rounds": rounds})
