"""Readings: of what a charger and its driver say, what can be true."""

from dataclasses import replace
from math import isfinite

from ..model import (
    ChargerReading,
    ChargerStatus,
    Commanded,
    EarthingSystem,
    PhaseValues,
)
from .tree import Branch

IMPOSSIBLE_CURRENT = 1000.0
"""A: no charger draws that."""
UNREAD = ChargerReading(status=ChargerStatus.LOST)
"""What is known of a charger that says nothing."""


def sensible(reading: ChargerReading) -> ChargerReading:
    """Return the reading; what is no possible current or time in it counts as unsaid."""
    limit, user_limit, time = reading.limit, reading.user_limit, reading.current_time
    socket = reading.socket_current
    if (
        (limit is None or 0 <= limit < IMPOSSIBLE_CURRENT)
        and (user_limit is None or 0 <= user_limit < IMPOSSIBLE_CURRENT)
        and (socket is None or 0 <= socket < IMPOSSIBLE_CURRENT)
        and (time is None or isfinite(time))
    ):
        return reading
    if user_limit is not None and user_limit < 0:
        user_limit = 0.0
    return replace(
        reading,
        limit=_possible(limit),
        user_limit=_possible(user_limit),
        current_time=time if time is not None and isfinite(time) else None,
        socket_current=_possible(socket),
    )


def sensible_command(commanded: Commanded) -> Commanded:
    """Return what became of commands; what is no possible current in it is not known."""
    current, may_hold = commanded.current, commanded.may_hold
    if (current is None or 0 <= current < IMPOSSIBLE_CURRENT) and (
        may_hold is None or 0 <= may_hold < IMPOSSIBLE_CURRENT
    ):
        return commanded
    return replace(commanded, current=_possible(current), may_hold=_possible(may_hold))


def on_supply(
    current: PhaseValues | None, branch: Branch, earthing_system: EarthingSystem
) -> list[float] | None:
    """Return what a charger reports, A, on the supply's phases; None if nothing usable."""
    if current is None:
        return None
    a, b, c = current
    if not (
        -IMPOSSIBLE_CURRENT < a < IMPOSSIBLE_CURRENT
        and -IMPOSSIBLE_CURRENT < b < IMPOSSIBLE_CURRENT
        and -IMPOSSIBLE_CURRENT < c < IMPOSSIBLE_CURRENT
    ):
        return None
    wiring = branch.charger.wiring
    if earthing_system is EarthingSystem.IT and len(wiring) < len(current):
        # It hangs between two lines, whatever it calls its phases.
        highest = max(0.0, *current)
        return [highest * weight for weight in branch.weights]
    drawn = [0.0, 0.0, 0.0]
    for value, phase in zip(current, wiring, strict=False):
        if value > 0:
            drawn[phase] = value
    return drawn


def _possible(current: float | None) -> float | None:
    if current is not None and 0 <= current < IMPOSSIBLE_CURRENT:
        return current
    return None
