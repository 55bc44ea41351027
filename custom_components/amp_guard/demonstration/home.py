"""What flows in the simulated home: a household, and cars that follow their limits.

Pure: time is told to it, s since the home began.
"""

from dataclasses import dataclass, field
from math import inf

from ..model import MINIMUM_SIGNALLED_CURRENT, Phase, PhaseValues

VOLTAGE = 230.0
BASE_LOAD = PhaseValues(2.0, 3.0, 1.5)
"""A that the household always draws."""

CHARGERS = ("1", "2")
WIRINGS = {"1": (Phase.L1, Phase.L2, Phase.L3), "2": (Phase.L3, Phase.L1, Phase.L2)}
"""The supply's phase on each charger's L1, L2 and L3, by charger; an electrician turns them,
so that one-phase cars do not meet on one phase."""
PHASES_USED = {"1": 3, "2": 1}
"""How many the car at each charger uses: the second one is a hybrid."""
MAX_CURRENT = 16.0
"""A that a charger offers at most."""
MOST_TAKEN = {"1": 16.0, "2": 10.0}
"""A that the car at each charger takes on each phase at most."""
START_DELAY = 8.0
"""s from the offer of a current until the car begins to take it."""
RAMP_RATE = 1.0
"""A/s by which a car takes more; less it takes at once."""
ENERGY_DEMAND = 12_000.0
"""Wh that a car takes until it is full."""
STAY = 900.0
"""s for which a full car stays, and again for which its place is empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Appliance:
    """Something on one phase that draws `current` (A) for `on` of each `period` (s).

    It does so for the first `lasts` of each `every` s, from `first` on.
    """

    phase: int
    current: float
    period: float
    on: float
    first: float = 0.0
    lasts: float = inf
    every: float = inf

    def draws(self, time: float) -> float:
        """Return A at a time."""
        if time < self.first:
            return 0.0
        since = (time - self.first) % self.every
        draws = since < self.lasts and since % self.period < self.on
        return self.current if draws else 0.0


APPLIANCES = (
    Appliance(phase=0, current=9.0, period=1200.0, on=180.0, first=240.0),  # a kettle
    Appliance(  # an oven
        phase=1,
        current=10.0,
        period=90.0,
        on=45.0,
        first=660.0,
        lasts=900.0,
        every=2700.0,
    ),
    Appliance(phase=2, current=6.0, period=1500.0, on=600.0, first=60.0),  # a pump
)


@dataclass(kw_only=True, slots=True)
class Car:
    """A car at its charger; `limit` is A, set by whoever drives the charger.

    It draws on the first `phases` of the charger's lines, which hang on the phases of
    `wiring`.
    """

    wiring: tuple[Phase, ...] = tuple(Phase)
    phases: int = 3
    most_taken: float = MAX_CURRENT
    limit: float = MINIMUM_SIGNALLED_CURRENT
    drawn: float = 0.0
    energy: float = 0.0
    _offered_for: float = 0.0
    _idle_for: float = 0.0

    @property
    def state(self) -> str:
        """What the charger says of it."""
        if self.energy >= ENERGY_DEMAND:
            return "disconnected" if self._idle_for >= STAY else "complete"
        return "charging" if self.drawn else "connected"

    def drawn_on(self, line: int) -> float:
        """Return A on one of the charger's own lines, the first of which is 0."""
        return self.drawn if line < self.phases else 0.0

    def step(self, seconds: float) -> None:
        """Let time pass, s."""
        if self.energy >= ENERGY_DEMAND:
            self.drawn, self._offered_for = 0.0, 0.0
            self._idle_for += seconds
            if self._idle_for >= 2 * STAY:  # another one comes home
                self.energy = self._idle_for = 0.0
            return
        if not self.limit >= MINIMUM_SIGNALLED_CURRENT:  # NaN offers nothing
            self.drawn, self._offered_for = 0.0, 0.0
            return
        self._offered_for += seconds
        if self._offered_for >= START_DELAY:
            most = min(self.limit, self.most_taken)
            least = max(self.drawn, MINIMUM_SIGNALLED_CURRENT)
            self.drawn = min(most, least + RAMP_RATE * seconds)
        self.energy += self.phases * VOLTAGE * self.drawn * seconds / 3600


@dataclass(kw_only=True, slots=True)
class SimulatedHome:
    """The household and its cars; `current` is what its meter sees, A per phase."""

    cars: dict[str, Car] = field(
        default_factory=lambda: {
            charger: Car(
                wiring=WIRINGS[charger],
                phases=PHASES_USED[charger],
                most_taken=MOST_TAKEN[charger],
            )
            for charger in CHARGERS
        }
    )
    time: float = 0.0

    @property
    def current(self) -> PhaseValues:
        """A through the main fuse."""
        total = list(BASE_LOAD)
        for car in self.cars.values():
            for line, phase in enumerate(car.wiring):
                total[phase] += car.drawn_on(line)
        for appliance in APPLIANCES:
            total[appliance.phase] += appliance.draws(self.time)
        return PhaseValues(*(round(amps, 1) for amps in total))

    def step(self, seconds: float) -> None:
        """Let time pass, s."""
        self.time += seconds
        for car in self.cars.values():
            car.step(seconds)
