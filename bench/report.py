"""The figures of a run, as the judge's record has them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from custom_components.amp_guard.model import SUPPLY_ID
from simulator.car import PHASE_VOLTAGE
from simulator.record import NodeRecord, Record
from simulator.world import World

from .closed_loop import ClosedLoop, Run
from .field import told
from .optimum import optimum_kwh
from .scenario import CarSetup, Scenario
from .scenario_file import load


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What bench/README.md says of each figure."""

    scenario: str
    duration_s: float
    seconds_over: float
    longest_over_s: float
    amp_seconds_over: float
    site_seconds_over: float
    site_amp_seconds_over: float
    peak_a: float
    theta_max: float
    fuse_trips: int
    fuse_trips_house_alone: int
    groups: Mapping[str, Mapping[str, float]]
    energy_kwh: Mapping[str, float]
    energy_total_kwh: float
    optimum_kwh: float
    optimum_share: float
    jain: float
    energy_spread: float
    cars_charged: int
    resumed_after_s: float | None
    commands: Mapping[str, int]
    commands_per_hour: float
    starts: int
    stops: int
    false_samples: int
    rejected_samples: int
    grants_from_false: int
    decisions: int
    decide_us: Mapping[str, float]

    def as_dict(self) -> dict[str, object]:
        """Return the report as JSON has it."""
        return asdict(self)

    def misses(self, scenario: Scenario) -> list[str]:
        """Return what lies outside the scenario's bounds, in words."""
        misses = []
        for bound in scenario.expect:
            figure = self.figure(bound.figure)
            if figure is None:
                misses.append(f"{bound.figure} never happened")
            elif figure < bound.least:
                misses.append(
                    f"{bound.figure} is {figure:g}, less than {bound.least:g}"
                )
            elif figure > bound.most:
                misses.append(f"{bound.figure} is {figure:g}, more than {bound.most:g}")
        return misses

    def figure(self, name: str) -> float | None:
        """Return a figure by its name, with a dot before what lies within another."""
        first, _, inner = name.partition(".")
        value = getattr(self, first)
        if first == "groups":
            group, _, inner = inner.rpartition(".")
            value = value[group]
        figure: float | None = value[inner] if inner else value
        return figure


def run_file(path: Path, way: str | None = None) -> Report:
    """Read a scenario, run it, told in a `way` of the field if any, and report."""
    scenario = load(path)
    return run_scenario(scenario if way is None else told(scenario, way))


def run_scenario(scenario: Scenario) -> Report:
    """Run a scenario and report."""
    return make_report(scenario, ClosedLoop(scenario).run())


def make_report(scenario: Scenario, run: Run) -> Report:
    """Report on a run."""
    record = run.record
    supply = record.nodes[SUPPLY_ID]
    energy = record.energy_kwh
    total = sum(energy.values())
    optimum = optimum_kwh(scenario)
    hours = scenario.duration / 3600
    corruption = run.corruption
    decide_us = sorted(each / 1000 for each in run.decide_ns) or [0.0]
    return Report(
        scenario=scenario.name,
        duration_s=scenario.duration,
        seconds_over=round(supply.over.seconds, 2),
        longest_over_s=round(supply.over.longest, 2),
        amp_seconds_over=round(supply.over.amp_seconds, 1),
        site_seconds_over=round(supply.over_with_house.seconds, 2),
        site_amp_seconds_over=round(supply.over_with_house.amp_seconds, 1),
        peak_a=round(supply.peak, 2),
        theta_max=round(record.theta_max, 3),
        fuse_trips=record.fuse_trips,
        fuse_trips_house_alone=_house_alone(scenario).fuse_trips,
        groups={
            node: _group_figures(each)
            for node, each in record.nodes.items()
            if node != SUPPLY_ID
        },
        energy_kwh={car: round(kwh, 3) for car, kwh in energy.items()},
        energy_total_kwh=round(total, 3),
        optimum_kwh=round(optimum, 3),
        optimum_share=round(total / optimum, 4) if optimum else 1.0,
        jain=round(_jain([_share_of_alone(car, energy) for car in scenario.cars]), 4),
        energy_spread=round(_spread(energy), 4),
        cars_charged=sum(car.energy_wh > 0 for car in record.cars.values()),
        resumed_after_s=_resumed_after(scenario, run),
        commands=run.commands,
        commands_per_hour=round(max(run.commands.values()) / hours, 2),
        starts=record.starts,
        stops=record.stops,
        false_samples=corruption.false_samples if corruption else 0,
        rejected_samples=corruption.rejected_samples if corruption else 0,
        grants_from_false=corruption.grants_from_false if corruption else 0,
        decisions=len(run.decide_ns),
        decide_us={
            "median": round(median(decide_us), 1),
            "p99": round(decide_us[int(0.99 * (len(decide_us) - 1))], 1),
        },
    )


def _house_alone(scenario: Scenario) -> Record:
    """Return what the judge would have seen without any car."""
    site = scenario.site
    world = World(scenario.house, (), site.supply, site.groups, scenario.group_houses)
    world.advance(scenario.duration)
    return world.record


def _group_figures(node: NodeRecord) -> dict[str, float]:
    return {
        "seconds_over": round(node.over.seconds, 2),
        "longest_over_s": round(node.over.longest, 2),
        "amp_seconds_over": round(node.over.amp_seconds, 1),
        "peak_a": round(node.peak, 2),
    }


def _share_of_alone(car: CarSetup, energy: Mapping[str, float]) -> float:
    """Return its energy as a share of what it takes with no house and no other car."""
    model = car.model
    hours = (car.departure - car.arrival) / 3600
    most = PHASE_VOLTAGE * model.phases * model.max_current * hours
    return energy.get(car.id, 0.0) * 1000 / min(model.energy_wh, most)


def _jain(shares: list[float]) -> float:
    """Return Jain's index: 1 is equal, 1/n is all for one of n."""
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 1.0


def _spread(energy: Mapping[str, float]) -> float:
    """Return how far the least is below the most, as a share of the most."""
    most = max(energy.values(), default=0.0)
    return (most - min(energy.values())) / most if most else 0.0


def _resumed_after(scenario: Scenario, run: Run) -> float | None:
    """Return the s until every car that stands there at `resume_from` draws (again)."""
    start = scenario.resume_from
    if start is None:
        return None
    waits: list[float] = []
    for car in scenario.cars:
        record = run.record.cars.get(car.id)
        if record is None or not car.arrival <= start < car.departure:
            continue
        if record.full_at is not None and record.full_at <= start:
            continue
        begun = [time for time in record.started_at if time <= start]
        ended = [time for time in record.stopped_at if time <= start]
        if len(begun) > len(ended):
            waits.append(0.0)
            continue
        again = [time for time in record.started_at if time > start]
        if not again:
            return None
        waits.append(again[0] - start)
    return round(max(waits), 1) if waits else None
