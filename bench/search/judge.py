"""All contenders on one home: what flowed, who charged, what it took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial

from custom_components.amp_guard.model import SUPPLY_ID

from ..closed_loop import ClosedLoop, MakeDecider, balancer
from ..optimum import optimum_kwh
from ..scenario import Scenario
from .contenders import HEADROOM_FOR, Ideal, PlainLoop
from .homes import draw_home

OURS = "ours"
PATIENT = "ideal, 30 s"
CONTENDERS: Mapping[str, MakeDecider] = {
    OURS: balancer,
    "plain loop": PlainLoop,
    PATIENT: partial(Ideal, patience=HEADROOM_FOR),
    "ideal": partial(Ideal, patience=0.0),
}
FAST = 10.0
"""s between the samples of a meter with which no car is to make a fuse go."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What came of one home, or of many.

    `hours` and `charger_hours` that were run; `energy` and `optimum` in kWh;
    `seconds_over` and `amp_seconds_over` by what the cars add above the fuse; `trips`
    of the fuse, `fast_trips` those of them with a meter of 10 s or faster.
    """

    hours: float
    charger_hours: float
    energy: float
    optimum: float
    seconds_over: float
    amp_seconds_over: float
    trips: int
    fast_trips: int
    lock_outs: int
    stops: int
    commands: int

    @property
    def share(self) -> float:
        """The share of what perfect foresight could have given."""
        return self.energy / self.optimum if self.optimum else 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One home, and what came of it with each contender."""

    name: str
    description: str
    figures: Mapping[str, Figures]


def run_home(home: tuple[int, int]) -> Outcome:
    """Return what comes of the home of a seed and a number."""
    return judge(draw_home(*home))


def judge(
    scenario: Scenario, contenders: Mapping[str, MakeDecider] = CONTENDERS
) -> Outcome:
    """Run each contender on a home and return what came of it."""
    optimum = optimum_kwh(scenario)
    return Outcome(
        name=scenario.name,
        description=scenario.description,
        figures={
            name: _figures(scenario, make, optimum) for name, make in contenders.items()
        },
    )


def add_up(figures: Sequence[Figures]) -> Figures:
    """Return the sum of all."""
    return Figures(
        **{
            field.name: sum(getattr(each, field.name) for each in figures)
            for field in fields(Figures)
        }
    )


def _figures(scenario: Scenario, make: MakeDecider, optimum: float) -> Figures:
    run = ClosedLoop(scenario, make_decider=make).run()
    record = run.record
    over = record.nodes[SUPPLY_ID].over
    hours = scenario.duration / 3600
    is_fast = scenario.meters[SUPPLY_ID].interval <= FAST
    return Figures(
        hours=hours,
        charger_hours=hours * len(scenario.chargers),
        energy=sum(record.energy_kwh.values()),
        optimum=optimum,
        seconds_over=over.seconds,
        amp_seconds_over=over.amp_seconds,
        trips=record.fuse_trips,
        fast_trips=record.fuse_trips if is_fast else 0,
        lock_outs=record.lock_outs,
        stops=record.stops,
        commands=sum(run.commands.values()),
    )
