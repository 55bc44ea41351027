"""A property in a Home Assistant of the test harness, whose time is made to pass."""

import asyncio
from collections.abc import Callable
from random import Random
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.const import DOMAIN

PHASES = (1, 2, 3)
METER = tuple(f"sensor.main_current_l{phase}" for phase in PHASES)
AMPERES = {"unit_of_measurement": "A"}
FOLLOWS_AFTER = 3
"""s until a car has what its charger signals."""
CAR_MAX_CURRENT = 16.0
STEADY = 5000
"""s: a moment at which most cars are there."""
TOGETHER = 0.3
"""s within which the sensors of one sample are written."""
LEAVES_EACH = 6 * 3600
"""s after which a charger's car leaves for a while ..."""
AWAY = 1200
"""... of so many s."""


class Charger:
    """A charger as Home Assistant's own integration `peblar` shows one."""

    def __init__(self, hass: HomeAssistant, number: int) -> None:
        """Register it."""
        self._hass = hass
        self._number = number
        self.limit = 6.0
        self.enabled = True
        self.drawn = 0.0
        self._wanted = [0.0] * FOLLOWS_AFTER
        entry = MockConfigEntry(domain="peblar")
        entry.add_to_hass(hass)
        self.device_id = (
            dr.async_get(hass)
            .async_get_or_create(
                config_entry_id=entry.entry_id,
                identifiers={("peblar", f"charger{number}")},
                name=f"Charger {number}",
            )
            .id
        )
        self.ids = {
            key: er.async_get(hass)
            .async_get_or_create(
                platform,
                "peblar",
                f"charger{number}_{key}",
                config_entry=entry,
                device_id=self.device_id,
                translation_key=key,
            )
            .entity_id
            for platform, key in (
                ("number", "charge_current_limit"),
                ("switch", "charge"),
                ("sensor", "cp_state"),
                *(("sensor", f"current_phase_{phase}") for phase in PHASES),
            )
        }
        self.show(0)

    def second(self, now: int) -> None:
        """Let a second pass; its car follows, leaves and comes back."""
        is_away = (now + 977 * self._number) % LEAVES_EACH < AWAY
        wants = self.limit if self.enabled and not is_away else 0.0
        self._wanted = [*self._wanted[1:], min(wants, CAR_MAX_CURRENT)]
        self.drawn = self._wanted[0]
        self.show(now)

    def show(self, now: int) -> None:
        """Write what its integration knows."""
        set_state, ids = self._hass.states.async_set, self.ids
        is_away = (now + 977 * self._number) % LEAVES_EACH < AWAY
        word = "charging" if self.drawn else "suspended"
        set_state(ids["cp_state"], "no_ev_connected" if is_away else word)
        set_state(
            ids["charge_current_limit"],
            f"{self.limit:g}",
            {"min": 6, "max": 16, "step": 1} | AMPERES,
        )
        set_state(ids["charge"], "on" if self.enabled else "off")
        for phase in PHASES:
            set_state(ids[f"current_phase_{phase}"], f"{self.drawn:g}", AMPERES)

    def take(self, entity_id: str, value: float) -> None:
        """Take a command."""
        if entity_id == self.ids["charge_current_limit"]:
            self.limit = value
        elif entity_id == self.ids["charge"]:
            self.enabled = bool(value)


