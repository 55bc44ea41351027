"""Fuse heat: how near a fuse is to melting, from what it has carried.

A conservative thermal model: dθ/dt = ((I/In)² - θ)/τ. θ is 1 at the rated current held
for ever. τ is fitted to the 10 s gates of IEC 60269-1.
"""

from bisect import bisect_left
from math import exp

from ..model import FuseType, PhaseValues

GG_TAU = (
    (16.0, 21.8),
    (20.0, 22.9),
    (25.0, 22.3),
    (35.0, 29.9),
    (50.0, 34.8),
    (63.0, 36.0),
)
"""(rated current in A, τ in s); in between by interpolation, beyond by the nearest."""
BREAKER_TAU = 4.6
"""s, of every rated current."""
HOT = {FuseType.GG: 1.25, FuseType.BREAKER: 1.0}
"""θ that is not to be passed: a gG fuse may melt from 1.5625, a breaker trip at 1.277."""
HOLDS = 1.55
"""θ at which a gG fuse still holds: it may melt from 1.5625."""
INSTANT = 2.0
"""Times the rated current: acted on past every hold, whatever the heat."""


def time_constant(rated_current: float, fuse_type: FuseType) -> float:
    """Return τ in s of a fuse of `rated_current` A."""
    if fuse_type is FuseType.BREAKER:
        return BREAKER_TAU
    place = bisect_left([rated for rated, _ in GG_TAU], rated_current)
    if place == 0:
        return GG_TAU[0][1]
    if place == len(GG_TAU):
        return GG_TAU[-1][1]
    (low, tau_low), (high, tau_high) = GG_TAU[place - 1], GG_TAU[place]
    return tau_low + (tau_high - tau_low) * (rated_current - low) / (high - low)


class FuseHeat:
    """The heat θ of one node's three fuses."""

    def __init__(self, rated_current: float, fuse_type: FuseType) -> None:
        """Start cold; the first current carried is taken to have flowed for ever."""
        self.rated_current = rated_current
        self.fuse_type = fuse_type
        self._tau = time_constant(rated_current, fuse_type)
        self._time: float | None = None
        self._load = (0.0, 0.0, 0.0)
        self.heat = PhaseValues(0.0, 0.0, 0.0)

    def carry(self, current: PhaseValues, time: float) -> None:
        """Take that `current`, A, flows from `time` on."""
        rated = self.rated_current
        a, b, c = current
        x, y, z = (a / rated) ** 2, (b / rated) ** 2, (c / rated) ** 2
        if self._time is None:
            self.heat = PhaseValues(min(x, 1.0), min(y, 1.0), min(z, 1.0))
        else:
            self.heat = self._after(time - self._time)
        self._time = time
        self._load = (x, y, z)

    def can_wait(self, seconds: float) -> bool:
        """Return whether the present current may flow for `seconds` more."""
        if self.fuse_type is FuseType.BREAKER:
            return max(self._load) <= 1.0
        if max(self._load) >= INSTANT**2:
            return False
        return max(self._after(seconds)) <= HOT[self.fuse_type]

    def can_bear(self, seconds: float, then: float) -> bool:
        """Return whether it may for `seconds`, and if it lasts for `then` s more it holds."""
        return self.can_wait(seconds) and max(self._after(seconds + then)) <= HOLDS

    def _after(self, seconds: float) -> PhaseValues:
        rest = exp(-seconds / self._tau)
        (a, b, c), (x, y, z) = self.heat, self._load
        return PhaseValues(x + (a - x) * rest, y + (b - y) * rest, z + (c - z) * rest)
