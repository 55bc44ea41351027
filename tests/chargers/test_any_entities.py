"""A charger of entities that its owner picked."""

from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.amp_guard.chargers import (
    ANY_ENTITIES,
    ChargerConfig,
    ChargerDriver,
)
from custom_components.amp_guard.model import ChargerStatus, Phase, PhaseValues

from .conftest import OBEYED


@pytest.fixture
async def any_charger(hass):
    """A charger of entities that its owner picked; returns a maker of its driver."""
    calls = []
    drivers = []

    async def take(call) -> None:
        data = dict(call.data)
        calls.append((f"{call.domain}.{call.service}", data))
        hass.states.async_set(
            data["entity_id"],
            OBEYED[f"{call.domain}.{call.service}"](data),
            hass.states.get(data["entity_id"]).attributes,
        )

    for action in OBEYED:
        hass.services.async_register(*action.split("."), take)

    async def make(entities, **config):
        driver = ChargerDriver(
            hass,
            ChargerConfig(
                id="any",
                device_id=None,
                profile=ANY_ENTITIES,
                entities=entities,
                **config,
            ),
            lambda _: None,
        )
        await driver.start()
        drivers.append(driver)
        return driver, calls

    yield make
    for driver in drivers:
        await driver.stop()


async def test_any_entities(hass, any_charger) -> None:
    hass.states.async_set("input_number.amps", "16", {"min": 0, "max": 20, "step": 2})
    hass.states.async_set("switch.charging", "on")
    hass.states.async_set("sensor.state", "Lädt gerade")
    hass.states.async_set("sensor.l1", "3.45", {"unit_of_measurement": "kW"})
    hass.states.async_set("sensor.l2", "3450", {"unit_of_measurement": "W"})
    hass.states.async_set("sensor.l3", "15.0", {"unit_of_measurement": "A"})
    driver, calls = await any_charger(
        {
            "limit": "input_number.amps",
            "enable": "switch.charging",
            "state": "sensor.state",
            "current_l1": "sensor.l1",
            "current_l2": "sensor.l2",
            "current_l3": "sensor.l3",
        },
        states={"Lädt gerade": "charging"},
    )

    reading = driver.read()
    assert reading.status is ChargerStatus.CHARGING
    assert reading.current == pytest.approx((15.0, 15.0, 15.0))
    assert reading.limit == 16.0

    driver.command(11.0)
    await hass.async_block_till_done()
    driver.command(0.0)
    await hass.async_block_till_done()
    assert calls == [
        ("input_number.set_value", {"entity_id": "input_number.amps", "value": 10}),
        ("switch.turn_off", {"entity_id": "switch.charging"}),
    ]


async def test_any_entities_without_a_switch_pause_at_zero(hass, any_charger) -> None:
    hass.states.async_set("number.amps", "16", {"min": 0, "max": 16})
    driver, calls = await any_charger({"limit": "number.amps"})
    assert driver.read().status is ChargerStatus.WAITING

    driver.command(0.0)
    await hass.async_block_till_done()

    assert calls == [("number.set_value", {"entity_id": "number.amps", "value": 0})]
    assert driver.read().limit == 0.0


async def test_any_entities_without_a_state_charge_while_they_draw(
    hass, any_charger
) -> None:
    hass.states.async_set("number.amps", "16", {"min": 0, "max": 16})
    hass.states.async_set("sensor.power", "2.3", {"unit_of_measurement": "kW"})
    driver, _ = await any_charger(
        {"limit": "number.amps", "power": "sensor.power"}, wiring=(Phase.L2,)
    )

    reading = driver.read()

    assert reading.status is ChargerStatus.CHARGING
    assert reading.current == PhaseValues(10.0, 0.0, 0.0)


async def test_total_power_says_nothing_of_three_phases(hass, any_charger) -> None:
    hass.states.async_set("number.amps", "16", {"min": 0, "max": 16})
    hass.states.async_set("sensor.power", "2300", {"unit_of_measurement": "W"})
    driver, _ = await any_charger({"limit": "number.amps", "power": "sensor.power"})
    assert driver.read().current is None

    hass.states.async_set("sensor.power", "0", {"unit_of_measurement": "W"})
    assert driver.read().current == PhaseValues(0.0, 0.0, 0.0)


async def test_a_picked_entity_is_followed_through_a_rename(hass, any_charger) -> None:
    entry = MockConfigEntry(domain="other")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("other", "1")}
    )
    registry = er.async_get(hass)
    registered = registry.async_get_or_create(
        "number", "other", "amps", device_id=device.id, object_id_base="amps"
    )
    hass.states.async_set(registered.entity_id, "16", {"min": 0, "max": 16})
    driver, calls = await any_charger({"limit": registered.entity_id})
    registry.async_update_entity(registered.entity_id, new_entity_id="number.renamed")
    hass.states.async_set("number.renamed", "16", {"min": 0, "max": 16})
    await hass.async_block_till_done()

    driver.command(8.0)
    await hass.async_block_till_done()

    assert calls == [("number.set_value", {"entity_id": "number.renamed", "value": 8})]


async def test_a_number_that_its_owner_has_shown_in_milliamperes(
    hass, any_charger
) -> None:
    """Home Assistant lets the owner choose the unit of any current."""
    hass.states.async_set(
        "number.amps",
        "16000",
        {"min": 6000, "max": 13000, "step": 1000, "unit_of_measurement": "mA"},
    )
    hass.states.async_set("switch.charging", "on")
    driver, calls = await any_charger(
        {"limit": "number.amps", "enable": "switch.charging"}
    )
    assert driver.read().limit == 16.0

    for current in (16.0, 6.7, 5.0):
        driver.command(current)
        await hass.async_block_till_done()

    assert calls == [
        ("number.set_value", {"entity_id": "number.amps", "value": 13000}),
        ("number.set_value", {"entity_id": "number.amps", "value": 6000}),
        ("switch.turn_off", {"entity_id": "switch.charging"}),
    ]
    assert driver.commanded().current == 0.0
