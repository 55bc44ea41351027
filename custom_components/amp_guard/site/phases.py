"""Phases and their order in the manual's notation: "1,2,3", "3,2,1", "2"."""

from collections.abc import Collection
from itertools import permutations

from ..model import EarthingSystem, Phase

PHASE_ORDERS = tuple(
    ",".join(order) for count in (3, 2, 1) for order in permutations("123", count)
)
"""All orders there are, the most phases first."""


def parse_phases(order: str) -> tuple[Phase, ...]:
    """Return the phases of the manual's notation, in their order."""
    return tuple(Phase(int(number) - 1) for number in order.split(","))


def format_phases(phases: Collection[Phase]) -> str:
    """Return phases in the manual's notation."""
    return ",".join(str(phase + 1) for phase in phases)


def supply_phases(measured: str, net: EarthingSystem) -> tuple[Phase, ...]:
    """Return the phases of a supply whose meter measures these, in their order.

    In an IT net the third line follows from two.
    """
    phases = parse_phases(measured)
    if net is EarthingSystem.IT and len(phases) > 1:
        return tuple(Phase)
    return phases
