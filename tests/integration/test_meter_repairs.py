"""A phase that is not measured is told, by its name, and mends itself."""

from collections.abc import Callable
from http import HTTPStatus

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import SUPPLY_ID, MeterTrust, Worth

from .helpers import (
    SERIAL,
    SUPPLY_INPUT,
    PlainCharger,
    Property,
    add_charger,
    enable_all,
    entity_id,
    go_on,
)

QUIET = (1.0, 2.0, 3.0)

type Shown = Callable[[float], tuple[float, ...]]
"""What the meter shows of each phase, A, while the car draws so much on all three."""


def true(amps: float) -> tuple[float, ...]:
    return tuple(a + amps for a in QUIET)


def l2_turned(amps: float) -> tuple[float, ...]:
    l1, l2, l3 = true(amps)
    return (l1, -l2, l3)


def l2_fell_off(amps: float) -> tuple[float, ...]:
    l1, _, l3 = true(amps)
    return (l1, 0.1, l3)


def l2_stands_still(amps: float) -> tuple[float, ...]:
    l1, _, l3 = true(amps)
    return (l1, 18.0, l3)


@pytest.fixture
async def car(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> PlainCharger:
    left = chargers["left"]
    await add_charger(hass, entry, left)
    return left


async def goes(
    hass: HomeAssistant,
    house: Property,
    car: PlainCharger,
    shown: Shown,
    *draws: float,
    seconds: int = 150,
) -> None:
    """Let a car draw so much for a while each, and the meter show that.

    What the car draws is never quite the same, and it says so.
    """
    for amps in draws:
        for count in range(seconds // 5):
            drawn = amps and amps + 0.1 * (count % 2)
            car.says("charging" if amps else "connected", drawn)
            await house.passes(hass, 5, *shown(drawn))


def told(hass: HomeAssistant) -> dict[str, str]:
    issues = ir.async_get(hass).issues.values()
    return {
        issue.translation_placeholders["phase"]: issue.translation_key
        for issue in issues
        if issue.domain == DOMAIN and issue.translation_key.startswith("phase_")
    }


STEPS = (0.0, 8.0, 0.0, 8.0)


@pytest.mark.parametrize(
    ("shown", "doubts"),
    [
        (l2_turned, {"phase_turned", "phase_below_chargers"}),
        (l2_fell_off, {"phase_below_chargers", "phase_stands_still"}),
        (l2_stands_still, {"phase_stands_still"}),
    ],
)
async def test_a_phase_that_is_measured_wrong_is_told_and_mends_itself(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    car: PlainCharger,
    shown: Shown,
    doubts: set[str],
) -> None:
    await goes(hass, house, car, true, 0.0, 8.0)
    assert told(hass) == {}
    await goes(hass, house, car, shown, *STEPS)
    assert told(hass).keys() == {"L2"}
    assert told(hass)["L2"] in doubts
    state = entry.runtime_data.state
    assert state.decision.nodes[SUPPLY_ID].trust is MeterTrust.OFFLINE
    assert state.decision.nodes[SUPPLY_ID].worth[1].worth is Worth.NOT_MEASURED
    # The meter itself is reached, and lives.
    connectivity = entity_id(hass, "binary_sensor", SERIAL, "connectivity")
    assert hass.states.get(connectivity).state == "on"

    await goes(hass, house, car, true, *STEPS)
    assert told(hass) == {}
    assert entry.runtime_data.state.meter_is_online(SUPPLY_ID)


async def test_a_meter_that_is_right_is_not_accused(
    hass: HomeAssistant, house: Property, car: PlainCharger
) -> None:
    await goes(hass, house, car, true, *STEPS, *STEPS)
    assert told(hass) == {}


async def test_nothing_is_left_of_a_removed_supply(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, car: PlainCharger
) -> None:
    await goes(hass, house, car, true, 0.0, 8.0)
    await goes(hass, house, car, l2_turned, *STEPS)
    assert told(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    assert told(hass) == {}


async def test_what_each_phase_is_worth_is_shown_to_who_asks(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, car: PlainCharger
) -> None:
    await enable_all(hass, entry)
    shown = [entity_id(hass, "sensor", SERIAL, f"measurement_l{n}") for n in (1, 2, 3)]
    await goes(hass, house, car, true, 0.0, 8.0)
    assert [hass.states.get(s).state for s in shown] == ["measured"] * 3
    await goes(hass, house, car, l2_fell_off, *STEPS)
    assert [hass.states.get(s).state for s in shown] == [
        "measured",
        "not_measured",
        "measured",
    ]


async def test_who_has_solar_says_so_by_a_button(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    car: PlainCharger,
    hass_client: ClientSessionGenerator,
) -> None:
    """Solar on L2 gives the car all it draws, and the meter never shows export."""
    assert await async_setup_component(hass, REPAIRS, {})

    def by_solar(amps: float) -> tuple[float, ...]:
        l1, l2, l3 = true(amps)
        return (l1, l2 - 0.9 * amps, l3)

    await goes(hass, house, car, true, 0.0, 8.0)
    await goes(hass, house, car, by_solar, 12.0, seconds=200)
    assert told(hass) == {"L2": "phase_below_chargers"}

    client = await hass_client()
    [issue] = [i for i in ir.async_get(hass).issues.values() if i.is_fixable]
    response = await client.post(
        "/api/repairs/issues/fix",
        json={"handler": DOMAIN, "issue_id": issue.issue_id},
    )
    assert response.status == HTTPStatus.OK
    flow = await response.json()
    assert flow["description_placeholders"] == {"phase": "L2"}
    response = await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    assert entry.options["generates"] is True
    await hass.async_block_till_done()
    assert entry.runtime_data.site.supply.generates

    await goes(hass, house, car, by_solar, 12.0, seconds=100)
    assert told(hass) == {}
    assert entry.runtime_data.state.meter_is_online(SUPPLY_ID)


# --- what feeds in --------------------------------------------------------------------


async def test_export_that_is_seen_is_remembered(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    """In passing: the chargers go on meanwhile, and it survives a restart."""
    coordinator = entry.runtime_data
    await house.passes(hass, 30, 2.0, 2.0, 2.0)
    assert entry.options["generates"] is False
    await house.passes(hass, 60, 2.0, -6.0, 2.0)
    assert entry.options["generates"] is True
    assert entry.runtime_data is coordinator
    assert coordinator.site.supply.generates
    # The owner may have the last word, but not against what is seen.
    await house.passes(hass, 30, 2.0, 2.0, 2.0)
    options = await hass.config_entries.options.async_init(entry.entry_id)
    await go_on(hass, options, SUPPLY_INPUT)
    await hass.async_block_till_done()
    assert entry.options["generates"] is False
    await house.passes(hass, 60, 2.0, 2.0, -6.0)
    assert entry.options["generates"] is True


@pytest.mark.parametrize(
    "house_draws",
    [
        [(2.0, -6.0, 2.0)],  # a sensor that is turned shows nothing else
        [(2.0, 2.0, 2.0), (2.0, -0.9, 2.0)],  # noise
        [(2.0, 0.5, 2.0), (2.0, -6.0, 2.0)],
    ],
)
async def test_what_is_no_clear_export_is_not(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    house_draws: list[tuple[float, ...]],
) -> None:
    house.draws(*house_draws[0])  # else what it drew at set-up may have been seen
    await hass.config_entries.async_reload(entry.entry_id)
    for draws in house_draws:
        await house.passes(hass, 60, *draws)
    assert entry.options["generates"] is False


async def test_a_short_export_is_none(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    """A lift that brakes, a telegram that is half updated."""
    for _ in range(6):
        await house.passes(hass, 20, 2.0, 2.0, 2.0)
        await house.passes(hass, 2, 2.0, -6.0, 2.0)
    assert entry.options["generates"] is False


async def test_a_line_of_an_it_net_shows_no_export(
    hass: HomeAssistant, entry: ConfigEntry, house: Property
) -> None:
    options = await hass.config_entries.options.async_init(entry.entry_id)
    await go_on(hass, options, SUPPLY_INPUT | {"net": "it"})
    await hass.async_block_till_done()
    await house.passes(hass, 30, 2.0, 2.0, 2.0)
    await house.passes(hass, 60, 2.0, -6.0, 2.0)
    assert entry.options["generates"] is False
