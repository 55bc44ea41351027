"""What perfect foresight could deliver: an upper bound for every balancer.

A linear programme over time. It knows the house and the cars in advance and keeps every
limit, minimum and maximum to the ampere. Of the lags it keeps those that no foresight
removes: a car's first start delay, and its ramp upwards from its minimum. It does not
round to whole amps, forgets the seconds on one phase, and where several cars share, it
may split what is left below their minimums: all three only make the bound higher. It
switches no phases: a charger that can be set to one may pass it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, inf, radians

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Charger,
    EarthingSystem,
    PhaseValues,
)
from simulator.car import PHASE_VOLTAGE
from simulator.charger import circuit_loads

from .scenario import CarSetup, Scenario

_RAMP_SLOT = 1.0
"""s. In slots of this length a ramp is followed."""
_IT_DIRECTIONS = 7
"""So many tangents stand for the round limit of an IT net's line current."""

type Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Row:
    """One limit: `weights` x loads at `node` is at most `limit`, A."""

    node: str
    weights: Vector
    limit: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Visit:
    """One car and what it weighs in each row, per A."""

    car: CarSetup
    start: float
    least: float
    most: float
    watts: float
    """W per A."""
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A kind of moment: who could draw how much, and what each row leaves for all."""

    caps: tuple[tuple[int, float], ...]
    rooms: tuple[float, ...]


def optimum_kwh(scenario: Scenario) -> float:
    """Return the most energy in kWh that the cars could have been given."""
    rows = list(_rows(scenario))
    visits = [_visit(scenario, car, rows) for car in scenario.cars]
    slots = _slots(scenario, rows, visits)
    return _solve(slots, visits) / 1000 if slots else 0.0


def _rows(scenario: Scenario) -> Iterable[_Row]:
    site = scenario.site
    limits = {SUPPLY_ID: site.supply.supply_max_current}
    limits |= {group.id: group.max_current_online for group in site.groups}
    tn = site.supply.earthing_system is EarthingSystem.TN
    for node, limit in limits.items():
        for weights in _TN_WEIGHTS if tn else _it_weights():
            yield _Row(node, weights, limit)


_TN_WEIGHTS: tuple[Vector, ...] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def _it_weights() -> Iterable[Vector]:
    """Each line carries two loads, 60° apart; project them on directions between."""
    for first, second in ((0, 2), (1, 0), (2, 1)):
        for step in range(_IT_DIRECTIONS):
            angle = radians(60 * step / (_IT_DIRECTIONS - 1))
            weights = [0.0, 0.0, 0.0]
            weights[first] = cos(angle)
            weights[second] = cos(radians(60) - angle)
            yield weights[0], weights[1], weights[2]


def _visit(scenario: Scenario, car: CarSetup, rows: Sequence[_Row]) -> _Visit:
    setup = next(each for each in scenario.chargers if each.charger.id == car.charger)
    charger, model = setup.charger, car.model
    groups = {group.id: group for group in scenario.site.groups}
    earthing_system = scenario.site.supply.earthing_system
    circuits = circuit_loads(charger.wiring, earthing_system)[: model.phases]
    path = _path(charger, scenario)
    user_limit = setup.report.user_limit
    return _Visit(
        car=car,
        start=car.arrival + model.start_delay,
        least=max(
            charger.min_current, model.min_current, groups[charger.group].min_current
        ),
        most=min(
            charger.max_current,
            model.max_current,
            inf if user_limit is None else user_limit,
        ),
        watts=PHASE_VOLTAGE * len(circuits),
        weights=tuple(
            sum(row.weights[load] for load in circuits) if row.node in path else 0.0
            for row in rows
        ),
    )


def _path(charger: Charger, scenario: Scenario) -> set[str]:
    parents = {group.id: group.parent for group in scenario.site.groups}
    node, path = charger.group, {SUPPLY_ID}
    while node != SUPPLY_ID:
        path.add(node)
        node = parents[node]
    return path


def _slots(
    scenario: Scenario, rows: Sequence[_Row], visits: Sequence[_Visit]
) -> dict[_Slot, float]:
    """Return every kind of moment and how many s it lasts in all."""
    slots: dict[_Slot, float] = {}
    levels = [0.0] * len(visits)
    for start, end in pairwise(_times(scenario, visits)):
        rooms = _rooms(scenario, rows, start)
        present = {
            number: _alone(scenario, visit, rooms, start)
            for number, visit in enumerate(visits)
            if visit.start <= start < visit.car.departure
        }
        for number, visit in enumerate(visits):
            room = present.get(number, 0.0)
            levels[number] = (
                0.0
                if room < visit.least
                else min(room, max(levels[number], visit.least))
            )
        time = start
        while time < end:
            ramping = any(levels[number] < room for number, room in present.items())
            dt = min(_RAMP_SLOT, end - time) if ramping else end - time
            caps = []
            for number, room in present.items():
                if room < visits[number].least:
                    continue
                ramp = visits[number].car.model.ramp_up
                caps.append((number, round(min(room, levels[number] + ramp * dt), 3)))
                levels[number] = min(room, levels[number] + ramp * dt)
            if caps:
                slot = _Slot(tuple(caps), _binding(rooms, caps, visits))
                slots[slot] = slots.get(slot, 0.0) + dt
            time += dt
    return slots


def _times(scenario: Scenario, visits: Sequence[_Visit]) -> list[float]:
    end = scenario.duration
    times = {0.0, end}
    for house in (scenario.house, *scenario.group_houses.values()):
        times.update(step.time for step in house.steps)
    for visit in visits:
        times |= {visit.start, visit.car.departure}
    for timed in scenario.ceilings:
        times |= {timed.start, timed.ceiling.expires}
    return sorted(time for time in times if 0 <= time <= end)


def _rooms(scenario: Scenario, rows: Sequence[_Row], time: float) -> tuple[float, ...]:
    """Return what each row leaves for cars, A."""
    parents = {group.id: group.parent for group in scenario.site.groups}
    loads = {SUPPLY_ID: scenario.house.current_at(time)}
    loads |= dict.fromkeys(parents, PhaseValues(0.0, 0.0, 0.0))
    for group, house in scenario.group_houses.items():
        behind, node = house.current_at(time), group
        while True:
            loads[node] = PhaseValues(
                *(a + b for a, b in zip(loads[node], behind, strict=True))
            )
            if node == SUPPLY_ID:
                break
            node = parents[node]
    ceilings = _ceilings(scenario, time)
    return tuple(
        min(row.limit, ceilings.get(row.node, inf))
        - sum(w * load for w, load in zip(row.weights, loads[row.node], strict=True))
        for row in rows
    )


def _ceilings(scenario: Scenario, time: float) -> Mapping[str, float]:
    lowest: dict[str, float] = {}
    for timed in scenario.ceilings:
        ceiling = timed.ceiling
        if timed.start <= time < ceiling.expires:
            lowest[ceiling.target] = min(
                ceiling.current, lowest.get(ceiling.target, inf)
            )
    return lowest


def _alone(
    scenario: Scenario, visit: _Visit, rooms: tuple[float, ...], time: float
) -> float:
    """Return what this car could draw if it were the only one, A."""
    most = min(visit.most, _ceilings(scenario, time).get(visit.car.charger, inf))
    for weight, room in zip(visit.weights, rooms, strict=True):
        if weight > 0:
            most = min(most, room / weight)
    return most


def _binding(
    rooms: tuple[float, ...],
    caps: Sequence[tuple[int, float]],
    visits: Sequence[_Visit],
) -> tuple[float, ...]:
    """Return the rooms that the caps together could pass; the others as inf."""
    return tuple(
        round(room, 3)
        if sum(visits[number].weights[row] * cap for number, cap in caps) > room
        else inf
        for row, room in enumerate(rooms)
    )


def _solve(slots: Mapping[_Slot, float], visits: Sequence[_Visit]) -> float:
    """Return the most Wh that fit: one variable (Wh) for each car in each slot."""
    most: list[float] = []
    entries: list[tuple[int, int, float]] = []  # row, variable, weight
    bounds: list[float] = [visit.car.model.energy_wh for visit in visits]
    for slot, seconds in slots.items():
        hours = seconds / 3600
        row_of: dict[int, int] = {}
        for number, cap in slot.caps:
            visit, variable = visits[number], len(most)
            most.append(cap * visit.watts * hours)
            entries.append((number, variable, 1.0))
            for row, room in enumerate(slot.rooms):
                weight = visit.weights[row]
                if room == inf or weight <= 0:
                    continue
                if row not in row_of:
                    row_of[row] = len(bounds)
                    bounds.append(max(room, 0.0) * hours)
                entries.append((row_of[row], variable, weight / visit.watts))
    if not most:
        return 0.0
    rows, variables, weights = (
        np.array(column) for column in zip(*entries, strict=True)
    )
    at_most = coo_array((weights, (rows, variables)), shape=(len(bounds), len(most)))
    solution = linprog(  # type: ignore[call-overload] # its types forget sparse arrays
        [-1.0] * len(most),
        A_ub=at_most.tocsr(),
        b_ub=bounds,
        bounds=[(0.0, each) for each in most],
        method="highs",
    )
    if not solution.success:
        raise ArithmeticError(f"the optimum was not found: {solution.message}")
    return float(-solution.fun)
