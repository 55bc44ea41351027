"""Meters through Home Assistant's own integrations, unmodified.

Their real client libraries speak to simulated meters over sockets, MQTT through a real
broker; what counts is which sample the balancer gets.
"""

import asyncio
from collections.abc import AsyncGenerator

from homeassistant import config, config_entries
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.model import SUPPLY_ID, Phase, PhaseValues
from simulator.devices.smart_meter import (
    AmsReader,
    HomeWizardP1,
    SerialServer,
    SmartMeter,
)
from simulator.house import HOUSEHOLD_WEEK, House, read_trace
from tests.broker import broker  # noqa: F401
from tests.devices.conftest import PortForward, add_integration, port_forward  # noqa: F401

from .helpers import (
    GROUPS_INPUT,
    NO_CHARGERS,
    PATIENCE,
    SET_UP_INPUT,
    Clock,
    Decisions,
    PlainCharger,
    add_charger,
    confirmed,
    go_on,
    start_flow,
)

# Of the client libraries; theirs to mend.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore:coroutine 'HomeWizardEnergyV1:RuntimeWarning"
)

P1_HOST = "127.0.0.81"
EVENING = 18 * 3600.0
"""s into the household's week."""
STEPS = 24


@pytest.fixture
def house() -> House:
    """A week of a real household."""
    return House(read_trace(HOUSEHOLD_WEEK))


async def add_supply(hass: HomeAssistant) -> ConfigEntry:
    """Take the only meter that is found, as its owner does."""
    async with asyncio.timeout(PATIENCE):
        form = await go_on(hass, await start_flow(hass), "sensors")
        while form["step_id"] != "sensor_device":  # until its integration has found it
            await hass.async_block_till_done()
            form = await go_on(hass, await start_flow(hass), "sensors")
    (field,) = form["data_schema"].schema.values()
    option, _by_hand = field.config["options"]
    form = await go_on(hass, form, {"device": option["value"]})
    await hass.async_block_till_done()
    async with asyncio.timeout(PATIENCE):
        while form["step_id"] == "sensor_check":  # until the sensors have their values
            await hass.async_block_till_done()
            form = await go_on(hass, form, confirmed())
    result = await go_on(
        hass,
        form,
        SET_UP_INPUT,
        GROUPS_INPUT,
        NO_CHARGERS,
        {"active": True},
    )
    assert result["type"] == "create_entry", result
    await hass.async_block_till_done()
    return result["result"]


async def measured(
    entry: ConfigEntry, decisions: Decisions, time: float
) -> PhaseValues:
    """Return what the balancer was given of a sample taken at `time` or later."""
    await decisions.on_sample_after(time)
    return entry.runtime_data.meters.samples[SUPPLY_ID].current


# --- HomeWizard -----------------------------------------------------------------------


