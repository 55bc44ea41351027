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
from homeassistant.core import HomeAssistant
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

from .helpers import (
    SERIAL,
    PlainCharger,
    Property,
    add_charger,
    device_id,
    entity_id,
    group_id,
)

BLUEPRINTS = Path(__file__).parents[2] / "blueprints"
NAMES = sorted(path.stem for path in BLUEPRINTS.rglob("*.yaml"))

type Automate = Callable


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Load the integration, in a Home Assistant that records."""


@pytest.fixture
async def left(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> PlainCharger:
    """A charger that is balanced."""
    await add_charger(hass, entry, chargers["left"])
    return chargers["left"]


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


async def test_an_overload_is_notified_once(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, automate: Automate
) -> None:
    told = async_mock_service(hass, "notify", "phone")
    await automate(
        "notify_on_overload",
        fuse=entity_id(hass, "event", group_id(entry), "fuse"),
        notify=[{"action": "notify.phone", "data": {"message": "{{ message }}"}}],
    )
    await house.passes(hass, 20, 10.0, 1.0, 1.0)
    assert told == []
    for _ in range(2):
        await house.passes(hass, 2, 27.0, 1.0, 1.0)
        await house.passes(hass, 2, 10.0, 1.0, 1.0)
    [call] = told
    assert call.data["message"].strip() == (
        "Garage: more current flows than the fuse is made for."
    )


async def test_the_heater_makes_room_for_the_car(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    automate: Automate,
) -> None:
    hass.states.async_set("switch.heater", "on")
    turned = [
        async_mock_service(hass, "switch", service)
        for service in ("turn_off", "turn_on")
    ]
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    await automate(
        "pause_heater",
        reasons=[entity_id(hass, "sensor", charger_id(entry), "reason")],
        heater="switch.heater",
        short=5,
        wait=10,
    )
    off, on = turned
    await house.passes(hass, 5, 16.0, 1.0, 1.0, cars=[left])
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=6))
    await hass.async_block_till_done()
    assert [call.data["entity_id"] for call in off] == [["switch.heater"]]
    assert on == []

    await house.passes(hass, 120, 1.0, 1.0, 1.0, cars=[left])
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
    await hass.async_block_till_done()
    assert [call.data["entity_id"] for call in on] == [["switch.heater"]]
    assert len(off) == 1


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
    assert entry.runtime_data.temporary.ceilings == ()
    await house.passes(hass, 240, 1.0, 1.0, 1.0, cars=[left])
    assert left.limit == 16


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
    [ceiling] = entry.runtime_data.temporary.ceilings
    assert (ceiling.name, ceiling.current) == ("tariff", current)

    hass.states.async_set("sensor.limit", "unknown")
    await hass.async_block_till_done()
    assert entry.runtime_data.temporary.ceilings == (ceiling,)


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
        notify=[{"action": "notify.phone", "data": {"message": "{{ message }}"}}],
    )
    async_fire_time_changed(hass, moment + timedelta(seconds=1))
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    [call] = told
    words = " ".join(call.data["message"].split())
    assert words == "Charged in the last seven days: Left 42.2 kWh."
