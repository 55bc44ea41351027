"""A main fuse: how it heats, and when it goes."""

from bisect import bisect_left
from math import exp, inf, log

from custom_components.amp_guard.model import FuseType, PhaseValues

_GG_TIME_CONSTANTS = (
    (16.0, 21.8),
    (20.0, 22.9),
    (25.0, 22.3),
    (35.0, 29.9),
    (50.0, 34.8),
    (63.0, 36.0),
)
"""Rated current in A and the time constant in s that meets the 10 s gate of IEC
60269-1 ("does not melt in 10 s")."""

_GG_TRIP_HEAT = 1.25**2
"""IEC 60269-1: 1.25 times the rated current must not melt it in 1 h."""
_BREAKER_TRIP_HEAT = 1.13**2
"""IEC 60898-1: 1.13 times the rated current must not trip it in 1 h."""
_BREAKER_TIME_CONSTANT = 4.6
_BREAKER_MAGNETIC_TRIP = 5.0
"""Times the rated current: the lower end of characteristic C, which goes at once."""


def gg_time_constant(rated_current: float) -> float:
    """Return the time constant in s: interpolated, beyond the table that of its end."""
    ratings = [rating for rating, _ in _GG_TIME_CONSTANTS]
    above = bisect_left(ratings, rated_current)
    if above == 0:
        return _GG_TIME_CONSTANTS[0][1]
    if above == len(ratings):
        return _GG_TIME_CONSTANTS[-1][1]
    (low, low_tau), (high, high_tau) = _GG_TIME_CONSTANTS[above - 1 : above + 1]
    return low_tau + (high_tau - low_tau) * (rated_current - low) / (high - low)


class FuseModel:
    """Three poles, each with a heat: d(heat)/dt = ((I/In)² - heat) / time constant.

    A conservative model: 1 is the heat of the rated current held for ever, and a pole
    goes when its heat passes `trip_heat`. It holds up to the 10 s gate of IEC 60269-1.
    A pole that went is replaced at once by a cold one; `trips` counts them.
    """

    def __init__(self, rated_current: float, fuse_type: FuseType) -> None:
        self.rated_current = rated_current
        breaker = fuse_type is FuseType.BREAKER
        self.trip_heat = _BREAKER_TRIP_HEAT if breaker else _GG_TRIP_HEAT
        self.time_constant = (
            _BREAKER_TIME_CONSTANT if breaker else gg_time_constant(rated_current)
        )
        self._instant = rated_current * _BREAKER_MAGNETIC_TRIP if breaker else inf
        self.trips = 0
        self.heat_max = 0.0
        self._heat = [0.0, 0.0, 0.0]

    @property
    def heat(self) -> PhaseValues:
        """The heat of each pole."""
        return PhaseValues(*self._heat)

    def step(self, dt: float, current: PhaseValues) -> None:
        """Carry `current` (A, its sign does not matter) for `dt` s."""
        decay = exp(-dt / self.time_constant)
        for pole, amps in enumerate(current):
            drive = (amps / self.rated_current) ** 2
            heat = drive + (self._heat[pole] - drive) * decay
            self.heat_max = max(self.heat_max, heat)
            if heat >= self.trip_heat or abs(amps) >= self._instant:
                self.trips += 1
                heat = 0.0
            self._heat[pole] = heat

    def time_to_trip(self, current: float, heat: float = 0.0) -> float:
        """Return the time in s until a pole at `heat` goes at `current` A."""
        if current >= self._instant:
            return 0.0
        drive = (current / self.rated_current) ** 2
        if drive <= self.trip_heat:
            return inf
        left = log((drive - heat) / (drive - self.trip_heat))
        return max(0.0, self.time_constant * left)
