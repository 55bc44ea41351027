"""A charger in Home Assistant's registries, and a record of what it is told."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.amp_guard.chargers import ChargerConfig, ChargerDriver, Learning
from custom_components.amp_guard.model import Phase
from tests.shown_texts import _errors_and_issues_find_their_texts  # noqa: F401 - used by all

from .contracts import PEBLAR, Call, Contract, Upstream

OBEYED = {
    "number.set_value": lambda data: str(data["value"]),
    "input_number.set_value": lambda data: str(data["value"]),
    "switch.turn_on": lambda _: "on",
    "switch.turn_off": lambda _: "off",
    "select.select_option": lambda data: data["option"],
    "button.press": lambda _: "2026-11-22T17:00:00+00:00",
}
"""The state that an entity has after an action."""


TURNS = 10
"""Of the event loop, in which all happens that waits for nothing."""


async def turns(hass: HomeAssistant) -> None:
    """Let all happen that can happen now, also beside an action that hangs."""
    for _ in range(TURNS):
        await asyncio.sleep(0)
    await hass.async_block_till_done()


class Writes(StrEnum):
    """How an integration writes what its charger has taken."""

    CHANGED = "changed"
    """What is equal is not written: `mqtt`, `template`, most that push."""
    REPORTED = "reported"
    """Each time, equal or not: what polls."""
    LATE = "late"
    OUT_OF_ORDER = "out of order"
    """Late, and then once more what was before."""
    NEVER = "never"


class Charger:
    """A charger as an integration registers it, that does what it is told."""

    def __init__(
        self, hass: HomeAssistant, contract: Contract, writes: Writes = Writes.CHANGED
    ) -> None:
        self.hass = hass
        self.contract = contract
        self.writes = writes
        self.calls: list[Call] = []
        self.refusal: str | None = None
        self.answers_single_keys_only = False
        self.hangs_answering = False
        self.answers: Mapping[str, str] | str | Exception | None = None
        self.refuses_each_second = False
        self.hangs: asyncio.Event | None = None
        self.obeys = True
        self.shows_instead: str | None = None
        self.changes: list[str] = []
        self.faults: list[Exception | None] = []
        self.device_id: str | None = None
        self._late: list[tuple[str, str]] = []
        self.entry = MockConfigEntry(domain=contract.integration)
        self.entry.add_to_hass(hass)
        self.register()
        for action in (*OBEYED, *contract.actions):
            domain, name = action.split(".")
            hass.services.async_register(domain, name, self._take)
        for action in contract.answers:
            domain, name = action.split(".")
            hass.services.async_register(
                domain, name, self._answer, supports_response=SupportsResponse.ONLY
            )
        self.driver = self.drive()

    def register(self) -> None:
        """Register its device and its entities, as when its integration is set up."""
        contract, registry = self.contract, er.async_get(self.hass)
        if contract.identifier is not None:
            device = dr.async_get(self.hass).async_get_or_create(
                config_entry_id=self.entry.entry_id,
                identifiers={(contract.integration, contract.identifier)},
                name="Charger",
                model=contract.model,
            )
            self.device_id = device.id
        for number, upstream in enumerate(contract.entities):
            registered = registry.async_get_or_create(
                upstream.platform,
                contract.integration,
                upstream.unique_id,
                # What its owner calls it says nothing.
                object_id_base=f"entity {number}",
                config_entry=self.entry if self.device_id else None,
                device_id=self.device_id,
                translation_key=upstream.key,
                disabled_by=(
                    er.RegistryEntryDisabler.INTEGRATION if upstream.disabled else None
                ),
            )
            if not upstream.disabled:
                self._write(registered.entity_id, upstream)

    def appear(self, contract: Contract) -> None:
        """Show all of it, as after the reload that follows enabling."""
        registry = er.async_get(self.hass)
        for upstream in contract.entities:
            entity_id = registry.async_get_entity_id(
                upstream.platform, contract.integration, upstream.unique_id
            )
            self._write(entity_id, upstream)

    def drive(
        self, *, learning: Learning | None = None, **config: Any
    ) -> ChargerDriver:
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
            learning,
            on_fault=lambda _id, error: self.faults.append(error),
        )

    async def order(self, current: float, valid_for: float | None = None) -> None:
        """Command it, and wait for all that can happen at once."""
        self.driver.command(current, valid_for)
        await self.settle()

    async def settle(self) -> None:
        await turns(self.hass)

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
        times = sum(name == action for name, _ in self.calls)
        if self.refuses_each_second and times % 2:
            raise HomeAssistantError("try again")
        if not self.obeys:
            return
        shown = {} if unique_id is None else {unique_id: OBEYED[action](data)}
        if self.shows_instead is not None:
            shown = dict.fromkeys(shown, self.shows_instead)
        for shows, state in (shown | self.contract.shows(action, data)).items():
            self._show(shows, state)

    async def _answer(self, call: ServiceCall) -> ServiceResponse:
        action, key = f"{call.domain}.{call.service}", call.data.get("ocpp_key")
        self.calls.append((action, dict(call.data)))
        if self.hangs_answering:
            await asyncio.Event().wait()
        if self.answers_single_keys_only and key is None:
            raise vol.Invalid("required key not provided @ data['ocpp_key']")
        if isinstance(self.answers, Exception):
            raise self.answers
        answers = (
            self.contract.answers[action] if self.answers is None else self.answers
        )
        if not isinstance(answers, Mapping):
            return {"value": answers}
        if key is not None:
            return {"value": answers.get(key, "Unknown")}
        return {"value": dict(answers)}

    def _show(self, unique_id: str, state: str) -> None:
        match self.writes:
            case Writes.CHANGED if self.state(unique_id) != state:
                self.set(unique_id, state)
            case Writes.REPORTED:
                self.set(unique_id, state)
            case Writes.LATE:
                self._late.append((unique_id, state))
            case Writes.OUT_OF_ORDER:
                self._late += [(unique_id, state), (unique_id, self.state(unique_id))]

    async def come(self) -> None:
        """Let what is late come in."""
        late, self._late = self._late, []
        for unique_id, state in late:
            self.set(unique_id, state)
        await self.settle()

    async def repeat(self) -> None:
        """Let its integration write all that it wrote, once more, in its way."""
        for upstream in self.contract.entities:
            if not upstream.disabled:
                self._show(upstream.unique_id, self.state(upstream.unique_id))
        await self.come()

    def state(self, unique_id: str) -> str:
        return self.hass.states.get(self.entity_id(unique_id)).state

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
def later(
    hass: HomeAssistant, leap: Callable[[float], None]
) -> Callable[[float], Awaitable[None]]:
    """Let time pass, and all that comes due in it happen."""

    async def later(seconds: float) -> None:
        leap(seconds)
        await turns(hass)

    return later


@pytest.fixture
async def charger_of(
    hass: HomeAssistant,
) -> AsyncGenerator[Callable[[Contract], Charger]]:
    """Put a charger into Home Assistant; its driver is stopped at the end."""
    chargers: list[Charger] = []

    def make(contract: Contract, writes: Writes = Writes.CHANGED) -> Charger:
        chargers.append(Charger(hass, contract, writes))
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
