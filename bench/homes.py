"""Plausible homes, drawn by chance: their houses, wirings, and moments.

Real: the minute means of a household, from any of twelve weeks for each phase. Made:
that these are three phases, the factor that makes them fit their fuse, and all that
switches within a minute.
"""

from collections.abc import Sequence
from math import exp, inf, log
from random import Random

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    EarthingSystem,
    Group,
    Phase,
    Site,
    Supply,
)
from simulator.appliances import pump, switch
from simulator.charger import line_currents
from simulator.house import House, Step, household_quarter

from .meter import MeterModel
from .scenario import CarSetup, ChargerSetup, Scenario

QUARTER = 12 * 7 * 86_400.0
"""s of the trace."""
RATED_FOR = 25.0
"""A of the fuse that the traced household could have: for a larger one it is scaled up
at most by the ratio."""
BUSIEST = (0.3, 0.9)
"""The share of its fuse that a house's trace reaches at its busiest moment."""
ROOM = 0.95
"""The share of its fuse that the whole house never passes by itself."""


def one_group_home(
    name: str,
    *,
    seed: int,
    duration: float,
    supply: Supply,
    house: House,
    meter: MeterModel,
    chargers: tuple[ChargerSetup, ...],
    cars: tuple[CarSetup, ...],
    description: str = "",
) -> Scenario:
    """Return a home whose chargers all hang behind the main fuse and its meter alone.

    Offline they share the least that a car charges with.
    """
    group = Group(
        id="chargers",
        max_current_online=supply.supply_max_current,
        max_current_offline=6.0,
    )
    return Scenario(
        name=name,
        description=description,
        duration=duration,
        seed=seed,
        site=Site(
            supply=supply,
            groups=(group,),
            chargers=tuple(setup.charger for setup in chargers),
        ),
        house=house,
        group_houses={},
        meters={SUPPLY_ID: meter},
        chargers=chargers,
        cars=cars,
        restarts=(),
        ceilings=(),
        resume_from=None,
        expect=(),
    )


def draw_house(random: Random, supply: Supply, duration: float) -> House:
    """Return what a home but for its cars draws for `duration` s."""
    while True:
        house = House(
            *_traces(random, supply, duration),
            *_switching(random, supply, duration),
            *_pumping(random, duration),
        )
        if _peak(house, supply) <= ROOM * supply.supply_max_current:
            return house


def draw_wiring(random: Random, net: EarthingSystem, phases: int) -> tuple[Phase, ...]:
    """Return which supply phases a charger of so many phases is wired to.

    In an IT net one phase is two lines, and more are all three.
    """
    lines = phases
    if net is EarthingSystem.IT:
        lines = 2 if phases == 1 else 3
    return tuple(random.sample(list(Phase), lines))


def draw_offset(random: Random, interval: float) -> float:
    """Return when in its interval something is read, s.

    In one of three homes it is the very moment in which the meter's sample comes, in
    one a blink away from it, else any.
    """
    kind = random.randrange(3)
    if kind == 0:
        return 0.0
    if kind == 1:
        return random.choice((0.02, 0.05, 0.2, interval - 0.02, interval - 0.2))
    return random.uniform(0.0, interval)


def spread(random: Random, least: float, most: float) -> float:
    """Return a figure between two, as likely to double as to halve."""
    return exp(random.uniform(log(least), log(most)))


def _traces(random: Random, supply: Supply, duration: float) -> list[list[Step]]:
    quarter, limit = household_quarter(), supply.supply_max_current
    starts = [random.uniform(0.0, QUARTER - duration) for _ in Phase]
    cuts = [quarter.cut(phase, starts[phase], duration) for phase in Phase]
    busiest = max(max(step.current) for cut in cuts for step in cut)
    factor = min(
        limit / RATED_FOR, random.uniform(*BUSIEST) * limit / max(busiest, 0.1)
    )
    return [quarter.cut(phase, starts[phase], duration, factor) for phase in Phase]


def _switching(random: Random, supply: Supply, duration: float) -> list[list[Step]]:
    """Return ovens, kettles, heaters: 1 to 16 A that come and go."""
    return [
        switch(
            random.choice(list(Phase)),
            random.uniform(1.0, min(16.0, 0.7 * supply.supply_max_current)),
            _now_and_then(random, duration, on=(5.0, 600.0), off=(10.0, 900.0)),
        )
        for _ in range(random.choice((0, 1, 1, 2, 3)))
    ]


def _pumping(random: Random, duration: float) -> list[list[Step]]:
    """Return a pump that takes four times its current when it starts, or none."""
    if random.random() < 0.7:
        return []
    return [
        pump(
            random.choice(list(Phase)),
            random.uniform(1.5, 4.0),
            _now_and_then(random, duration, on=(20.0, 180.0), off=(120.0, 1200.0)),
        )
    ]


def _now_and_then(
    random: Random,
    duration: float,
    *,
    on: tuple[float, float],
    off: tuple[float, float],
) -> Sequence[tuple[float, float]]:
    """Return intervals like one another, within a factor of two, until the end."""
    usual_on, usual_off = spread(random, *on), spread(random, *off)
    intervals: list[tuple[float, float]] = []
    time = random.uniform(0.0, usual_off)
    while time < duration:
        end = time + usual_on * spread(random, 0.7, 1.4)
        intervals.append((time, end))
        time = end + usual_off * spread(random, 0.7, 1.4)
    return intervals


def _peak(house: House, supply: Supply) -> float:
    """Return the most that a house draws on any phase from the beginning on, A."""
    it = supply.earthing_system is EarthingSystem.IT
    steps = (step.current for step in house.steps if step.time > -inf)
    return max(
        (max(line_currents(current) if it else current) for current in steps),
        default=0.0,
    )
