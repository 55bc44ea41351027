"""Plausible homes: an hour of a house, its meter, its chargers and their cars.

With a neutral and behind a gG fuse: what a breaker carries of an overload is over before
any car has followed a cut.
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from custom_components.amp_guard.model import Charger, EarthingSystem, Supply
from simulator.car import CarModel

from ..homes import draw_house, draw_offset, draw_wiring, one_group_home, spread
from ..meter import MeterModel
from ..reporting import ReportModel
from ..scenario import CarSetup, ChargerSetup, Scenario

HOUR = 3600.0
FUSES = (16.0, 20.0, 25.0, 25.0, 25.0, 35.0, 35.0, 50.0, 63.0)
COUNTS = (1, 1, 1, 2, 2, 3, 4)
INTERVALS = (1.0, 1.0, 1.0, 2.0, 3.0, 5.0, 10.0, 10.0, 30.0)
ODD = 0.12
"""The share of cars that have each of the odd ways."""


def draw_home(seed: int, number: int) -> Scenario:
    """Return home `number` of those of `seed`: the same two give the same home."""
    random = Random(f"home {seed} {number}")
    supply = Supply(supply_max_current=random.choice(FUSES))
    house = draw_house(random, supply, HOUR)
    meter = _meter(random)
    count = random.choice(COUNTS)
    cars = [_car(random) for _ in range(count)]
    chargers = tuple(
        _charger(random, f"charger-{index}", car)
        for index, car in enumerate(cars, start=1)
    )
    return one_group_home(
        f"{seed}/{number}",
        description=describe(supply, meter, chargers, cars),
        seed=number,
        duration=HOUR,
        supply=supply,
        house=house,
        meter=meter,
        chargers=chargers,
        cars=tuple(
            CarSetup(
                id=f"car-{index}",
                charger=f"charger-{index}",
                arrival=random.choice((0.0, random.uniform(0.0, HOUR / 3))),
                departure=HOUR,
                model=car,
            )
            for index, car in enumerate(cars, start=1)
        ),
    )


def describe(
    supply: Supply,
    meter: MeterModel,
    chargers: tuple[ChargerSetup, ...],
    cars: list[CarModel],
) -> str:
    """Return a home in a line."""
    parts = [
        f"{supply.supply_max_current:g} A",
        ", ".join(_words_of_meter(meter)),
    ]
    parts += [
        ", ".join(_words(setup, car)) for setup, car in zip(chargers, cars, strict=True)
    ]
    return "; ".join(parts)


def _words_of_meter(meter: MeterModel) -> Iterator[str]:
    yield f"meter {meter.interval:g} s, {meter.resolution:g} A"
    if not meter.signed:
        yield "unsigned"
    if meter.delay:
        yield f"{meter.delay:g} s late"
    if meter.noise:
        yield f"noise {meter.noise:g} A"


def _words(setup: ChargerSetup, car: CarModel) -> Iterator[str]:
    """Yield what is to be known of a charger and its car."""
    charger, report = setup.charger, setup.report
    wiring = "".join(str(phase + 1) for phase in charger.wiring)
    yield f"L{wiring} step {charger.resolution:g} A, lag {setup.command_lag:.0f} s"
    if not report.draw:
        yield "no report"
    else:
        way = "on change" if report.only_changes else f"each {report.interval:g} s"
        yield f"reports {way} at {report.offset:.2f} s, {report.delay:.0f} s late"
    yield f"car {min(car.phases, len(charger.wiring))}-phase"
    if setup.rounds_to:
        yield f"rounds to {setup.rounds_to:g} A"
    if car.min_current > charger.min_current:
        yield f"from {car.min_current:.1f} A"
    if car.interrupts_for:
        yield f"interrupts itself {car.interrupts_for:.0f} s"
    if car.start_delay > 40.0:
        yield f"slow: {car.start_delay:.0f} s"


def _meter(random: Random) -> MeterModel:
    return MeterModel(
        interval=random.choice(INTERVALS),
        offset=0.0,
        delay=random.choice((0.0, 0.0, 0.0, 1.0, 2.0)),
        resolution=random.choice((0.1, 0.1, 0.1, 0.5, 1.0)),
        noise=random.choice((0.0, 0.0, 0.1, 0.3)),
        signed=random.random() < 0.7,
        checked=True,
    )


def _car(random: Random) -> CarModel:
    car = CarModel(
        energy_wh=1000 * random.uniform(3.0, 40.0),
        phases=random.choice((1, 2, 3, 3, 3)),
        max_current=random.choice((10.0, 13.0, 16.0, 16.0, 16.0, 32.0)),
        start_delay=random.uniform(2.0, 40.0),
        one_phase_first=random.choice((0.0, 0.0, 10.0)),
        raise_delay=random.uniform(0.0, 15.0),
        ramp_up=spread(random, 0.5, 8.0),
        follow_down=random.uniform(0.5, 5.0),
    )
    if random.random() < ODD:
        car = replace(car, start_delay=random.uniform(45.0, 90.0), ramp_up=0.2)
    if random.random() < ODD:
        car = replace(
            car,
            charges_for=random.uniform(120.0, 900.0),
            interrupts_for=random.uniform(10.0, 60.0),
        )
    if random.random() < ODD:
        car = replace(car, min_current=random.uniform(8.0, 10.0))
    return car


def _charger(random: Random, name: str, car: CarModel) -> ChargerSetup:
    lag = spread(random, 1.0, 20.0)
    step = random.choice((0.1, 0.5, 1.0, 1.0, 1.0, 2.0))
    return ChargerSetup(
        charger=Charger(
            id=name,
            group="chargers",
            wiring=draw_wiring(
                random, EarthingSystem.TN, random.choice((1, 2, 3, 3, 3, 3))
            ),
            max_current=random.choice((16.0, 16.0, 16.0, 32.0)),
            resolution=step,
            command_lag=lag + car.follow_down,
        ),
        command_lag=lag,
        limit=None,
        report=_report(random),
        rounds_to=1.0 if step < 1.0 and random.random() < 0.5 else None,
    )


def _report(random: Random) -> ReportModel:
    """Return how a charger reports; in one of seven it is never what it draws."""
    if random.random() < 1 / 7:
        return ReportModel(draw=False, offset=draw_offset(random, 1.0))
    interval = random.choice((1.0, 1.0, 5.0, 10.0, 10.0, 30.0))
    changes = random.random() < 0.25
    interval = 1.0 if changes else interval
    late = random.choice((0.0, 0.0, 0.0, 1.0, random.uniform(1.0, 60.0)))
    return ReportModel(
        interval=interval,
        offset=draw_offset(random, interval),
        delay=late,
        draw_interval=interval,
        draw_resolution=random.choice((0.01, 0.1, 0.1, 1.0)),
        only_changes=changes,
        silent_after=180.0 if changes else None,
    )
