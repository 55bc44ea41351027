"""Phases and their order in the manual's notation: "1,2,3", "3,2,1", "2"."""

from collections.abc import Collection
from itertools import permutations

from ..model import Phase

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
