"""The blueprints, as a user has them: loaded by Home Assistant, and run."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path
import shutil

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    EVENT_HOMEASSISTANT_STARTED,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
)
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from simulator.devices.amp_guard import Fault

from .helpers import SERIAL, PlainCharger, Property, device_id, entity_id, group_id

BLUEPRINTS = Path(__file__).parents[2] / "blueprints"
NAMES = sorted(path.stem for path in BLUEPRINTS.rglob("*.yaml"))

type Automate = Callable


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Load the integration, in a Home Assistant that records."""


@pytest.fixture
async def automate(hass: HomeAssistant, tmp_path: Path) -> AsyncGenerator[Automate]:
    """Return a function that makes an automation of a blueprint."""
    shutil.copytree(BLUEPRINTS, tmp_path / "blueprints")

    async def make(name: str, **inputs: object) -> str:
        config_dir, hass.config.config_dir = hass.config.config_dir, str(tmp_path)
        assert await async_setup_component(hass, "homeassistant", {})
        blueprint = {"path": f"amp_guard/{name}.yaml", "input": inputs}
        config = {"automation": {"alias": name, "use_blueprint": blueprint}}
        assert await async_setup_component(hass, "automation", config)
        await hass.async_block_till_done()
        hass.config.config_dir = config_dir
        automation = f"automation.{name}"
        assert hass.states.get(automation).state == "on"
        return automation

    yield make
    everything = {"entity_id": "all"}
    await hass.services.async_call("automation", "turn_off", everything, blocking=True)


@pytest.fixture
async def automate_at_start(hass: HomeAssistant, automate: Automate) -> Automate:
    """Return a function that has an automation, and Home Assistant start with it."""

    async def make(name: str, **inputs: object) -> str:
        hass.set_state(CoreState.starting)
        automation = await automate(name, **inputs)
        hass.set_state(CoreState.running)
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        await hass.async_block_till_done()
        return automation

    return make


async def waits(hass: HomeAssistant, **time: float) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(**time))
    await hass.async_block_till_done()


def charger_id(entry: ConfigEntry) -> str:
    return entry.get_subentries_of_type("charger")[0].subentry_id


def test_there_are_the_five_most_wanted() -> None:
    assert NAMES == [
        "ceiling_from_tariff",
        "charge_in_price_window",
        "notify_on_overload",
        "pause_heater",
        "weekly_summary",
    ]


NOTIFY = [{"action": "notify.phone", "data": {"message": "{{ message }}"}}]


def fuses(hass: HomeAssistant) -> list[str]:
    """Return what an owner picks: the main fuse."""
    return [entity_id(hass, "event", SERIAL, "fuse")]


async def test_an_overload_is_notified_once(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, automate: Automate
) -> None:
    told = async_mock_service(hass, "notify", "phone")
    await automate("notify_on_overload", fuse=fuses(hass), notify=NOTIFY)
    await house.passes(hass, 20, 10.0, 1.0, 1.0)
    assert told == []
    for _ in range(2):
        await house.passes(hass, 2, 27.0, 1.0, 1.0)
        await house.passes(hass, 2, 10.0, 1.0, 1.0)
    [call] = told
    assert call.data["message"].strip() == (
        "Amp Guard: more current flows than the fuse is made for."
    )


async def test_what_happens_anew_is_notified_after_the_quiet_time(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, automate: Automate
) -> None:
    told = async_mock_service(hass, "notify", "phone")
    await automate("notify_on_overload", fuse=fuses(hass), quiet=0, notify=NOTIFY)
    await house.passes(hass, 20, 10.0, 1.0, 1.0)
    for _ in range(2):
        await house.passes(hass, 2, 27.0, 1.0, 1.0)
        await house.passes(hass, 2, 10.0, 1.0, 1.0)
    assert len(told) == 2
    # What comes back after a restart has happened before.
    await hass.config_entries.async_reload(entry.entry_id)
    await house.passes(hass, 5, 10.0, 1.0, 1.0)
    assert len(told) == 2


