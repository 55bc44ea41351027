"""A charger in Home Assistant's registries, and a record of what it is told."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.chargers import ChargerConfig, ChargerDriver
from custom_components.amp_guard.model import Phase
from tests.shown_texts import _errors_and_issues_find_their_texts  # noqa: F401 - used by all

from .contracts import PEBLAR, Call, Contract, Upstream

OBEYED = {
    "number.set_value": lambda data: str(data["value"]),
    "input_number.set_value": lambda data: str(data["value"]),
    "switch.turn_on": lambda _: "on",
    "switch.turn_off": lambda _: "off",
    "select.select_option": lambda data: data["option"],
}
"""The state that an entity has after an action."""


class Charger:
    """A charger as an integration registers it, that does what it is told."""

    def __init__(self, hass: HomeAssistant, contract: Contract) -> None:
        self.hass = hass
        self.contract = contract
        self.calls: list[Call] = []
        self.refusal: str | None = None
        self.hangs: asyncio.Event | None = None
        self.obeys = True
        self.changes: list[str] = []
        self.faults: list[Exception | None] = []
        self.device_id: str | None = None
        entry = MockConfigEntry(domain=contract.integration)
        entry.add_to_hass(hass)
        if contract.identifier is not None:
            device = dr.async_get(hass).async_get_or_create(
                config_entry_id=entry.entry_id,
                identifiers={(contract.integration, contract.identifier)},
                name="Charger",
                model=contract.model,
            )
            self.device_id = device.id
        for number, upstream in enumerate(contract.entities):
            registered = er.async_get(hass).async_get_or_create(
                upstream.platform,
                contract.integration,
                upstream.unique_id,
                # What its owner calls it says nothing.
                object_id_base=f"entity {number}",
                config_entry=entry if self.device_id else None,
                device_id=self.device_id,
                translation_key=upstream.key,
                disabled_by=(
                    er.RegistryEntryDisabler.INTEGRATION if upstream.disabled else None
                ),
            )
            if not upstream.disabled:
                self._write(registered.entity_id, upstream)
        for action in (*OBEYED, *contract.actions):
            domain, name = action.split(".")
            hass.services.async_register(domain, name, self._take)
        self.driver = self.drive()

    def drive(self, **config: Any) -> ChargerDriver:
        return ChargerDriver(
            self.hass,
            ChargerConfig(
                **{
                    "id": "charger",
                    "device_id": self.device_id,
                    "profile": self.contract.profile,
                    "connector": self.contract.connector,
                    "wiring": tuple(Phase)[: self.contract.phases],
                    **config,
                }
            ),
            self.changes.append,
            on_fault=lambda _id, error: self.faults.append(error),
        )

    async def order(self, current: float, valid_for: float | None = None) -> None:
        """Command it, and wait for all that can happen at once."""
        self.driver.command(current, valid_for)
        await self.settle()

    async def settle(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def _write(self, entity_id: str, upstream: Upstream) -> None:
        attributes = dict(upstream.attributes)
        if upstream.unit is not None:
            attributes["unit_of_measurement"] = upstream.unit
        self.hass.states.async_set(entity_id, upstream.state, attributes)

    async def _take(self, call: ServiceCall) -> None:
        data = dict(call.data)
        entity_id = data.get("entity_id")
        unique_id = None
        if entity_id is not None:
            unique_id = er.async_get(self.hass).async_get(entity_id).unique_id
            data["entity_id"] = unique_id
        if data.get("device_id") is not None:
            assert data["device_id"] == self.device_id
            data["device_id"] = "device"
        action = f"{call.domain}.{call.service}"
        self.calls.append((action, data))
        if self.hangs is not None:
            await self.hangs.wait()
        if self.refusal is not None:
            raise HomeAssistantError(self.refusal)
        if unique_id is not None and self.obeys:
            self.set(unique_id, OBEYED[action](data))

    def entity_id(self, unique_id: str) -> str:
        for entry in er.async_get(self.hass).entities.values():
            if entry.unique_id == unique_id:
                return entry.entity_id
        raise AssertionError(unique_id)

    def set(self, unique_id: str, state: str, **attributes: Any) -> None:
        entity_id = self.entity_id(unique_id)
        old = self.hass.states.get(entity_id)
        kept = dict(old.attributes) if old else {}
        self.hass.states.async_set(entity_id, state, kept | attributes)

    def taken(self) -> list[Call]:
        """Return what it was told since the last time."""
        calls, self.calls = self.calls, []
        return calls


@pytest.fixture
def leap(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> Callable[[float], None]:
    """Let the event loop's clock leap; timers that come due run."""
    real_time, leapt = hass.loop.time, [0.0]
    monkeypatch.setattr(hass.loop, "time", lambda: real_time() + leapt[0])

    def leap(seconds: float) -> None:
        leapt[0] += seconds

    return leap


@pytest.fixture
async def charger_of(
    hass: HomeAssistant,
) -> AsyncGenerator[Callable[[Contract], Charger]]:
    """Put a charger into Home Assistant; its driver is stopped at the end."""
    chargers: list[Charger] = []

    def make(contract: Contract) -> Charger:
        chargers.append(Charger(hass, contract))
        return chargers[-1]

    yield make
    for charger in chargers:
        await charger.driver.stop()


@pytest.fixture
async def peblar(charger_of: Callable[[Contract], Charger]) -> Charger:
    """A Peblar whose car charges, driven."""
    charger = charger_of(PEBLAR)
    await charger.driver.start()
    return charger
