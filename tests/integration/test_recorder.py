"""What Home Assistant's recorder has to keep, counted in its own database."""

from collections.abc import Iterable
from random import Random

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import States, StatesMeta
from homeassistant.components.recorder.util import session_scope
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy import func, select

from .helpers import PlainCharger, Property, add_charger, entity_id

MINUTES = 3


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Load the integration, in a Home Assistant that records."""


async def rows(hass: HomeAssistant, entry: ConfigEntry) -> int:
    """Return how many states of the entry's entities are recorded."""
    await async_wait_recording_done(hass)
    registry = er.async_get(hass)
    ours = [
        entity.entity_id
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
    ]
    with session_scope(hass=hass, read_only=True) as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(States)
                .join(StatesMeta, States.metadata_id == StatesMeta.metadata_id)
                .where(StatesMeta.entity_id.in_(ours))
            )
            or 0
        )


async def rows_a_minute(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    cars: Iterable[PlainCharger] = (),
    least: float = 1.0,
) -> float:
    """Return what is recorded while the house's load wanders, each minute."""
    random = Random(1)
    before = await rows(hass, entry)
    for _ in range(60 * MINUTES):
        load = [random.uniform(least, least + 4.0) for _ in range(3)]
        await house.passes(hass, 1, *load, cars=cars)
    recorded = (await rows(hass, entry) - before) / MINUTES
    print(f"\n{recorded:.0f} rows a minute")
    return recorded


async def test_an_idle_home_records_at_most_60_rows_a_minute(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    await house.passes(hass, 60, 1.0, 2.0, 3.0)
    recorded = await rows_a_minute(hass, entry, house)
    assert 10 <= recorded <= 60


async def test_an_overload_that_lasts_records_at_most_120_rows_a_minute(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    await house.passes(hass, 60, 1.0, 2.0, 3.0)
    recorded = await rows_a_minute(hass, entry, house, least=26.0)
    assert 10 <= recorded <= 120


async def test_two_charging_cars_record_at_most_120_rows_a_minute(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    for charger in chargers.values():
        await add_charger(hass, entry, charger)
    cars = list(chargers.values())
    await house.passes(hass, 90, 1.0, 2.0, 3.0, cars=cars)
    recorded = await rows_a_minute(hass, entry, house, cars)
    assert 10 <= recorded <= 120


async def test_a_charger_has_what_the_energy_pages_take_of_a_device(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> None:
    """By its energy it is in the day's figures, by its power under "Now"."""
    left = chargers["left"]
    charger = await add_charger(hass, entry, left)
    power = entity_id(hass, "sensor", charger, "power")
    energy = entity_id(hass, "sensor", charger, "energy")
    await house.passes(hass, 60, 1.0, 1.0, 1.0, cars=[left])
    assert float(hass.states.get(power).state) == pytest.approx(3 * 16 * 230, rel=0.03)

    assert await async_setup_component(hass, "energy", {})
    manager = await async_get_manager(hass)
    device = {"stat_consumption": energy, "stat_rate": power}
    await manager.async_update({"device_consumption": [device]})
    await async_wait_recording_done(hass)
    [found] = (await async_validate(hass)).as_dict()["device_consumption"]
    # Statistics are made each 5 min; nothing else may be missing.
    assert {issue["type"] for issue in found} <= {"statistics_not_defined"}

    left.says("connected")
    await house.passes(hass, 11, 1.0, 1.0, 1.0)
    assert hass.states.get(power).state == "0"