async def test_a_lost_meter_is_notified_and_that_it_is_back_is_not(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, automate: Automate
) -> None:
    told = async_mock_service(hass, "notify", "phone")
    [fuse] = fuses(hass)
    await automate("notify_on_overload", fuse=fuse, quiet=0, notify=NOTIFY)
    await house.passes(hass, 20, 1.0, 1.0, 1.0)
    house.meter.fault = Fault.SILENT
    for _ in range(14):
        house.clock.advance(4.0)
        await hass.async_block_till_done()
    [call] = told
    assert " ".join(call.data["message"].split()) == (
        "Amp Guard: the meter is lost. "
        "The chargers share what their groups may use without it."
    )

    house.meter.fault = None
    house.clock.advance(10.0)
    await house.passes(hass, 15, 1.0, 1.0, 1.0)
    assert hass.states.get(fuse).attributes["event_type"] == "fallback_left"
    assert len(told) == 1


HEATER, PAUSED = "input_boolean.heater", "input_boolean.paused"


@pytest.fixture
async def inputs(
    hass: HomeAssistant,
    entry: ConfigEntry,
    left: PlainCharger,
    hass_ws_client: WebSocketGenerator,
) -> dict[str, object]:
    """What an owner fills in to pause a heater for the car."""
    client = await hass_ws_client(hass)
    for name in ("Heater", "Paused"):
        await client.send_json_auto_id({"type": "input_boolean/create", "name": name})
        assert (await client.receive_json())["success"]
    return {
        "chargers": [entity_id(hass, "sensor", charger_id(entry), "allocated_current")],
        "heater": HEATER,
        "paused": PAUSED,
        "short": 5,
        "wait": 10,
    }


async def turn(hass: HomeAssistant, entity: str, state: str) -> None:
    await hass.services.async_call(
        "input_boolean", f"turn_{state}", {"entity_id": entity}, blocking=True
    )
    await hass.async_block_till_done()


async def lacks_current(
    hass: HomeAssistant, house: Property, left: PlainCharger
) -> None:
    await house.passes(hass, 5, 16.0, 1.0, 1.0, cars=[left])
    await waits(hass, seconds=6)


async def has_room(hass: HomeAssistant, house: Property, left: PlainCharger) -> None:
    await house.passes(hass, 120, 1.0, 1.0, 1.0, cars=[left])
    await waits(hass, minutes=11)


def shown(hass: HomeAssistant) -> tuple[str, str]:
    return hass.states.get(HEATER).state, hass.states.get(PAUSED).state


async def test_the_heater_makes_room_for_the_car(
    hass: HomeAssistant,
    house: Property,
    left: PlainCharger,
    automate: Automate,
    inputs: dict[str, object],
) -> None:
    await automate("pause_heater", **inputs)
    await turn(hass, HEATER, "on")
    await has_room(hass, house, left)
    await house.passes(hass, 2, 16.0, 1.0, 1.0, cars=[left])
    assert shown(hass) == (STATE_ON, STATE_OFF)
    await waits(hass, seconds=6)
    assert shown(hass) == (STATE_OFF, STATE_ON)
    await house.passes(hass, 120, 1.0, 1.0, 1.0, cars=[left])
    assert shown(hass) == (STATE_OFF, STATE_ON)
    await waits(hass, minutes=11)
    assert shown(hass) == (STATE_ON, STATE_OFF)


async def test_a_heater_that_its_owner_has_turned_off_stays_off(
    hass: HomeAssistant,
    house: Property,
    left: PlainCharger,
    automate_at_start: Automate,
    inputs: dict[str, object],
) -> None:
    await has_room(hass, house, left)
    await automate_at_start("pause_heater", **inputs)
    assert shown(hass) == (STATE_OFF, STATE_OFF)
    await lacks_current(hass, house, left)
    await has_room(hass, house, left)
    assert shown(hass) == (STATE_OFF, STATE_OFF)

    # Also where it was paused, and its owner has turned it on meanwhile.
    await turn(hass, HEATER, "on")
    await lacks_current(hass, house, left)
    assert shown(hass) == (STATE_OFF, STATE_ON)
    await turn(hass, HEATER, "on")
    await turn(hass, HEATER, "off")
    await has_room(hass, house, left)
    assert shown(hass) == (STATE_OFF, STATE_OFF)


