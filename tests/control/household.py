"""Real life around a balancer: loads that come and go, cars that come and stop.

Chargers report as integrations do: late, or polled, or when something changes, and all
that is known of a report's age is when it arrived. Meters sample each so many s, in steps.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    ChargerReading,
    Phase,
    PhaseValues,
    Site,
)

from .plant import Moment, Plant


@dataclass(slots=True)
class Appliance:
    """A load of so many A on some phases, on and off for about so many s."""

    current: PhaseValues
    on_for: float
    off_for: float
    is_on: bool = False
    until: float = 0.0


class Reports:
    """How one charger's readings arrive."""

    def __init__(self, random: Random) -> None:
        """Draw a kind: late by up to a minute, or polled, or both, or by change."""
        self.late = random.choice([0.0, 0.0, 2.0, 15.0, 30.0, 60.0])
        self.each = random.choice([1.0, 5.0, 10.0, 30.0, 60.0])
        self.only_changes = random.random() < 0.3
        if self.late + self.each > 75.0:
            self.each = 5.0
        self.off_by = random.uniform(0.97, 1.03)
        self._past: deque[tuple[float, ChargerReading]] = deque()
        self._shown: ChargerReading | None = None
        self._asked = -1e9

    def arrive(self, reading: ChargerReading, now: float) -> ChargerReading:
        """Take what is so; return what Home Assistant shows."""
        past = self._past
        past.append((now, reading))
        while len(past) > 1 and past[1][0] <= now - self.late:
            past.popleft()
        shown = self._shown
        if shown is None or now - self._asked >= self.each:
            self._asked = now
            told = past[0][1]
            current = told.current
            if current is not None:
                a, b, c = (round(value * self.off_by, 1) for value in current)
                current = PhaseValues(a, b, c)
            fresh = replace(told, current=current, current_time=None)
            is_news = shown is None or fresh != replace(shown, current_time=None)
            if is_news or not self.only_changes:
                shown = self._shown = replace(fresh, current_time=now)
        assert shown is not None
        # The limit shows at once: a driver knows what it sent.
        return replace(shown, limit=reading.limit)


class Household(Plant):
    """A plant that lives by itself, from a seed."""

    def __init__(self, site: Site, seed: int, *, sun: bool = False) -> None:
        """Draw its appliances, its meter, its cars and how they report."""
        self.random = random = Random(seed)
        super().__init__(site, phases=[random.choice([1, 1, 2, 3, 3])])
        for outlet in self.outlets.values():
            outlet.phases = random.choice([1, 1, 2, 3, 3])
            used = outlet.charger.wiring[: outlet.phases]
            outlet.weights = PhaseValues(*(float(phase in used) for phase in Phase))
            outlet.ramp = random.choice([1.0, 2.0, 32.0])
            outlet.lag = random.choice([0.0, 1.0, 3.0, 5.0])
            outlet.start_delay = random.choice([0.0, 5.0, 20.0])
        self.reports = {name: Reports(random) for name in self.outlets}
        self.interval = random.choice([1.0, 1.0, 2.5, 5.0, 10.0, 30.0])
        self.resolution = random.choice([0.0, 0.1, 1.0])
        self.sun = sun
        self._sun_on = [0.0, 0.0, 0.0]
        self._due = 0.0
        self._appliances = [self._appliance() for _ in range(random.randint(3, 12))]
        self._cars = dict.fromkeys(self.outlets, 0.0)

    def _appliance(self) -> Appliance:
        random = self.random
        amps = random.choice([0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 13.0, 16.0])
        on = random.sample(range(3), random.choice([1, 1, 1, 3]))
        return Appliance(
            PhaseValues(*(amps if phase in on else 0.0 for phase in range(3))),
            random.choice([10.0, 40.0, 300.0, 3000.0]),
            random.choice([30.0, 40.0, 600.0, 6000.0]),
        )

    def _live(self) -> None:
        random, now = self.random, self.now
        base = [0.3, 0.2, 0.4]
        for each in self._appliances:
            if now >= each.until:
                each.is_on = not each.is_on
                mean = each.on_for if each.is_on else each.off_for
                each.until = now + random.uniform(0.5, 1.5) * mean
            if each.is_on:
                base = [a + b for a, b in zip(base, each.current, strict=True)]
        if self.sun and random.random() < 0.02:
            power = random.choice([0.0, random.uniform(0, 16)])
            self._sun_on = [power, power, power]
        jitter = [random.uniform(-0.1, 0.1) for _ in range(3)]
        self.loads[SUPPLY_ID] = PhaseValues(
            *(a + j - s for a, j, s in zip(base, jitter, self._sun_on, strict=True))
        )
        for name, until in self._cars.items():
            if now >= until:
                self._cars[name] = now + random.choice([60.0, 300.0, 1200.0, 4000.0])
                self._car_changes(name)

    def _car_changes(self, name: str) -> None:
        """Let a car come, go, be full, or take something else."""
        outlet, random = self.outlets[name], self.random
        what = random.random()
        if not outlet.connected:
            outlet.connected, outlet.full, outlet.wants = True, False, 32.0
        elif what < 0.15:
            outlet.connected = False
        elif what < 0.3:
            outlet.full = not outlet.full
        else:
            outlet.wants = random.choice([0.0, 0.0, 6.0, 8.5, 13.0, 32.0, 32.0])

    def _sample(self, index: int) -> bool:
        if self.now < self._due:
            return False
        return super()._sample(index)

    def _read(self) -> dict[str, ChargerReading]:
        if self.now >= self._due:
            self._due += self.interval
        return {
            name: self.reports[name].arrive(reading, self.now)
            for name, reading in super()._read().items()
        }

    def lives(self, seconds: float) -> Iterator[Moment]:
        """Live for so many s."""
        end = self.now + seconds
        while self.now < end:
            self._live()
            yield self.step(1.0)
