"""What a meter gets wrong neither delays a cut nor reaches the Energy dashboard."""

import asyncio
from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.model import SUPPLY_ID, Phase

from .helpers import PATIENCE, SERIAL, PlainCharger, Property, add_charger, entity_id

type Told = dict[str, float]


@pytest.fixture
def spoil(house: Property, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Return a function that lets the meter tell something else of each phase."""
    measure = house.meter._measure_phase

    def spoil(spoiled: Callable[[Phase, Told], Told] | None) -> None:
        monkeypatch.setattr(
            house.meter,
            "_measure_phase",
            measure
            if spoiled is None
            else lambda phase, current: spoiled(phase, measure(phase, current)),
        )

    return spoil


@pytest.fixture
async def car(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> PlainCharger:
    """A car that charges with all it can."""
    left = chargers["left"]
    await add_charger(hass, entry, left)
    await house.passes(hass, 90, 1.0, 2.0, 3.0, cars=[left])
    assert left.limit == 16.0
    return left


async def test_an_overload_is_cut_though_another_phase_has_died(
    hass: HomeAssistant, house: Property, car: PlainCharger, spoil: Callable
) -> None:
    """L2 of the grid fails; an emergency heater on L1 takes over."""

    def dead(phase: Phase, told: Told) -> Told:
        if phase is Phase.L2:
            return told | {"current": 0.0, "voltage": 0.0, "power": 0.0}
        return told

    spoil(dead)
    await house.passes(hass, 1, 20.0, 0.0, 3.0, cars=[car])
    assert car.limit < 16.0


async def test_an_overload_beyond_the_range_is_cut_by_its_second_sample(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, car: PlainCharger
) -> None:
    house.draws(104.0, 18.0, 19.0)
    async with asyncio.timeout(PATIENCE):
        while not entry.runtime_data.meters.rejected_samples[SUPPLY_ID]:
            await hass.async_block_till_done()
    assert car.limit == 16.0
    await house.passes(hass, 1, 88.0, 2.0, 3.0, cars=[car])
    assert car.limit < 16.0


async def test_one_corrupted_counter_does_not_reach_the_energy_dashboard(
    hass: HomeAssistant, entry: ConfigEntry, house: Property, spoil: Callable
) -> None:
    imported = entity_id(hass, "sensor", SERIAL, "total_energy_import")
    house.meter._energy_import = [4321.0, 4321.0, 4321.0]
    await house.passes(hass, 21, 10.0, 10.0, 10.0)
    assert float(hass.states.get(imported).state) == pytest.approx(12963.0, abs=0.2)

    spoil(lambda _, told: told | {"energy_import": 432.1})
    # One of the samples that are shown at once, since it is an overload.
    await house.passes(hass, 1, 26.0, 10.0, 10.0)
    current = entity_id(hass, "sensor", SERIAL, "current_l1")
    assert hass.states.get(current).state == "26.0"
    # A counter that falls was exchanged: 13 MWh would count once more when it is back.
    assert float(hass.states.get(imported).state) == pytest.approx(12963.0, abs=0.2)
