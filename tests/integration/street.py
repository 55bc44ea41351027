"""A property with chargers as real ones are, and a fuse that judges.

The cars draw by physics, second by second. What Home Assistant is shown of them goes
through an integration that polls or pushes, writes equal values or leaves them out, is
out of reach for a while, and takes commands late, twice or not at all. The fuse knows
none of that: it carries what flows.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.const import CONF_SOURCE
from custom_components.amp_guard.model import PhaseValues
from simulator.fuse import FuseModel

from .helpers import Property, group_id

CAR_MAX_CURRENT = 16.0
FOLLOWS_AFTER = 2
"""s until a car follows the limit that its charger signals [IEC 61851-1: at most 5]."""
WORDS = {
    "peblar": ("no_ev_connected", "suspended", "charging"),
    "zaptec": ("disconnected", "connected_requesting", "connected_charging"),
}
"""What an integration calls a charger without a car, with one that waits, charging."""
KEYS = {
    "peblar": {
        "limit": ("number", "{name}_charge_current_limit"),
        "enable": ("switch", "{name}_charge"),
        "state": ("sensor", "{name}_cp_state"),
        "l1": ("sensor", "{name}_current_phase_1"),
        "l2": ("sensor", "{name}_current_phase_2"),
        "l3": ("sensor", "{name}_current_phase_3"),
    },
    "zaptec": {
        "limit": ("number", "{name}_charger_max_current"),
        "state": ("sensor", "{name}_charger_operation_mode"),
        "l1": ("sensor", "{name}_current_phase1"),
        "l2": ("sensor", "{name}_current_phase2"),
        "l3": ("sensor", "{name}_current_phase3"),
    },
}

type Manner = Callable[[str, float], Awaitable[bool]]
"""Told the part that is commanded and the value; returns whether the charger gets it."""


async def obeys(_part: str, _value: float) -> bool:
    """Take it at once."""
    return True


@dataclass(kw_only=True)
class StreetCharger:
    """A charger, its car and its integration.

    `limit` is what it signals, A. `pushes` says whether its integration writes only
    what changes, `polls` how often it looks (s; 0: each second).
    """

    hass: HomeAssistant
    name: str
    integration: str = "peblar"
    pushes: bool = False
    polls: int = 0
    reports_current: bool = True
    limit: float = 16.0
    least: float = 6.0
    most: float = 16.0
    shows_limit: float | None = None
    """What it shows in place of its limit, A."""
    enabled: bool = True
    plugged_in: bool = True
    reachable: bool = True
    unit: str = "A"
    manner: Manner = obeys
    commands: list[tuple[str, float]] = field(default_factory=list)
    id: str = ""
    device_id: str = ""
    _ids: dict[str, str] = field(default_factory=dict)
    _signalled: list[float] = field(default_factory=list)
    _shown: dict[str, str] = field(default_factory=dict)
    _seconds: int = 0

    @property
    def signals(self) -> float:
        """The current that its car may draw, A."""
        allowed = self.limit if self.enabled and self.plugged_in else 0.0
        return allowed if allowed >= 6.0 else 0.0

    @property
    def drawn(self) -> float:
        """What its car draws on each phase, A."""
        return min(self._signalled[0], CAR_MAX_CURRENT) if self._signalled else 0.0

    def register(self) -> None:
        """Be in Home Assistant, as its integration makes it."""
        entry = MockConfigEntry(domain=self.integration)
        entry.add_to_hass(self.hass)
        device = dr.async_get(self.hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(self.integration, self.name)},
            name=self.name,
        )
        self.device_id = device.id
        for part, (domain, unique_id) in KEYS[self.integration].items():
            if part.startswith("l") and part != "limit" and not self.reports_current:
                continue
            unique_id = unique_id.format(name=self.name)
            entity = er.async_get(self.hass).async_get_or_create(
                domain,
                self.integration,
                unique_id,
                config_entry=entry,
                device_id=device.id,
                translation_key=unique_id.removeprefix(f"{self.name}_"),
            )
            self._ids[part] = entity.entity_id
        self._signalled = [self.signals] * FOLLOWS_AFTER
        self.show()

    def second(self) -> None:
        """Let a second pass."""
        self._signalled = [*self._signalled[1:], self.signals]
        self._seconds += 1
        if not self.polls or self._seconds % self.polls == 0:
            self.show()

    def show(self) -> None:
        """Write what its integration knows now."""
        scale = 1000.0 if self.unit == "mA" else 1.0
        disconnected, waits, charges = WORDS[self.integration]
        word = charges if self.drawn else waits
        current = f"{self.drawn:.1f}"
        values = {
            "limit": f"{(self.shows_limit or self.limit) * scale:g}",
            "enable": "on" if self.enabled else "off",
            "state": word if self.plugged_in else disconnected,
            "l1": current,
            "l2": current,
            "l3": current,
        }
        attributes: dict[str, dict[str, Any]] = {
            "limit": {"min": self.least * scale if "enable" in self._ids else 0.0}
            | {"max": self.most * scale, "step": scale}
            | {ATTR_UNIT_OF_MEASUREMENT: self.unit}
        }
        for part, entity_id in self._ids.items():
            value = values[part] if self.reachable else STATE_UNAVAILABLE
            if self.pushes and self._shown.get(part) == value:
                continue  # neither a change nor a report: as `mqtt` and `template` do
            self._shown[part] = value
            unit = {ATTR_UNIT_OF_MEASUREMENT: "A"} if part in ("l1", "l2", "l3") else {}
            self.hass.states.async_set(entity_id, value, attributes.get(part, unit))

    def vanish(self) -> None:
        """Be gone from Home Assistant: its integration was removed."""
        dr.async_get(self.hass).async_remove_device(self.device_id)
        for entity_id in self._ids.values():
            self.hass.states.async_remove(entity_id)
        self._ids = {}

    def plays(self, entity_id: str) -> str | None:
        """Return the part that an entity plays, if it is one of its own."""
        parts = [part for part, id_ in self._ids.items() if id_ == entity_id]
        return parts[0] if parts else None

    async def take(self, part: str, value: float) -> None:
        """Take a command on its way from Home Assistant."""
        if part == "limit" and self.unit == "mA":
            value /= 1000.0
        self.commands.append((part, value))
        if not self.reachable:
            raise HomeAssistantError("no answer")
        if not await self.manner(part, value):
            return
        if part == "limit":
            self.limit = value
        else:
            self.enabled = bool(value)
        if not self.polls:
            self.show()


@dataclass(kw_only=True)
class Street:
    """The property: what flows through its fuse, and for how long too much."""

    hass: HomeAssistant
    house: Property
    entry: ConfigEntry
    chargers: list[StreetCharger]
    fuse: FuseModel
    over: float = 0.0
    """s above the fuse's rated current."""
    excess: float = 0.0
    """A·s above it."""

    async def connect(self, **settings: Any) -> None:
        """Put the chargers into Home Assistant and below the only group."""
        for domain, service in (
            ("number", "set_value"),
            ("switch", "turn_on"),
            ("switch", "turn_off"),
        ):
            self.hass.services.async_register(domain, service, self._take)
        for charger in self.chargers:
            charger.register()
            await self.add(charger, **settings)

    async def add(self, charger: StreetCharger, **settings: Any) -> None:
        """Add a charger as its owner would have described it."""
        data = {
            "device_id": charger.device_id,
            "profile": charger.integration,
            "connector": 1,
            "entities": {},
            "states": {},
            "group": group_id(self.entry),
            "wiring": "1,2,3",
            "max_current": 16.0,
            "offline_current": 6.0,
            "offline_phase": "all",
            "priority": 1,
        }
        subentry = ConfigSubentry(
            data=MappingProxyType(data | settings),
            subentry_type="charger",
            title=charger.name,
            unique_id=charger.name,
        )
        charger.id = subentry.subentry_id
        self.hass.config_entries.async_add_subentry(self.entry, subentry)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def change(self, charger: StreetCharger, **settings: Any) -> None:
        """Change what its owner has described of a charger."""
        subentry = self.entry.subentries[charger.id]
        data = MappingProxyType({**subentry.data, **settings})
        self.hass.config_entries.async_update_subentry(self.entry, subentry, data=data)
        await self.settle()

    async def passes(self, seconds: int, *base: float) -> None:
        """Let time pass, the house drawing this on its three phases, A."""
        for _ in range(seconds):
            await self._measure(self._flow(*base))

    async def flows(self, seconds: int, *base: float) -> None:
        """Let time pass while nobody balances."""
        for _ in range(seconds):
            self._flow(*base)

    def _flow(self, *base: float) -> PhaseValues:
        """Let a second pass; return what flows, A."""
        for charger in self.chargers:
            charger.second()
        taken = sum(charger.drawn for charger in self.chargers)
        current = PhaseValues(*(each + taken for each in base or (0.0, 0.0, 0.0)))
        self.fuse.step(1.0, current)
        excess = max(0.0, max(current) - self.fuse.rated_current)
        self.over += excess > 0
        self.excess += excess
        return current

    async def _measure(self, current: PhaseValues) -> None:
        self.house.clock.advance(1.0)
        if self.entry.data[CONF_SOURCE] != "none":
            time = self.hass.loop.time()
            self.house.draws(*current)
            await self.house.decisions.on_sample_after(time)
        await self.settle()

    async def settle(self) -> None:
        """Let all happen that can happen at once."""
        for _ in range(3):
            await self.hass.async_block_till_done()

    async def update_entity(self, _hass: HomeAssistant, entity_id: str) -> None:
        """Have an integration look again, as `homeassistant.update_entity` does."""
        for charger in self.chargers:
            if charger.plays(entity_id) is not None:
                charger.show()

    def user_limit(self, charger: StreetCharger) -> float | None:
        """Return the limit that is taken for one that was set at the charger, A."""
        state = self.entry.runtime_data.state
        return None if state is None else state.readings[charger.id].user_limit

    def begin_judging(self) -> None:
        """Count from now on."""
        self.over = self.excess = 0.0

    async def _take(self, call: ServiceCall) -> None:
        value = {"turn_on": 1.0, "turn_off": 0.0}.get(call.service)
        for entity_id in _listed(call.data["entity_id"]):
            for charger in self.chargers:
                if (part := charger.plays(entity_id)) is not None:
                    sent = call.data["value"] if value is None else value
                    await charger.take(part, float(sent))


def _listed(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
