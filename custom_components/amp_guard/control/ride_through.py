"""Ride-through: which overload a running car is not paused for, since it may soon be gone.

A pause costs minutes. A motor's inrush that is known is gone before a pause would land;
a small overload may be one that is not known yet, and the next sample tells. Both only
within what the fuse bears.
"""

from .constraint import Constraint, place_of
from .metering import Metering

NEXT_SAMPLE_WITHIN = 1.25
"""s between the samples of a meter that soon tells whether a peak was but a motor's
start: then a running car is paused by the second sample, not by the first."""
CARRIED = 0.13
"""Part of a limit by which it may be passed meanwhile: no breaker trips and no fuse
melts at that in an hour [IEC 60898-1, IEC 60269-1]."""
FASTEST_LAG = 5.0
"""s that a cut takes to land [IEC 61851-1]: the fuse must bear the peak for that long."""


def is_ridden_through(
    constraint: Constraint,
    beyond: float,
    *,
    limit: float,
    at_minimum: bool,
    metering: Metering,
    now: float,
) -> bool:
    """Return whether a constraint carries for now `beyond` A more than it has left.

    A small overload is ridden through only by a car that is `at_minimum`: any other is
    on its way down, and pausing it at once makes that the faster. `limit` is the A of
    the constraint's node.
    """
    node, phase = place_of(constraint)
    heat, inrush = metering.heats[node], metering.base_loads[node].inrush[phase]
    if beyond <= inrush.rise and (seconds := inrush.gone_in(now)):
        return heat.can_bear(seconds, then=FASTEST_LAG)
    if not at_minimum or beyond > CARRIED * limit:
        return False
    return _is_new(metering, node, now) and heat.can_wait(FASTEST_LAG)


def _is_new(metering: Metering, node: int, now: float) -> bool:
    """Return whether one sample has shown it, and the next one is near."""
    meter, since = metering.meters[node], metering.over_since[node]
    if meter is None or since is None or since != meter.last_time:
        return False
    return max(meter.interval, now - since) <= NEXT_SAMPLE_WITHIN
