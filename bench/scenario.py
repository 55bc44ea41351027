"""A scenario: a site, what happens there, and what is expected of the balancer."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from custom_components.amp_guard.model import Ceiling, Charger, Site
from simulator.car import CarModel
from simulator.house import House

from .meter import MeterModel
from .reporting import ReportModel
from .spells import Spell


class ScenarioError(ValueError):
    """A scenario cannot be run; the message says where and what to mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerSetup:
    """One charger: what the balancer is told of it, and what it is.

    `command_lag` is the time in s from a command to the signal for the car. `limit` is
    what it wakes with, A (None: its offline current). One that `rounds_to` a step other
    than the one it is known for takes the next whole step below, A.
    """

    charger: Charger
    command_lag: float
    limit: float | None
    report: ReportModel
    rounds_to: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CarSetup:
    """One car's visit; times in s."""

    id: str
    charger: str
    arrival: float
    departure: float
    model: CarModel


@dataclass(frozen=True, kw_only=True, slots=True)
class TimedCeiling:
    """A ceiling and when it becomes known, s."""

    start: float
    ceiling: Ceiling


@dataclass(frozen=True, kw_only=True, slots=True)
class Bound:
    """What a figure of the report is to lie between."""

    figure: str
    least: float = -inf
    most: float = inf


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """Everything that is run and expected. Times and `duration` in s."""

    name: str
    description: str
    duration: float
    seed: int
    site: Site
    house: House
    group_houses: Mapping[str, House]
    meters: Mapping[str, MeterModel]
    chargers: tuple[ChargerSetup, ...]
    cars: tuple[CarSetup, ...]
    restarts: tuple[Spell, ...]
    ceilings: tuple[TimedCeiling, ...]
    resume_from: float | None
    expect: tuple[Bound, ...]
