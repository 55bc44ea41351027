"""What happens at the site: a house, its chargers, and the cars that come."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from custom_components.amp_guard.model import Phase, Supply

from .appliances import HOUR, kettle, oven, pump
from .car import CarModel
from .charger import ChargerModel
from .house import HOUSEHOLD_WEEK, House, Step, read_trace

EVENING_BEGINS = 18 * HOUR
"""s into the week: its Monday, when nobody has begun to cook."""
EVENING_LASTS = 4 * HOUR
"""s. After that the trace goes on, and what is made stays off."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A car that is plugged in at `time`, s."""

    time: float
    charger: str
    car: CarModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A site and what happens at it, the same each time for the same `seed`."""

    name: str
    seed: int
    supply: Supply
    house: House
    chargers: tuple[ChargerModel, ...]
    arrivals: tuple[Arrival, ...]


def evening(seed: int = 1) -> Scenario:
    """Return a household's evening: two cars come home to a 25 A main fuse.

    The house is the week's trace from the evening on, and what no trace of minutes
    shows: a kettle on L1, an oven on L2, a pump on L3, each of which overloads the
    fuse within a second where both cars use what was left. Both chargers wake at
    6 A, their offline current limit, until somebody tells them more.
    """
    random = Random(seed)
    oven_begins = random.uniform(92, 98)
    kettles = _now_and_then(
        random, first=random.uniform(145, 155), pause=(180, 420), length=(180, 180)
    )
    pumping = _now_and_then(
        random, first=random.uniform(60, 70), pause=(60, 240), length=(20, 60)
    )
    return Scenario(
        name="evening",
        seed=seed,
        supply=Supply(supply_max_current=25.0),
        house=House(
            _from(read_trace(HOUSEHOLD_WEEK), EVENING_BEGINS),
            kettle(Phase.L1, [start for start, _ in kettles]),
            oven(Phase.L2, oven_begins, oven_begins + HOUR),
            pump(Phase.L3, 3.0, pumping),
        ),
        chargers=(
            ChargerModel(id="garage", resolution=0.1),
            ChargerModel(
                id="carport",
                resolution=0.1,
                wiring=(Phase.L2, Phase.L3, Phase.L1),
                offline_phase=Phase.L2,
            ),
        ),
        arrivals=(
            Arrival(time=random.uniform(1, 4), charger="garage", car=CarModel()),
            Arrival(
                time=random.uniform(4, 9),
                charger="carport",
                car=CarModel(energy_wh=35_000.0, start_delay=27.0, raise_delay=14.0),
            ),
        ),
    )


SCENARIOS: dict[str, Callable[[int], Scenario]] = {"evening": evening}


def _from(trace: Iterable[Step], start: float) -> list[Step]:
    """Return `trace` as seen from `start`, s, which becomes 0."""
    return [Step(step.time - start, step.current) for step in trace]


def _now_and_then(
    random: Random,
    *,
    first: float,
    pause: tuple[float, float],
    length: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return intervals of a length, s, with pauses between, until the evening ends."""
    intervals: list[tuple[float, float]] = []
    start = first
    while start < EVENING_LASTS:
        end = start + random.uniform(*length)
        intervals.append((start, end))
        start = end + random.uniform(*pause)
    return intervals
