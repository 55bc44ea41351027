"""Bounds: between which figures the draw of a charger may lie, A by phase.

Here of one that tells no current: it is followed by the meter's steps after its commands
alone.
"""

from ..model import NO_CURRENT, ChargerStatus, PhaseValues
from .step_response import USED_FROM

TAKEN_FOR = 60.0
"""s for which an allocation may still be taken up without any sign before."""

Bounds = tuple[PhaseValues, PhaseValues, PhaseValues]
"""The least, the likeliest and the most that is drawn on each phase, A."""
NOTHING: Bounds = (NO_CURRENT, NO_CURRENT, NO_CURRENT)


def unreported_bounds(
    targets: PhaseValues,
    estimate: PhaseValues,
    status: ChargerStatus,
    *,
    since_change: float,
    lag: float,
) -> Bounds:
    """Return the bounds of one that may draw its `targets`, and drew its `estimate`.

    They were changed `since_change` s ago, and take `lag` s to land.
    """
    low = PhaseValues(*map(min, estimate, targets, strict=True))
    if since_change > TAKEN_FOR:
        if status is ChargerStatus.CHARGING and max(estimate) < USED_FROM:
            # It began late, and nobody saw by how much; less is the meter's noise.
            return targets, targets, targets
        # It had its time to follow: it draws no more than it may.
        return low, low, low
    high = PhaseValues(*map(max, estimate, targets, strict=True))
    return low, (low if since_change > 2 * lag else estimate), high