@pytest.mark.parametrize("full", [False, True])
async def test_a_heater_that_was_paused_before_a_restart_does_not_stay_off(
    hass: HomeAssistant,
    house: Property,
    left: PlainCharger,
    automate_at_start: Automate,
    inputs: dict[str, object],
    full: bool,
) -> None:
    await has_room(hass, house, left)
    if full:
        await lacks_current(hass, house, left)
    await turn(hass, PAUSED, "on")
    await automate_at_start("pause_heater", **inputs)
    if full:
        assert shown(hass) == (STATE_OFF, STATE_ON)
        await has_room(hass, house, left)
    assert shown(hass) == (STATE_ON, STATE_OFF)


async def test_a_paused_heater_is_found_whatever_was_missed(
    hass: HomeAssistant,
    house: Property,
    left: PlainCharger,
    automate: Automate,
    inputs: dict[str, object],
) -> None:
    await has_room(hass, house, left)
    await turn(hass, PAUSED, "on")
    await automate("pause_heater", **inputs)
    hass.states.async_set(HEATER, STATE_UNAVAILABLE)
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    # It could not be told, which is not forgotten.
    assert shown(hass) == (STATE_UNAVAILABLE, STATE_ON)
    hass.states.async_set(HEATER, STATE_OFF)
    await hass.async_block_till_done()
    assert shown(hass) == (STATE_ON, STATE_OFF)

    await turn(hass, HEATER, "off")
    await turn(hass, PAUSED, "on")
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert shown(hass) == (STATE_ON, STATE_OFF)


