"""Scenarios from JSON files: checked by the schema, then by what the schema cannot say."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
import json
from math import inf
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    BalancerType,
    Ceiling,
    Charger,
    EarthingSystem,
    FuseType,
    Group,
    Phase,
    PhaseValues,
    Site,
    SiteError,
    Supply,
)
from simulator.appliances import daily_appliances, kettle, oven, pump, switch
from simulator.car import CarModel
from simulator.house import HOUSEHOLD_WEEK, House, Step, TraceError, read_trace

from .meter import MeterModel
from .reporting import ReportModel
from .scenario import (
    Bound,
    CarSetup,
    ChargerSetup,
    Scenario,
    ScenarioError,
    TimedCeiling,
)
from .spells import Spell

SCENARIOS = Path(__file__).parent / "scenarios"
SCHEMA = Path(__file__).parent / "scenario.schema.json"

NAMED_TRACES = {"household_week": HOUSEHOLD_WEEK}

type Json = Mapping[str, Any]


def load(path: Path) -> Scenario:
    """Read a scenario.

    Raises:
        ScenarioError: The file cannot be run.
    """
    try:
        data = json.loads(path.read_text(), parse_constant=_refuse_constant)
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read ({error})") from error
    except (json.JSONDecodeError, ScenarioError) as error:
        raise ScenarioError(f"{path}: not JSON ({error})") from error
    try:
        _check_schema(data)
        return _build(path, data)
    except (ScenarioError, TraceError, SiteError) as error:
        raise ScenarioError(f"{path}: {error}") from error


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text()))


def _refuse_constant(name: str) -> float:
    raise ScenarioError(f"{name} is no number")


def _check_schema(data: object) -> None:
    errors = sorted(_validator().iter_errors(data), key=lambda error: error.json_path)
    if errors:
        faults = (f"{error.json_path}: {error.message}" for error in errors)
        raise ScenarioError("; ".join(faults))


def _build(path: Path, data: Json) -> Scenario:
    duration = float(data["duration"])
    seed = data.get("seed", 1)
    supply = _supply(data["supply"])
    groups = _groups(data, supply)
    cars = tuple(_cars(data, duration))
    chargers = tuple(_chargers(data, groups, cars, supply))
    charger_ids = {setup.charger.id for setup in chargers}
    _check_cars(cars, charger_ids, duration)
    named = {"energy_kwh": {car.id for car in cars}, "commands": charger_ids}
    named["groups"] = {group.id for group in groups}
    _check_expect(data.get("expect", {}), named)
    site = Site(
        supply=supply,
        groups=groups,
        chargers=tuple(setup.charger for setup in chargers),
        balancer_type=BalancerType(data.get("balancer_type", "fair_share")),
        turn=data.get("turn", 1800.0),
    )
    group_data = {group["id"]: group for group in data.get("groups", ())}
    meters = {SUPPLY_ID: _meter(data.get("meter", {}))} if supply.metered else {}
    meters |= {
        group.id: _meter(group_data[group.id].get("meter", {}))
        for group in groups
        if group.metered
    }
    return Scenario(
        name=data.get("name", path.stem),
        description=data.get("description", ""),
        duration=duration,
        seed=seed,
        site=site,
        house=_house(path, data.get("house", {}), seed, duration),
        group_houses={
            id_: _house(path, group["house"], seed, duration)
            for id_, group in group_data.items()
            if "house" in group
        },
        meters=meters,
        chargers=chargers,
        cars=cars,
        restarts=_spells(
            [restart["at"], restart["at"] + restart.get("down", 0)]
            for restart in data.get("restarts", ())
        ),
        ceilings=tuple(_ceilings(data, site)),
        resume_from=data.get("resume_from"),
        expect=tuple(
            Bound(
                figure=figure,
                least=bound.get("min", -inf),
                most=bound.get("max", inf),
            )
            for figure, bound in data.get("expect", {}).items()
        ),
    )


def _supply(data: Json) -> Supply:
    return Supply(
        supply_max_current=data["supply_max_current"],
        fuse_type=FuseType(data.get("fuse_type", "gg")),
        earthing_system=EarthingSystem(data.get("net", "tn")),
        metered=data.get("metered", True),
    )


def _groups(data: Json, supply: Supply) -> tuple[Group, ...]:
    """Return the groups; where none is described, one as large as the supply."""
    described = data.get("groups") or [{"id": "chargers"}]
    groups = tuple(_group(each, supply) for each in described)
    ids = [group.id for group in groups]
    _refuse_twins("groups", [*ids, SUPPLY_ID])
    for group in groups:
        _refuse_unknown(f"groups {group.id}: parent", group.parent, [*ids, SUPPLY_ID])
    above = {group.id: group.parent for group in groups}
    for node in ids:
        seen = {node}
        while (node := above.get(node, SUPPLY_ID)) != SUPPLY_ID:
            if node in seen:
                raise ScenarioError(f"groups: {node} lies within itself")
            seen.add(node)
    return groups


def _group(data: Json, supply: Supply) -> Group:
    online = data.get("max_current_online", supply.supply_max_current)
    settings = {
        **_picked(data, Group, but=("phases",)),
        "max_current_online": online,
        "max_current_offline": data.get("max_current_offline", online),
    }
    if "phases" in data:
        settings["phases"] = _phases(data["phases"])
    return Group(**settings)


def _chargers(
    data: Json, groups: tuple[Group, ...], cars: tuple[CarSetup, ...], supply: Supply
) -> Iterable[ChargerSetup]:
    defaults = data.get("charger_defaults", {})
    described = [{**defaults, **each} for each in data["chargers"]]
    _refuse_twins("chargers", [each["id"] for each in described])
    by_id = {group.id: group for group in groups}
    for each in described:
        group = each.get("group", groups[0].id)
        _refuse_unknown(f"chargers {each['id']}: group", group, by_id)
        wiring = _phases(each["wiring"]) if "wiring" in each else by_id[group].phases
        if supply.earthing_system is EarthingSystem.IT and len(wiring) < 2:
            raise ScenarioError(
                f"chargers {each['id']}: wiring: an IT net needs two or three lines"
            )
        lag = each.get("command_lag", 1.0)
        follow_down = [
            car.model.follow_down for car in cars if car.charger == each["id"]
        ]
        settings = {
            **_picked(
                each,
                Charger,
                but=("wiring", "offline_phase", "command_lag"),
            ),
            "group": group,
            "wiring": wiring,
            "command_lag": each.get(
                "followed_within", lag + max(follow_down, default=0.0)
            ),
        }
        if each.get("switches_phases"):
            settings["one_phase_choices"] = wiring[:1]
        if "offline_phase" in each:
            settings["offline_phase"] = Phase[each["offline_phase"].upper()]
        yield ChargerSetup(
            charger=Charger(**settings),
            command_lag=lag,
            limit=each.get("limit"),
            rounds_to=each.get("rounds_to"),
            report=ReportModel(
                **_picked(each.get("reports", {}), ReportModel),
                lost=_spells(each.get("lost", ())),
                user_limit=each.get("user_limit"),
            ),
        )


def _cars(data: Json, duration: float) -> Iterable[CarSetup]:
    defaults = data.get("car_defaults", {})
    for number, own in enumerate(data["cars"], start=1):
        each = {**defaults, **own}
        settings = _picked(each, CarModel)
        if "energy_kwh" in each:
            settings["energy_wh"] = each["energy_kwh"] * 1000
        yield CarSetup(
            id=each.get("id", f"car-{number}"),
            charger=each["charger"],
            arrival=each.get("arrival", 0.0),
            departure=each.get("departure", duration),
            model=CarModel(**settings),
        )


def _check_cars(
    cars: tuple[CarSetup, ...], chargers: set[str], duration: float
) -> None:
    _refuse_twins("cars", [car.id for car in cars])
    for car in cars:
        _refuse_unknown(f"cars {car.id}: charger", car.charger, chargers)
        if not 0 <= car.arrival < min(car.departure, duration):
            raise ScenarioError(
                f"cars {car.id}: must arrive before it departs and before the end"
            )
        if car.model.min_current > car.model.max_current:
            raise ScenarioError(f"cars {car.id}: min_current is above max_current")
    by_charger: dict[str, CarSetup] = {}
    for car in sorted(cars, key=lambda car: car.arrival):
        before = by_charger.get(car.charger)
        if before and before.departure > car.arrival:
            raise ScenarioError(
                f"cars {car.id}: {before.id} still stands at {car.charger}"
            )
        by_charger[car.charger] = car


def _check_expect(figures: Iterable[str], named: Mapping[str, set[str]]) -> None:
    """Refuse a bound on a car, a charger or a group that is not there."""
    for figure in figures:
        kind, _, rest = figure.partition(".")
        if kind in named:
            name = rest.rpartition(".")[0] if kind == "groups" else rest
            _refuse_unknown(f"expect {figure}", name, named[kind])


def _meter(data: Json) -> MeterModel:
    return MeterModel(
        **_picked(data, MeterModel, but=("dropouts", "frozen")),
        dropouts=_spells(data.get("dropouts", ())),
        frozen=_spells(data.get("frozen", ())),
    )


def _house(path: Path, data: Json, seed: int, duration: float) -> House:
    sources: list[list[Step]] = []
    if "steps" in data:
        sources.append(_steps(data["steps"]))
    if "trace" in data:
        name = data["trace"]
        trace = read_trace(NAMED_TRACES.get(name, path.parent / name))
        start = data.get("trace_from", 0.0)
        sources.append([Step(step.time - start, step.current) for step in trace])
    sources += [
        kettle(_phase(each), each["starts"]) for each in data.get("kettles", ())
    ]
    sources += [
        oven(_phase(each), each["start"], each["end"]) for each in data.get("ovens", ())
    ]
    sources += [
        pump(_phase(each), each["current"], _spells(each["intervals"]))
        for each in data.get("pumps", ())
    ]
    sources += [
        switch(_phase(each), each["current"], _spells(each["intervals"]))
        for each in data.get("switches", ())
    ]
    if data.get("daily_appliances"):
        sources += daily_appliances(seed, duration)
    return House(*sources)


def _steps(rows: Iterable[list[float]]) -> list[Step]:
    steps: list[Step] = []
    for time, *amps in rows:
        if steps and time <= steps[-1].time:
            raise ScenarioError("house.steps: the times must rise")
        l1, l2, l3 = amps if len(amps) == len(Phase) else amps * len(Phase)
        steps.append(Step(time, PhaseValues(l1, l2, l3)))
    return steps


def _ceilings(data: Json, site: Site) -> Iterable[TimedCeiling]:
    targets = {SUPPLY_ID, *(group.id for group in site.groups)}
    targets |= {charger.id for charger in site.chargers}
    for each in data.get("ceilings", ()):
        _refuse_unknown("ceilings: target", each["target"], targets)
        yield TimedCeiling(
            start=each["from"],
            ceiling=Ceiling(
                target=each["target"], current=each["current"], expires=each["until"]
            ),
        )


def _spells(rows: Iterable[Iterable[float]]) -> tuple[Spell, ...]:
    spells: list[Spell] = []
    for start, end in rows:
        if end < start:
            raise ScenarioError(f"[{start}, {end}]: ends before it begins")
        spells.append((start, end))
    return tuple(spells)


def _picked(data: Json, kind: type, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what in `data` are fields of `kind`, all but some."""
    names = {field.name for field in fields(kind)} - set(but)
    return {key: value for key, value in data.items() if key in names}


def _phases(names: Iterable[str]) -> tuple[Phase, ...]:
    return tuple(Phase[name.upper()] for name in names)


def _phase(data: Json) -> Phase:
    return Phase[data["phase"].upper()]


def _refuse_twins(where: str, ids: list[str]) -> None:
    for id_ in ids:
        if ids.count(id_) > 1:
            raise ScenarioError(f"{where}: {id_} is there twice")


def _refuse_unknown(where: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise ScenarioError(f"{where}: there is no {name}")