@pytest.fixture
async def homewizard(
    hass: HomeAssistant,
    port_forward: PortForward,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[HomeWizardP1]:
    """A P1 meter that is in Home Assistant."""
    # What is enabled is there at once, not in the middle of what is tested.
    monkeypatch.setattr(config_entries, "RELOAD_AFTER_UPDATE_DELAY", 0.0)
    device = HomeWizardP1(SmartMeter())
    await device.start("127.0.0.1")
    host, port = device.address.split(":")
    port_forward[P1_HOST, 80] = (host, int(port))
    added = await add_integration(hass, "homewizard", {"ip_address": P1_HOST})
    yield device
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.config_entries.async_unload(added.entry.entry_id)
    await device.stop()


POLL = 6.0
"""s within which its integration asks it once."""


async def test_homewizard_replays_a_household(
    hass: HomeAssistant,
    homewizard: HomeWizardP1,
    house: House,
    clock: Clock,
    decisions: Decisions,
) -> None:
    entry = await add_supply(hass)
    assert entry.data["measured_quantities"] == ["current", "voltage", "power"]
    for step in range(STEPS):
        truth = house.current_at(EVENING + 60.0 * step)
        homewizard.meter.observe(truth, 60.0 * step)
        clock.advance(POLL)
        time = hass.loop.time()
        given = await measured(entry, decisions, time)
        for phase in Phase:
            # Power is known to 1 W; the current's whole amps may be half too many.
            assert truth[phase] - 0.01 <= given[phase] <= truth[phase] + 0.51


async def test_homewizard_tells_export_on_one_phase(
    hass: HomeAssistant, homewizard: HomeWizardP1, clock: Clock, decisions: Decisions
) -> None:
    entry = await add_supply(hass)
    homewizard.meter.observe(PhaseValues(5.0, -8.0, 2.0), 1.0)
    clock.advance(POLL)
    time = hass.loop.time()
    given = await measured(entry, decisions, time)
    assert given == pytest.approx((5.0, -8.0, 2.0), abs=0.01)


async def test_homewizard_cuts_a_charger(
    hass: HomeAssistant,
    homewizard: HomeWizardP1,
    clock: Clock,
    decisions: Decisions,
    chargers: dict[str, PlainCharger],
) -> None:
    entry = await add_supply(hass)
    left = chargers["left"]
    await add_charger(hass, entry, left)

    async def passes(polls: int, *house: float) -> None:
        for _ in range(polls):
            taken = left.takes()
            now = hass.loop.time()
            homewizard.meter.observe(PhaseValues(*(a + taken for a in house)), now)
            clock.advance(POLL)
            await decisions.on_sample_after(now + POLL)
            await hass.async_block_till_done(wait_background_tasks=True)

    await passes(25, 1.0, 2.0, 3.0)
    assert left.limit >= 15.0
    await passes(1, 1.0, 17.0, 3.0)
    assert left.limit <= 8.0


# --- DSMR -------------------------------------------------------------------------------


@pytest.fixture
async def serial_server() -> AsyncGenerator[SerialServer]:
    server = SerialServer(SmartMeter(resolution=0.1))
    await server.start("127.0.0.1")
    yield server
    await server.stop()


# The library leaves the timer of its watchdog to run out.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_dsmr_replays_a_household(
    hass: HomeAssistant,
    serial_server: SerialServer,
    house: House,
    clock: Clock,
    decisions: Decisions,
) -> None:
    """A Swedish meter's telegrams over TCP; export is a figure of its own."""
    meter = serial_server.meter
    meter.observe(PhaseValues(1.0, 1.0, 1.0), 0.0)
    dsmr = await add_integration(
        hass, "dsmr", {"port": serial_server.url, "dsmr_version": "5S"}
    )
    # Left alone it passes a telegram on each 30 s only.
    options = await hass.config_entries.options.async_init(dsmr.entry.entry_id)
    await hass.config_entries.options.async_configure(
        options["flow_id"], {"time_between_update": 0}
    )
    await hass.async_block_till_done()
    entry = await add_supply(hass)
    for step in range(STEPS):
        truth = house.current_at(EVENING + 60.0 * step)
        if step % 3 == 0:
            truth = PhaseValues(truth.l1, -truth.l2, truth.l3)
        meter.observe(truth, 60.0 * step)
        clock.advance(10.0)
        time = hass.loop.time()
        serial_server.send()
        given = await measured(entry, decisions, time)
        for phase in Phase:
            assert truth[phase] - 0.01 <= given[phase] <= truth[phase] + 0.06
    await hass.config_entries.async_unload(dsmr.entry.entry_id)


# --- MQTT -------------------------------------------------------------------------------


async def test_mqtt_through_a_real_broker(
    hass: HomeAssistant,
    broker: int,  # noqa: F811
    house: House,
    clock: Clock,
    decisions: Decisions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mqtt = MockConfigEntry(
        domain="mqtt", data={"broker": "127.0.0.1", "port": broker}, version=2
    )
    mqtt.add_to_hass(hass)
    monkeypatch.setattr(config, "load_yaml_config_file", lambda *_: {})
    assert await hass.config_entries.async_setup(mqtt.entry_id)
    meter = SmartMeter(resolution=0.1)
    meter.observe(PhaseValues(1.0, 1.0, 1.0), 0.0)
    reader = AmsReader(meter, host="127.0.0.1", port=broker)
    await reader.introduce()
    await reader.send()
    async with asyncio.timeout(PATIENCE):
        while len(hass.states.async_all("sensor")) < 9 or any(
            state.state == "unknown" for state in hass.states.async_all("sensor")
        ):
            await asyncio.sleep(0.05)
            await reader.send()
    entry = await add_supply(hass)
    for step in range(STEPS):
        truth = house.current_at(EVENING + 60.0 * step)
        # What does not change at all Home Assistant does not pass on.
        truth = truth._replace(l1=truth.l1 + 0.1 * (step % 2))
        if step % 3 == 0:
            truth = PhaseValues(truth.l1, truth.l2, -truth.l3)
        clock.advance(10.0)
        time = hass.loop.time()
        meter.observe(truth, 60.0 * step)
        await reader.send()
        given = await measured(entry, decisions, time)
        for phase in Phase:
            assert truth[phase] - 0.01 <= given[phase] <= truth[phase] + 0.06
