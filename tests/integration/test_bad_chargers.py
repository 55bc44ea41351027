"""Chargers that misbehave, each beside a good one, on a restless evening.

What their cars truly draw is known here, whatever the chargers say; the site stays
within its limit.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from .helpers import PlainCharger, Property, add_charger

MAIN_FUSE = 25.0
MAX_CURRENT = 16.0
EVENING = 240
"""s."""
FOLLOWED_WITHIN = 6
"""s at a stretch above the fuse: a gG fuse may carry a short peak, a car follows within
5 s."""


@dataclass(frozen=True, kw_only=True)
class Late(PlainCharger):
    """Its car follows each limit 8 s later."""

    follows: deque[float] = field(default_factory=lambda: deque([0.0] * 8, maxlen=8))

    def takes(self) -> float:
        current = self.follows[0]
        self.follows.append(min(self.limit, MAX_CURRENT))
        self.says("charging" if current else "connected", current)
        return current


@dataclass(frozen=True, kw_only=True)
class Contrary(PlainCharger):
    """It takes any limit, and offers its car 3 A more."""

    def takes(self) -> float:
        current = min(self.limit + 3.0, MAX_CURRENT) if self.limit else 0.0
        self.says("charging" if current else "connected", current)
        return current


@dataclass(frozen=True, kw_only=True)
class SaysNothing(PlainCharger):
    """It reports 0 A for "unknown"."""

    def takes(self) -> float:
        current = min(self.limit, MAX_CURRENT)
        self.says("charging" if current else "connected", 0.0)
        return current


@dataclass(frozen=True, kw_only=True)
class WrongUnit(PlainCharger):
    """It has no currents but a power: in W, which it calls kW."""

    def says(self, status: str, current: float = 0.0) -> None:
        power = str(round(current * 3 * 230))
        unit = {ATTR_UNIT_OF_MEASUREMENT: "kW"}
        self.hass.states.async_set(f"sensor.{self.name}_power", power, unit)
        self.hass.states.async_set(f"sensor.{self.name}", status)

    @property
    def entities(self) -> dict[str, str]:
        kept = {
            role: entity
            for role, entity in super().entities.items()
            if not role.startswith("current")
        }
        return kept | {"power": f"sensor.{self.name}_power"}


@dataclass(frozen=True, kw_only=True)
class Vanishing(PlainCharger):
    """It disappears when it is told to use less, and its car goes on as before."""

    had: list[float] = field(default_factory=lambda: [0.0])

    def takes(self) -> float:
        if (
            self.limit < self.had[0]
            or self.hass.states.get(f"sensor.{self.name}").state == STATE_UNAVAILABLE
        ):
            for sensor in ("", "_l1", "_l2", "_l3"):
                entity = f"sensor.{self.name}{sensor}"
                self.hass.states.async_set(entity, STATE_UNAVAILABLE)
        else:
            self.had[0] = super().takes()
        return self.had[0]


@pytest.fixture
async def evening(
    hass: HomeAssistant,
    house: Property,
    entry: ConfigEntry,
    chargers: dict[str, PlainCharger],
) -> Callable:
    """Return what lives through an evening with a charger beside a good one.

    It returns the longest time above the fuse at a stretch, s, and what the good one's
    car had on average, A.
    """

    async def evening(bad: PlainCharger) -> tuple[int, float]:
        good = chargers["right"]
        bad.says("connected")
        for charger in (bad, good):
            await add_charger(hass, entry, charger)
        random = Random(7)
        base = [3.0, 2.0, 4.0]
        over = longest = 0
        taken = 0.0
        for second in range(EVENING):
            if second % 30 == 0:
                # Never so much that the bad one alone is more than the fuse.
                base[random.randrange(3)] = random.uniform(0.5, 8.5)
            before = [bad.takes(), good.takes()]
            await house.passes(hass, 1, *base, cars=[bad, good])
            over = over + 1 if max(base) + sum(before) > MAIN_FUSE else 0
            longest = max(longest, over)
            taken += before[1]
        return longest, taken / EVENING

    return evening


@pytest.mark.parametrize(
    ("kind", "within"),
    [
        (PlainCharger, FOLLOWED_WITHIN),
        (Late, FOLLOWED_WITHIN + 8),
        # Told again first; then the other makes room.
        (Contrary, 2 * FOLLOWED_WITHIN),
        (SaysNothing, FOLLOWED_WITHIN),
        (WrongUnit, FOLLOWED_WITHIN),
        (Vanishing, FOLLOWED_WITHIN),
    ],
)
async def test_the_site_stays_within_its_limit(
    hass: HomeAssistant, evening: Callable, kind: type[PlainCharger], within: int
) -> None:
    longest, good = await evening(kind(hass=hass, name="left"))

    assert longest <= within
    assert good > 2.0


async def test_the_site_stays_within_its_limit_where_a_value_is_refused(
    hass: HomeAssistant,
    evening: Callable,
    number_service: Callable,
) -> None:
    async def refuse_at_the_left(entity: str) -> None:
        if entity == "input_number.left":
            raise HomeAssistantError("out of range")

    number_service(refuse_at_the_left)
    longest, good = await evening(PlainCharger(hass=hass, name="left"))

    assert longest <= FOLLOWED_WITHIN
    assert good > 2.0
