"""Each fault alone, and two at once, at homes drawn by a seed.

Each home is lived through once without a fault: what its cars drew then is what they
should have again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random

from simulator.car import PHASE_VOLTAGE

from .heater import Heater
from .home import FaultyHome, Place, Story, draw_place
from .kinds import KINDS, AssistantFault, Fault, Kind, draw_faults

AS_WELL = 0.9
"""The share of what would be drawn without the faults from which on it goes on ..."""
LASTING = 10
"""... for so many s in a row."""
RUNS_OF_A_HOME = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Faults at the home of a seed. What is drawn of them is drawn by `number`."""

    kinds: tuple[Kind, ...]
    home: int
    number: int

    @property
    def name(self) -> str:
        """How it is called; `of_name` finds it again."""
        return f"{self.home}.{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of a run.

    `resumed_after` is s from the end of the last fault until the cars drew again what
    they would have; None: not while it was looked at. `told` is s from the beginning of
    the first fault; `lost` is what the cars were given less, kWh.
    """

    run: Run
    story: Story
    resumed_after: float | None
    told: dict[str, float]
    lost: float

    @property
    def trips(self) -> int:
        """How often the fuse went."""
        return len(self.story.trips)

    @property
    def failed(self) -> bool:
        """Whether the fuse went although a charger could still be told."""
        return any(trip.could_be_helped for trip in self.story.trips)


def runs(pairs: int, seed: int) -> list[Run]:
    """Return each fault alone, and so many pairs of two."""
    random = Random(seed)
    every = [
        pair
        for pair in combinations(KINDS, 2)
        if not all(isinstance(kind, AssistantFault) for kind in pair)
    ]
    random.shuffle(every)
    chosen: list[tuple[Kind, ...]] = [(kind,) for kind in KINDS]
    while (missing := len(KINDS) + pairs - len(chosen)) > 0:
        chosen += every[:missing]
    return [
        Run(kinds=kinds, home=seed * 1000 + number // RUNS_OF_A_HOME, number=number)
        for number, kinds in enumerate(chosen)
    ]


def of_name(name: str, pairs: int, seed: int) -> Run:
    """Return the run of that name."""
    return next(each for each in runs(pairs, seed) if each.name == name)


def run_home(together: Iterable[Run], *, heater: bool | None = None) -> list[Outcome]:
    """Return what comes of runs at one home.

    `heater`: with a water heater there, which is a controllable load or not.
    """
    together = list(together)
    place = draw_place(together[0].home)
    faults = {
        each: draw_faults(each.kinds, place.start, Random(each.number))
        for each in together
    }
    ends = max(fault.end for some in faults.values() for fault in some)
    undamaged = _home(place, [], heater).run(ends)
    return [_run(place, each, faults[each], undamaged, heater) for each in together]


def _home(place: Place, faults: list[Fault], heater: bool | None) -> FaultyHome:
    if heater is None:
        return FaultyHome(place, faults)
    return FaultyHome(place, faults, Heater(place.house, controllable=heater))


def by_home(all_runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Return the runs, those of one home together."""
    homes: dict[int, list[Run]] = {}
    for each in all_runs:
        homes.setdefault(each.home, []).append(each)
    yield from homes.values()


def _run(
    place: Place,
    run: Run,
    faults: list[Fault],
    undamaged: Story,
    heater: bool | None,
) -> Outcome:
    story = _home(place, faults, heater).run()
    first = min(fault.start for fault in faults)
    end = int(max(fault.end for fault in faults)) + 1
    resumed = _resumed(story.drawn[end:], undamaged.drawn[end:])
    given = sum(story.drawn), sum(undamaged.drawn[: len(story.drawn)])
    return Outcome(
        run=run,
        story=story,
        resumed_after=resumed,
        told={what: at - first for what, at in story.told.items()},
        lost=(given[1] - given[0]) * place.cars.phases * PHASE_VOLTAGE / 3.6e6,
    )


def _resumed(drawn: list[float], undamaged: list[float]) -> float | None:
    as_well = 0
    for second, (amps, without) in enumerate(zip(drawn, undamaged, strict=False)):
        as_well = as_well + 1 if amps >= AS_WELL * without else 0
        if as_well == LASTING:
            return float(second - LASTING + 1)
    return None
