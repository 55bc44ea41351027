"""One or three phases: its owner's choice, and what is done about it."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.amp_guard.model import Phase, PhaseMode, Reason

from .helpers import (
    Property,
    charger_input,
    entity_id,
    go_on,
    recognised_charger,
    start_subentry,
)


class Peblar:
    """A Peblar that does what its switches are told."""

    def __init__(self, hass: HomeAssistant, *, switches_phases: bool = True) -> None:
        self.hass = hass
        self.charger = recognised_charger(
            hass, "Driveway", switches_phases=switches_phases
        )
        for state in ("on", "off"):
            hass.services.async_register("switch", f"turn_{state}", self._switch)

    async def _switch(self, call: ServiceCall) -> None:
        state = call.service.removeprefix("turn_")
        self.hass.states.async_set(call.data["entity_id"], state)

    def _id(self, platform: str, key: str) -> str:
        registry = er.async_get(self.hass)
        found = registry.async_get_entity_id(platform, "peblar", f"Driveway_{key}")
        assert found is not None
        return found

    def shows(self, key: str) -> str:
        return self.hass.states.get(self._id("switch", key)).state

    def stops(self) -> None:
        """Let its car stand still."""
        for number in (1, 2, 3):
            sensor = self._id("sensor", f"current_phase_{number}")
            unit = self.hass.states.get(sensor).attributes
            self.hass.states.async_set(sensor, "0", unit)
        self.hass.states.async_set(self._id("sensor", "cp_state"), "suspended")


@pytest.fixture
def peblar(hass: HomeAssistant) -> Peblar:
    return Peblar(hass)


async def add(hass: HomeAssistant, entry: ConfigEntry, peblar: Peblar, **said) -> str:
    settings = charger_input("Driveway") | said
    result = await start_subentry(hass, entry, "charger")
    result = await go_on(
        hass, result, "device", {"charger": peblar.charger}, settings, "save"
    )
    assert result["type"] == "create_entry", result
    await hass.async_block_till_done()
    [added] = entry.get_subentries_of_type("charger")
    return added.subentry_id


async def choose(hass: HomeAssistant, charger: str, option: str) -> str:
    select = entity_id(hass, "select", charger, "phase_mode")
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": select, "option": option},
        blocking=True,
    )
    await hass.async_block_till_done()
    return hass.states.get(select).state


def has_choice(hass: HomeAssistant, charger: str) -> bool:
    unique_id = f"{charger}_phase_mode"
    registry = er.async_get(hass)
    return registry.async_get_entity_id("select", "amp_guard", unique_id) is not None


async def test_its_owner_chooses(
    hass: HomeAssistant, entry: ConfigEntry, peblar: Peblar
) -> None:
    charger = await add(hass, entry, peblar)
    select = entity_id(hass, "select", charger, "phase_mode")
    assert hass.states.get(select).state == "automatic"
    coordinator = entry.runtime_data

    assert await choose(hass, charger, "one") == "one"

    assert entry.runtime_data is coordinator
    [balanced] = coordinator.site.chargers
    assert balanced.phase_mode is PhaseMode.ONE
    assert balanced.one_phase_choices == (Phase.L1,)


async def test_what_was_chosen_outlives_a_form(
    hass: HomeAssistant, entry: ConfigEntry, peblar: Peblar
) -> None:
    charger = await add(hass, entry, peblar)
    await choose(hass, charger, "all")
    result = await start_subentry(hass, entry, "charger", charger)
    await go_on(hass, result, charger_input("Driveway"), "save")
    await hass.async_block_till_done()
    assert entry.subentries[charger].data["phase_mode"] == "all"


async def test_there_is_no_choice_where_it_cannot_be_set(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    peblar = Peblar(hass, switches_phases=False)
    assert not has_choice(hass, await add(hass, entry, peblar))


async def test_there_is_no_choice_on_one_phase(
    hass: HomeAssistant, entry: ConfigEntry, peblar: Peblar
) -> None:
    assert not has_choice(hass, await add(hass, entry, peblar, wiring="1"))


@pytest.mark.usefixtures("all_enabled")
async def test_it_is_set_when_its_car_has_stopped(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, peblar: Peblar
) -> None:
    charger = await add(hass, entry, peblar)
    await house.passes(hass, 5, 2.0, 2.0, 2.0)
    await choose(hass, charger, "one")
    await house.passes(hass, 5, 2.0, 2.0, 2.0)
    assert peblar.shows("charge") == "off"
    assert peblar.shows("force_single_phase") == "off"
    reason = entity_id(hass, "sensor", charger, "reason")
    assert hass.states.get(reason).state == Reason.PHASE_SWITCH
    peblar.stops()
    await house.passes(hass, 120, 2.0, 2.0, 2.0)
    assert peblar.shows("force_single_phase") == "on"


async def test_a_restart_does_not_let_it_be_set_sooner(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, peblar: Peblar
) -> None:
    """At most once in ten minutes, whoever starts anew in between."""
    charger = await add(hass, entry, peblar)
    await choose(hass, charger, "one")
    peblar.stops()
    await house.passes(hass, 150, 2.0, 2.0, 2.0)
    assert peblar.shows("force_single_phase") == "on"

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await choose(hass, charger, "all")

    waited = 0
    while peblar.shows("force_single_phase") == "on" and waited < 900:
        await house.passes(hass, 10, 2.0, 2.0, 2.0)
        waited += 10
    assert 400 < waited < 900
