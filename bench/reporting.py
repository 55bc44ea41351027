"""What a charger lets be known of itself, and when."""

from collections import deque
from dataclasses import dataclass

from custom_components.amp_guard.model import ChargerReading, ChargerStatus, PhaseValues
from simulator.charger import ChargerModel

from .meter import Spell, within

STATUS_INTERVAL = 1.0
"""s. How soon at the latest its status and its limit are known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportModel:
    """How a charger reports.

    Its status, and its limit unless not `limit`, are known within 1 s. Its draw
    (nothing unless `draw`) is sampled each `draw_interval` s, rounded to
    `draw_resolution` A and known `draw_delay` s later; it carries the time at which it
    becomes known, or, with `timestamped`, the one at which it was sampled. During
    `lost` spells it cannot be reached at all, neither to read nor to command.
    `user_limit` is a ceiling in A that its user has set there.
    """

    draw: bool = True
    draw_interval: float = 1.0
    draw_delay: float = 0.0
    draw_resolution: float = 0.1
    timestamped: bool = False
    limit: bool = True
    user_limit: float | None = None
    lost: tuple[Spell, ...] = ()


class Reporter:
    """Reads one charger each `interval` s, as its integration would."""

    def __init__(self, charger: ChargerModel, model: ReportModel) -> None:
        self.charger = charger
        self.model = model
        self.interval = min(STATUS_INTERVAL, model.draw_interval)
        self._next_draw = 0.0
        self._under_way: deque[tuple[float, float, PhaseValues]] = deque()
        self._draw: PhaseValues | None = None
        self._draw_time: float | None = None
        self._load = charger.load
        self._rounded = self._round(charger.current)

    def reachable(self, now: float) -> bool:
        """Return whether it can be reached now."""
        return not within(self.model.lost, now)

    def read(self, now: float) -> ChargerReading:
        """Return what is known of the charger at `now`, s."""
        if not self.reachable(now):
            return ChargerReading(status=ChargerStatus.LOST)
        if self.model.draw:
            self._sample_draw(now)
        return ChargerReading(
            status=self.charger.status,
            current=self._draw,
            current_time=self._draw_time,
            limit=self.charger.limit if self.model.limit else None,
            user_limit=self.model.user_limit,
        )

    def _sample_draw(self, now: float) -> None:
        model = self.model
        if now >= self._next_draw:
            self._next_draw = now + model.draw_interval
            if self.charger.load is not self._load:
                self._load = self.charger.load
                self._rounded = self._round(self.charger.current)
            self._under_way.append((now + model.draw_delay, now, self._rounded))
        while self._under_way and self._under_way[0][0] <= now:
            _, sampled, self._draw = self._under_way.popleft()
            self._draw_time = sampled if model.timestamped else now

    def _round(self, current: PhaseValues) -> PhaseValues:
        step = self.model.draw_resolution
        if not step:
            return current
        return PhaseValues(*(round(round(amps / step) * step, 6) for amps in current))