async def test_a_car_charges_while_power_is_cheap(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    automate: Automate,
) -> None:
    hass.states.async_set("sensor.price", "0.50")
    await automate(
        "charge_in_price_window",
        device=device_id(hass, entry, charger_id(entry)),
        price="sensor.price",
        highest=1,
    )
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16
    hass.states.async_set("sensor.price", "1.25")
    await house.passes(hass, 10, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 0
    # Nobody knows: better a full car than an empty one.
    for price in ("0.99", "1.25", "unavailable"):
        hass.states.async_set("sensor.price", price)
        await hass.async_block_till_done()
    assert entry.runtime_data.overrides.ceilings == ()
    await house.passes(hass, 240, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16


async def test_a_price_is_looked_at_from_the_start_and_each_hour(
    hass: HomeAssistant,
    entry: ConfigEntry,
    left: PlainCharger,
    automate_at_start: Automate,
) -> None:
    hass.states.async_set("sensor.price", "1.25")
    charger = charger_id(entry)
    await automate_at_start(
        "charge_in_price_window",
        device=device_id(hass, entry, charger),
        price="sensor.price",
        highest=1,
    )
    overrides = entry.runtime_data.overrides
    for _ in range(2):
        [ceiling] = overrides.ceilings
        assert (ceiling.name, ceiling.current) == ("price", 0)
        assert ceiling.end - dt_util.utcnow() > timedelta(minutes=119)
        overrides.clear_ceilings(charger)
        await waits(hass, hours=1)


@pytest.mark.parametrize(
    ("shown", "unit", "current"),
    [("10.04", "A", 10.0), ("6.9", "kW", 10.0), ("3450", "W", 5.0), ("99", "A", 25.0)],
)
async def test_a_tariff_sensor_sets_a_ceiling(
    hass: HomeAssistant,
    entry: ConfigEntry,
    automate: Automate,
    shown: str,
    unit: str,
    current: float,
) -> None:
    await automate(
        "ceiling_from_tariff",
        device=device_id(hass, entry, SERIAL),
        limit="sensor.limit",
        most=25,
    )
    hass.states.async_set("sensor.limit", shown, {"unit_of_measurement": unit})
    await hass.async_block_till_done()
    [ceiling] = entry.runtime_data.overrides.ceilings
    assert (ceiling.name, ceiling.current) == ("tariff", current)

    hass.states.async_set("sensor.limit", "unknown")
    await hass.async_block_till_done()
    assert entry.runtime_data.overrides.ceilings == (ceiling,)


@pytest.mark.parametrize("kind", ["supply", "group", "charger"])
async def test_a_tariff_limits_whatever_it_is_for(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    automate: Automate,
    kind: str,
) -> None:
    targets = {
        "supply": SERIAL,
        "group": group_id(entry),
        "charger": charger_id(entry),
    }
    device = device_id(hass, entry, targets[kind])
    await automate("ceiling_from_tariff", device=device, limit="sensor.limit", most=16)
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16
    # No car can be told less than 6 A.
    for figure, least, most in (("9", 6, 9), ("4", 0, 0)):
        hass.states.async_set("sensor.limit", figure, {"unit_of_measurement": "A"})
        await hass.async_block_till_done()
        await house.passes(hass, 10, 1.0, 1.0, 1.0, cars=[left])
        assert least <= left.limit <= most


async def test_a_tariff_is_looked_at_from_the_start_and_each_half_hour(
    hass: HomeAssistant, entry: ConfigEntry, automate_at_start: Automate
) -> None:
    hass.states.async_set("sensor.limit", "10", {"unit_of_measurement": "A"})
    group = group_id(entry)
    await automate_at_start(
        "ceiling_from_tariff",
        device=device_id(hass, entry, group),
        limit="sensor.limit",
        most=25,
    )
    overrides = entry.runtime_data.overrides
    for _ in range(2):
        [ceiling] = overrides.ceilings
        assert (ceiling.name, ceiling.current) == ("tariff", 10)
        overrides.clear_ceilings(group)
        await waits(hass, minutes=30)


async def test_the_week_is_summed_up(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    automate: Automate,
) -> None:
    told = async_mock_service(hass, "notify", "phone")
    energy = entity_id(hass, "sensor", charger_id(entry), "energy")
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    async_import_statistics(
        hass,
        StatisticMetaData(
            mean_type=StatisticMeanType.NONE,
            has_sum=True,
            name=None,
            source="recorder",
            statistic_id=energy,
            unit_class="energy",
            unit_of_measurement="kWh",
        ),
        [
            StatisticData(start=hour - timedelta(days=days), state=state, sum=state)
            for days, state in ((9, 10.0), (5, 30.0), (1, 52.25))
        ],
    )
    await async_wait_recording_done(hass)
    moment = dt_util.now() + timedelta(minutes=1)
    await automate(
        "weekly_summary",
        energies=[energy],
        weekday=moment.strftime("%a").lower(),
        time=moment.strftime("%H:%M:%S"),
        notify=NOTIFY,
    )
    async_fire_time_changed(hass, moment + timedelta(seconds=1))
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    [call] = told
    words = " ".join(call.data["message"].split())
    assert words == "Charged in the last seven days: Left 42.2 kWh."


async def test_the_week_is_summed_up_on_its_day_only(
    hass: HomeAssistant, entry: ConfigEntry, left: PlainCharger, automate: Automate
) -> None:
    told = async_mock_service(hass, "notify", "phone")
    moment = dt_util.now() + timedelta(minutes=1)
    await automate(
        "weekly_summary",
        energies=[entity_id(hass, "sensor", charger_id(entry), "energy")],
        weekday=(moment + timedelta(days=1)).strftime("%a").lower(),
        time=moment.strftime("%H:%M:%S"),
        notify=NOTIFY,
    )
    async_fire_time_changed(hass, moment + timedelta(seconds=1))
    await hass.async_block_till_done()
    assert told == []
