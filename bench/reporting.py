"""What a charger lets be known of itself, and when."""

from collections import deque
from dataclasses import dataclass, replace

from custom_components.amp_guard.model import ChargerReading, ChargerStatus, PhaseValues
from simulator.charger import ChargerModel

from .damage.signals import DamagedReport, ReportDamage
from .spells import Spell, within


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportModel:
    """How a charger reports.

    It is read each `interval` s, the first time at `offset`, and all of it is known
    `delay` s later: its status, its limit unless not `limit`, and its draw (nothing
    unless `draw`). That is sampled each `draw_interval` s, rounded to
    `draw_resolution` A and known another `draw_delay` s later; it carries the time at
    which it becomes known, or, with `timestamped`, the one at which it was sampled.
    With `only_changes` a phase that has not changed is not reported anew, so that the
    draw is as old as the phase that was silent for longest; and where nothing was
    reported for `silent_after` s while it charges, its draw is not known. During `lost`
    spells it cannot be reached at all, neither to read nor to command. `user_limit` is
    a ceiling in A that its user has set there. What it reports may be damaged
    (`damage`).
    """

    interval: float = 1.0
    offset: float = 0.0
    delay: float = 0.0
    draw: bool = True
    draw_interval: float = 1.0
    draw_delay: float = 0.0
    draw_resolution: float = 0.1
    timestamped: bool = False
    only_changes: bool = False
    silent_after: float | None = None
    limit: bool = True
    user_limit: float | None = None
    lost: tuple[Spell, ...] = ()
    damage: ReportDamage | None = None


class Reporter:
    """Reads one charger each `interval` s, as its integration would."""

    def __init__(self, charger: ChargerModel, model: ReportModel) -> None:
        self.charger = charger
        self.model = model
        self.interval = min(model.interval, model.draw_interval)
        self._next_draw = 0.0
        self._draws: deque[tuple[float, float, PhaseValues]] = deque()
        self._draw: PhaseValues | None = None
        self._draw_time: float | None = None
        self._load = charger.load
        self._rounded = self._round(charger.current)
        self._readings: deque[tuple[float, ChargerReading]] = deque()
        self._known = ChargerReading(status=ChargerStatus.UNKNOWN)
        self._heard = self._known
        self._heard_at = 0.0
        self._damaged = DamagedReport(model.damage) if model.damage else None

    def reachable(self, now: float) -> bool:
        """Return whether it can be reached now."""
        return not within(self.model.lost, now)

    def read(self, now: float) -> ChargerReading:
        """Return what is known of the charger at `now`, s."""
        if not self.reachable(now):
            return ChargerReading(status=ChargerStatus.LOST)
        reading = self._read(now)
        if self.model.delay:
            reading = self._postpone(reading, now)
        if self.model.silent_after is not None:
            reading = self._forget(reading, self.model.silent_after, now)
        return self._damaged.apply(reading, now) if self._damaged else reading

    def _read(self, now: float) -> ChargerReading:
        """Return what it says of itself now."""
        if self.model.draw:
            self._sample_draw(now)
        return ChargerReading(
            status=self.charger.status,
            current=self._draw,
            current_time=self._draw_time,
            limit=self.charger.limit if self.model.limit else None,
            user_limit=self.model.user_limit,
            phases_set=self.charger.phases_set,
        )

    def _postpone(self, reading: ChargerReading, now: float) -> ChargerReading:
        """Return what has arrived by now; its draw is as old as its arrival."""
        model = self.model
        self._readings.append((now, reading))
        while self._readings and self._readings[0][0] <= now - model.delay:
            read_at, known = self._readings.popleft()
            if known.current_time is not None and not model.timestamped:
                late = now - read_at
                known = replace(known, current_time=known.current_time + late)
            self._known = known
        return self._known

    def _forget(
        self, reading: ChargerReading, silent_after: float, now: float
    ) -> ChargerReading:
        """Return the reading without its draw where it was silent for too long."""
        if reading != self._heard:
            self._heard, self._heard_at = reading, now
        charging = reading.status is ChargerStatus.CHARGING
        if charging and now - self._heard_at > silent_after:
            return replace(reading, current=None, current_time=None)
        return reading

    def _sample_draw(self, now: float) -> None:
        model = self.model
        if now >= self._next_draw:
            self._next_draw = now + model.draw_interval
            if self.charger.load is not self._load:
                self._load = self.charger.load
                self._rounded = self._round(self.charger.current)
            self._draws.append((now + model.draw_delay, now, self._rounded))
        while self._draws and self._draws[0][0] <= now:
            _, sampled, draw = self._draws.popleft()
            time = sampled if model.timestamped else now
            if draw != self._draw or not model.only_changes:
                self._draw_time = time
            self._draw = draw

    def _round(self, current: PhaseValues) -> PhaseValues:
        step = self.model.draw_resolution
        if not step:
            return current
        return PhaseValues(*(round(round(amps / step) * step, 6) for amps in current))
