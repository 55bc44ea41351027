"""A roof of solar panels through a day, on all three phases alike: made, second by second."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import pi, sin
from random import Random

from custom_components.amp_guard.model import PhaseValues

from .appliances import HOUR
from .car import PHASE_VOLTAGE
from .house import Step

SUNRISE, SUNSET = 5 * HOUR, 21 * HOUR
"""s of a day at midsummer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clouds:
    """Broken clouds: how long the sun is clear, and hidden, s in the mean.

    Each cloud takes a share of the sun between the two of `takes`, and its edges pass
    within the seconds of `edge`.
    """

    clear: float = 300.0
    hidden: float = 180.0
    takes: tuple[float, float] = (0.5, 0.85)
    edge: tuple[float, float] = (5.0, 20.0)


def sun(
    peak: float, start: float, seconds: float, clouds: Clouds | None, seed: int = 1
) -> list[Step]:
    """Return what a roof of `peak` W gives for `seconds` from `start` s of a day on.

    `start` becomes 0. What it gives is below zero.
    """
    shades = _shades(clouds, seconds, Random(seed))
    return [
        Step(float(second), _on_all(peak * _height(start + second) * shade))
        for second, shade in zip(range(int(seconds)), shades, strict=False)
    ]


def _height(time: float) -> float:
    """Return the share of its peak that a clear sky gives."""
    day = (time - SUNRISE) / (SUNSET - SUNRISE)
    return sin(pi * day) ** 1.3 if 0 < day < 1 else 0.0


def _shades(clouds: Clouds | None, seconds: float, random: Random) -> Iterator[float]:
    """Yield the share of the clear sky that is left, for each second."""
    corners = [(0.0, 1.0)]
    while clouds is not None and corners[-1][0] < seconds:
        begins = corners[-1][0] + random.expovariate(1 / clouds.clear)
        ends = begins + random.expovariate(1 / clouds.hidden)
        edges = [random.uniform(*clouds.edge) for _ in range(2)]
        left = 1 - random.uniform(*clouds.takes)
        dark_until = max(ends, begins + edges[0])
        corners += [
            (begins, 1.0),
            (begins + edges[0], left),
            (dark_until, left),
            (dark_until + edges[1], 1.0),
        ]
    corners.append((max(seconds, corners[-1][0]) + 1, 1.0))
    second = 0
    for (begins, before), (ends, after) in pairwise(corners):
        while second < ends:
            share = (second - begins) / (ends - begins)
            yield before + (after - before) * share
            second += 1


def _on_all(power: float) -> PhaseValues:
    current = -power / 3 / PHASE_VOLTAGE
    return PhaseValues(current, current, current)
