"""Surplus: what would be exported, for the cars that charge with it.

What is exported at the main fuse and what these cars draw already, together: that is
what the sun leaves beside the house. What a home battery gives is no surplus; what it
takes is where it is to yield. The mean of the last seconds counts, so that a cloud's
edge is followed and the seconds by which a report is late are not.

Cars of two kinds share it: some charge with it alone, others have their minimum at all
times and more from it. Below the least of those that charge with it alone the minimum
is held for a while, since a cloud goes by and a start costs a minute: the longer, the
less of it comes from the grid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf

from . import CarPower, Moment

SMOOTHING_TIME = 20.0
"""s, the time constant. A charger's report is late by some seconds, and a car takes
about ten to follow: quicker than that it would be its own step that is followed."""
CUT_WORTH = 15_000.0
"""W·s (4 Wh) from the grid for which a cut is worth its command: what is 1 A too much
for a moment is left, what is 10 A is not."""
ENABLE_DELAY = 30.0
"""s. Of the gaps between clouds those that are shorter than a start are left alone."""
DISABLE_DELAY = 180.0
"""s. Most clouds are gone by then."""
USUAL_SHORTAGE = 0.45
"""The part of a minimum that is missing behind a cloud: then the delay before a pause is
as long as it is set. It is what the grid adds that is limited: 0.09 kWh at 4.1 kW."""
BELOW_START = 1.0
"""W by which less than a start needs is allowed, while it has not lasted."""


class SolarMode(StrEnum):
    """With what a charger charges."""

    FUSES = "fuses"
    """As much as the fuses allow."""
    SURPLUS = "surplus"
    """Only what would be exported."""
    MINIMUM_AND_SURPLUS = "minimum_and_surplus"
    """At least its minimum, and more with what would be exported."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Battery:
    """A home battery: the sensor of its power, and whose surplus comes first.

    `charging_positive` says whether its power is above 0 while it charges. Where it
    `yields`, what it charges with counts as surplus: a car comes before it.
    """

    sensor: str
    charging_positive: bool
    yields: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SurplusSettings:
    """What its owner sets; delays in s, before a start and before a pause."""

    enable_delay: float = ENABLE_DELAY
    disable_delay: float = DISABLE_DELAY
    battery: Battery | None = None


@dataclass(slots=True)
class _Lasting:
    """Something that must be so for a while until it counts."""

    _since: float | None = None

    def look(self, so: bool, seconds: float, now: float) -> bool:
        """Return whether it has been so for as long."""
        if not so:
            self._since = None
        elif self._since is None:
            self._since = now
        return self._since is not None and now - self._since >= seconds


@dataclass(slots=True)
class _Shortage:
    """What is missing of what charging cars need, while it is."""

    _owed: float = 0.0
    _looked_at: float = inf

    def look(self, part: float, now: float) -> float:
        """Return for how long (s) all of it would have been missing by now.

        `part` of it was missing since the last look; it begins anew where none is.
        """
        seconds, self._looked_at = max(0.0, now - self._looked_at), now
        self._owed = self._owed + part * seconds if part > 0 else 0.0
        return self._owed


class Surplus:
    """What cars may draw of it; a `Plan` for those that charge with it alone.

    It is known which those are, and which have their minimum too, by the limits on
    power that hold them: `alone`, and `together` with the others. `power` is the
    surplus, W (below 0 is drawn from the grid); None while it is not known: then
    nothing is.
    """

    def __init__(self, settings: SurplusSettings, *, alone: str, together: str) -> None:
        """Start with nothing known."""
        self.power: float | None = None
        self.allowed_together: float | None = None
        self._allowed_alone: float | None = None
        self._settings = settings
        self._alone, self._together = alone, together
        self._looked_at = 0.0
        self._level = 0.0
        self._owed = 0.0
        self._enough, self._shortage = _Lasting(), _Shortage()

    @property
    def allowed(self) -> float | None:
        """What those may draw that charge with it alone, W."""
        return self._allowed_alone

    def look(self, moment: Moment) -> None:
        """Take what is so now; at each decision."""
        members = set(moment.limits.get(self._alone, ()))
        cars = {
            id_: moment.cars[id_]
            for id_ in moment.limits.get(self._together, ())
            if id_ in moment.cars
        }
        self._measure(moment, cars.values())
        wanting = {id_: car for id_, car in cars.items() if car.wants}
        minimums = [car for id_, car in wanting.items() if id_ not in members]
        taken = sum(car.least for car in minimums if not car.idle)
        left = max(0.0, self._level - taken)
        alone = [car for id_, car in wanting.items() if id_ in members]
        charging = sum(car.least for car in alone if car.offered)
        waiting = [car.starts_from for car in alone if not car.offered]
        starts_at = charging + min(waiting, default=inf)
        now, settings = moment.time, self._settings
        starts = self._enough.look(left >= starts_at, settings.enable_delay, now)
        owed = self._shortage.look(self._missing(left, charging), now)
        ends = owed >= USUAL_SHORTAGE * settings.disable_delay
        held = 0.0 if ends else charging
        most = inf if starts else starts_at - BELOW_START
        self._allowed_alone = min(max(left, held), most) if charging or starts else 0.0
        floor = sum(car.least for car in minimums)
        self.allowed_together = max(self._level, floor + held)

    def _missing(self, left: float, charging: float) -> float:
        """Return which part is missing of the W that those who charge need at least.

        As behind a cloud, where nothing is known.
        """
        if left >= charging:
            return 0.0
        return USUAL_SHORTAGE if self.power is None else 1 - left / charging

    def _measure(self, moment: Moment, cars: Iterable[CarPower]) -> None:
        """Take the surplus of now, as a part of the mean."""
        seconds = max(0.0, moment.time - self._looked_at)
        self._looked_at = moment.time
        stored = self._stored(moment)
        if moment.power is None or stored is None:
            self.power = None
            self._level = self._owed = 0.0
            return
        power = stored - moment.power + sum(car.drawn for car in cars)
        if self.power is not None:
            power += (self.power - power) * exp(-seconds / SMOOTHING_TIME)
        self.power = power
        self._follow(power, seconds)

    def _follow(self, power: float, seconds: float) -> None:
        """Let what is allowed rise at once, and fall where that is worth a command."""
        self._owed += (self._level - power) * seconds
        if power >= self._level or self._owed >= CUT_WORTH:
            self._level, self._owed = power, 0.0

    def _stored(self, moment: Moment) -> float | None:
        """Return what the battery takes that it is to yield, less what it gives, W."""
        battery = self._settings.battery
        if battery is None:
            return 0.0
        power = moment.said.get(battery.sensor)
        if power is None or isinstance(power, bool):
            return None
        charges = power if battery.charging_positive else -power
        return charges if battery.yields else min(charges, 0.0)


class WithMinimum:
    """A `Plan` for those that have their minimum, and those that charge with surplus."""

    def __init__(self, surplus: Surplus) -> None:
        """Share the surplus with those that charge with it alone."""
        self._surplus = surplus

    def look(self, moment: Moment) -> None:
        """Take nothing: the surplus looks for both."""

    @property
    def allowed(self) -> float | None:
        """What all may draw together, W."""
        return self._surplus.allowed_together

    @property
    def shown(self) -> float | None:
        """What cars may charge with that do so with what would be exported, W."""
        return self._surplus.power
