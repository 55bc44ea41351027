"""Plans: what chargers may draw together beside what the fuses carry, worked out.

A tariff's quarter of an hour, the grid's operator, the sun: each has a file of its own
and says how many W its chargers may draw now. The law shares that out (`PowerLimit` in
`model.py`); no plan ever gives more than a fuse carries. Pure: time is an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True, slots=True)
class CarPower:
    """A car that is connected, W: what it draws, and what the least is that it can.

    It may turn out to be content with less than that `least`, or be set to: it
    `starts_from` so much.
    `wants` says whether it would charge, `offered` whether it is allocated anything, and
    `idle` whether it was and did not take it.
    """

    drawn: float
    least: float
    starts_from: float
    wants: bool
    offered: bool
    idle: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """What plans are worked out from.

    `time` is monotonic, s; `clock` the wall clock's, with its zone. `power` is what flows
    at the main fuse, W, all phases added up with their signs (export is below 0); None
    while it is not measured. `cars` are by charger. `limits` has the chargers of each
    limit on power, by its id. `said` is what the entities say that plans ask for: W, or
    on or off; None where that is not known.
    """

    time: float
    clock: datetime
    power: float | None
    cars: Mapping[str, CarPower]
    limits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    said: Mapping[str, float | bool | None] = field(default_factory=dict)


class Plan(Protocol):
    """Says what its chargers may draw together."""

    def look(self, moment: Moment) -> None:
        """Take what is so now; at each decision."""

    @property
    def allowed(self) -> float | None:
        """What they may draw now, W on all their phases; None: as the fuses allow."""


@runtime_checkable
class Kept(Protocol):
    """What a plan knows and a restart must not lose."""

    def as_dict(self) -> dict[str, Any]:
        """Return it for the store."""

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Go on from what was kept; raises whatever, where it is no such."""


@runtime_checkable
class Shown(Protocol):
    """What a plan tells its sensors."""

    @property
    def shown(self) -> object:
        """Return what is so now, immutable."""