class Property:
    """A meter of sensors, groups and chargers; `advance` moves the loop's time by s."""

    def __init__(self, hass: HomeAssistant, advance: Callable[[float], None]) -> None:
        """Take a Home Assistant with nothing in it."""
        self.hass = hass
        self.chargers: list[Charger] = []
        self.seconds = 0
        self.supply_max_current = 25.0
        self.over = 0
        """s above the fuse."""
        self.is_steady = False
        """Whether the house and the cars stay as they are."""
        self._advance = advance
        self._random = Random(1)
        self._house = [2.0, 2.0, 2.0]
        self.entry = MockConfigEntry()

    async def set_up(self, *, groups: int = 1, chargers: int = 2) -> None:
        """Put all of it in."""
        hass = self.hass
        self.chargers = [Charger(hass, number) for number in range(chargers)]
        self.supply_max_current = max(25.0, 9.0 * chargers)
        self._measure()
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="Main",
            data=_METER,
            options=_SUPPLY | {"supply_max_current": self.supply_max_current},
            subentries_data=[
                *(
                    _group(f"group{number}", chargers / groups)
                    for number in range(groups)
                ),
                *(
                    _charger(each, number, f"group{number % groups}")
                    for number, each in enumerate(self.chargers)
                ),
            ],
        )
        self.entry.add_to_hass(hass)
        await hass.config_entries.async_setup(self.entry.entry_id)
        # In place of those of the components, which came with it.
        for domain, service in (
            ("number", "set_value"),
            ("switch", "turn_on"),
            ("switch", "turn_off"),
        ):
            hass.services.async_register(domain, service, self._take)
        await hass.async_block_till_done()

    async def add_charger(self) -> str:
        """Add one more to the first group, as its owner does; return its id."""
        number = len(self.chargers)
        self.chargers.append(Charger(self.hass, number))
        data = _charger(self.chargers[-1], number, "group0")
        added = ConfigSubentry(
            data=MappingProxyType(data["data"]),
            subentry_type="charger",
            title=data["title"],
            unique_id=data["unique_id"],
        )
        self.hass.config_entries.async_add_subentry(self.entry, added)
        await self.hass.async_block_till_done()
        return added.subentry_id

    async def remove_charger(self, subentry_id: str) -> None:
        """Remove one, as its owner does."""
        self.hass.config_entries.async_remove_subentry(self.entry, subentry_id)
        await self.hass.async_block_till_done()

    async def passes(self, seconds: int) -> None:
        """Let so many s pass."""
        for _ in range(seconds):
            self.seconds += 1
            self._advance(1.0 - TOGETHER)
            for charger in self.chargers:
                charger.second(STEADY if self.is_steady else self.seconds)
            self._measure()
            await settle()
            self._advance(TOGETHER)
            await settle()

    def _measure(self) -> None:
        if (
            self.seconds % 600 == 0 and not self.is_steady
        ):  # something comes on, or goes
            most = 0.6 * self.supply_max_current
            self._house = [self._random.uniform(1.0, most) for _ in PHASES]
        drawn = sum(charger.drawn for charger in self.chargers)
        flicker = self._random.uniform(0.0, 0.3)
        flows = [house + flicker + drawn for house in self._house]
        self.over += max(flows) > self.supply_max_current
        for entity_id, amps in zip(METER, flows, strict=True):
            self.hass.states.async_set(entity_id, f"{amps:.1f}", AMPERES)

    @callback
    def _take(self, call: ServiceCall) -> None:
        value = {"turn_on": 1.0, "turn_off": 0.0}.get(call.service)
        if value is None:
            value = float(call.data["value"])
        named = call.data["entity_id"]
        for entity_id in [named] if isinstance(named, str) else named:
            for charger in self.chargers:
                charger.take(entity_id, value)


async def settle() -> None:
    """Let all happen that is due now."""
    for _ in range(4):
        await asyncio.sleep(0)


_METER: dict[str, Any] = {
    "variant": "home",
    "source": "sensors",
    "model": "Main",
    "measured_phases": "1,2,3",
    "measured_quantities": ["current"],
    "sensors": dict(
        zip(("current_l1", "current_l2", "current_l3"), METER, strict=True)
    ),
    "heartbeat": None,
    "export_positive": False,
}
_SUPPLY: dict[str, Any] = {
    "fuse_type": "gg",
    "net": "tn",
    "generates": False,
    "load_balancer_type": "fair_share",
    "turn": 30.0,
}


def _group(name: str, chargers: float) -> ConfigSubentryDataWithId:
    return ConfigSubentryDataWithId(
        data={
            "parent": "supply",
            "phases": "1,2,3",
            "max_current_online": max(25.0, 10.0 * chargers),
            "follows": False,
            "max_current_offline": max(10.0, 6.0 * chargers),
            "min_current": 6.0,
            "chargers_included_in_measurements": True,
            "active": True,
        },
        subentry_id=name,
        subentry_type="group",
        title=name,
        unique_id=None,
    )


def _charger(charger: Charger, number: int, group: str) -> ConfigSubentryDataWithId:
    return ConfigSubentryDataWithId(
        data={
            "device_id": charger.device_id,
            "profile": "peblar",
            "connector": 1,
            "entities": {},
            "states": {},
            "group": group,
            "wiring": "1,2,3",
            "max_current": 16.0,
            "offline_current": 6.0,
            "offline_phase": "all",
            "priority": 1,
        },
        subentry_id=f"charger{number}",
        subentry_type="charger",
        title=f"Charger {number}",
        unique_id=f"charger{number}",
    )
