"""The simulated home: real balancing of what is made of ordinary entities."""

from collections.abc import Callable
from pathlib import Path

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from bench.replay import read_recording, replay
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.demonstration.home import (
    CHARGERS,
    ENERGY_DEMAND,
    STAY,
    SimulatedHome,
)
from custom_components.amp_guard.model import SUPPLY_ID, Phase
from tests.clock import Clock

from .helpers import Decisions, device_id, go_on, hastened, start_flow

NOTHING = (STATE_UNKNOWN, STATE_UNAVAILABLE)


@pytest.fixture
def entry(simulated_home: ConfigEntry) -> ConfigEntry:
    return simulated_home


async def passes(
    hass: HomeAssistant, clock: Clock, decisions: Decisions, seconds: int
) -> list[float]:
    """Let time pass; return the highest phase of each second."""
    highest = []
    for _ in range(seconds):
        time = hass.loop.time()
        clock.advance(1.0)
        await decisions.on_sample_after(time + 0.9)
        await hass.async_block_till_done(wait_background_tasks=True)
        [entry] = hass.config_entries.async_entries(DOMAIN)
        highest.append(max(entry.runtime_data.meters.samples[SUPPLY_ID].current))
    return highest


async def test_nothing_that_is_shown_at_first_is_unknown(
    hass: HomeAssistant, clock: Clock, decisions: Decisions, entry: ConfigEntry
) -> None:
    """But what has not happened yet: events, and buttons that nobody pressed."""
    await passes(hass, clock, decisions, 90)
    ours = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    shown = {
        known.entity_id: hass.states.get(known.entity_id).state
        for known in ours
        if known.disabled_by is None and known.domain not in ("event", "button")
    }
    assert shown
    assert not {id_: state for id_, state in shown.items() if state in NOTHING}


async def test_the_simulated_cars_charge_within_the_fuse(
    hass: HomeAssistant, clock: Clock, decisions: Decisions, entry: ConfigEntry
) -> None:
    highest = await passes(hass, clock, decisions, 300)
    for charger in CHARGERS:
        assert hass.states.get(f"sensor.simulated_charger_{charger}_state").state == (
            "charging"
        )
        limit = hass.states.get(f"number.simulated_charger_{charger}_current")
        assert float(limit.state) >= 6.0
    # Over the fuse for no longer than a car takes to follow.
    over = [amps > 25.05 for amps in highest]
    assert sum(over) <= 10
    assert max(highest) > 20.0
    statuses = entry.runtime_data.state.readings.values()
    assert all(reading.status == "charging" for reading in statuses)


async def test_all_of_it_says_that_it_is_simulated(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert all("Simulated" in str(device.name) for device in devices)
    own = [
        entity
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if "simulated_charger" in entity.unique_id
    ]
    assert len(own) == len(CHARGERS) * (2 + len(Phase))


async def test_it_speaks_the_language_and_has_each_device_once(
    hass: HomeAssistant, add_simulated_home: Callable
) -> None:
    hass.config.language = "sv"
    entry = await add_simulated_home()
    names = [
        device.name
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), entry.entry_id
        )
    ]
    assert sorted(map(str, names)) == [
        "Simulerad laddare 1",
        "Simulerad laddare 2",
        "Simulerat garage",
        "Simulerat hem",
    ]
    assert entry.title == "Simulerat hem"


async def test_one_is_enough(hass: HomeAssistant, entry: ConfigEntry) -> None:
    result = await go_on(hass, await start_flow(hass), "demonstration")
    assert result["reason"] == "already_configured"
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert result["reason"] == "demonstration_is_fixed"


async def test_it_lives_on_when_it_is_reloaded(
    hass: HomeAssistant, clock: Clock, decisions: Decisions, entry: ConfigEntry
) -> None:
    await passes(hass, clock, decisions, 60)
    await hastened(clock, hass.config_entries.async_reload(entry.entry_id))
    await hass.async_block_till_done()
    await passes(hass, clock, decisions, 60)
    assert await hastened(clock, hass.config_entries.async_remove(entry.entry_id))
    await hass.async_block_till_done()
    assert not hass.states.async_entity_ids("number")


async def test_its_diagnostics_are_decided_again_byte_for_byte(
    hass: HomeAssistant,
    clock: Clock,
    decisions: Decisions,
    entry: ConfigEntry,
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
) -> None:
    """As an owner downloads them, after a ceiling, a boost and a changed figure."""
    assert await async_setup_component(hass, "diagnostics", {})
    await passes(hass, clock, decisions, 60)
    charger, *_ = entry.get_subentries_of_type("charger")
    hour = {"duration": {"hours": 1}}
    of_charger = {"device_id": device_id(hass, entry, charger.subentry_id)}
    for action, data in (
        ("set_ceiling", {**of_charger, **hour, "current": 8}),
        ("boost", {**of_charger, **hour}),
        ("set_priority", {**of_charger, "priority": 2}),
    ):
        await hass.services.async_call(DOMAIN, action, data, blocking=True)
        await passes(hass, clock, decisions, 30)

    client = await hass_client()
    url = f"/api/diagnostics/config_entry/{entry.entry_id}"
    file = tmp_path / "diagnostics.json"
    async with client.get(url) as response:
        file.write_bytes(await response.read())
    turns = list(replay(read_recording(file)))
    assert len(turns) >= 150
    assert all(turn.same and not turn.failed for turn in turns)
    assert turns[-1].decision.allocations[charger.subentry_id].current <= 8.0


def test_cars_come_and_go() -> None:
    home = SimulatedHome()
    car = home.cars["1"]
    car.limit = 16.0
    seen = []
    while not seen or seen[-1] != "connected" or len(seen) < 4:
        home.step(1.0)
        if not seen or seen[-1] != car.state:
            seen.append(car.state)
        assert home.time < 3 * 3600
    assert seen[:5] == [
        "connected",
        "charging",
        "complete",
        "disconnected",
        "connected",
    ]
    assert home.time > ENERGY_DEMAND / (3 * 230 * 16) * 3600 + 2 * STAY


def test_a_car_follows_its_limit() -> None:
    home = SimulatedHome()
    car = home.cars["2"]
    car.limit = 10.0
    for _ in range(30):
        home.step(1.0)
    assert car.drawn == 10.0
    for nothing in (0.0, float("nan")):
        car.limit = 7.0
        for _ in range(30):
            home.step(1.0)
        assert car.drawn == 7.0
        car.limit = nothing
        home.step(1.0)
        assert (car.drawn, car.state) == (0.0, "connected")
