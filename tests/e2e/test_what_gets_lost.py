"""The meter falls silent, and comes back; then Home Assistant itself ends.

Every figure is the simulator's own record of what truly flowed.
"""

from dataclasses import replace

import pytest

from custom_components.amp_guard.model import PhaseValues
from demo.home import Home
from demo.set_up import OFFLINE_MAX_CURRENT
from simulator.car import CarModel
from simulator.devices.amp_guard import Fault
from simulator.house import House, constant
from simulator.scenario import Arrival, Scenario, evening
from tests.e2e.conftest import LiveIn

OFFLINE_CURRENT = 6.0
"""A. What each charger is set up to use on its own."""
PATIENCE = 200.0
"""s. What is waited for comes within half of it (a meter that was silent is asked again
each 10 s, and headroom must then have lasted 30 s); this ends what never comes."""


def quiet_night() -> Scenario:
    """Return the evening's site at night: a steady house and two eager cars."""
    car = CarModel(start_delay=2.0, one_phase_first=0.0, raise_delay=1.0)
    night = evening()
    return replace(
        night,
        name="quiet night",
        house=House(constant(PhaseValues(1.0, 2.0, 3.0))),
        arrivals=tuple(
            Arrival(time=1.0, charger=charger.id, car=car) for charger in night.chargers
        ),
    )


def drawn_by_cars(home: Home) -> float:
    """Return A that both cars draw together, on the phase with the most."""
    loads = [charger.load for charger in home.site.world.chargers.values()]
    return max(sum(phase) for phase in zip(*loads, strict=True))


def use_more_than_offline(home: Home) -> bool:
    limits = [charger.limit for charger in home.site.world.chargers.values()]
    return drawn_by_cars(home) > OFFLINE_MAX_CURRENT + 1.0 and all(
        limit > OFFLINE_CURRENT + 1.0 for limit in limits
    )


@pytest.mark.timeout(400)
async def test_what_gets_lost_leaves_a_safe_site(live_in: LiveIn) -> None:
    async with live_in(quiet_night()) as home:
        await home.live_until(lambda: use_more_than_offline(home), PATIENCE)

        home.site.amp_guard.fault = Fault.SILENT
        await home.live_until(
            lambda: drawn_by_cars(home) <= OFFLINE_MAX_CURRENT, PATIENCE
        )

        home.site.amp_guard.fault = None
        await home.live_until(lambda: use_more_than_offline(home), PATIENCE)

        await home.home_assistant.stop()
        await home.live_until(lambda: drawn_by_cars(home) <= OFFLINE_MAX_CURRENT, 10.0)
        for charger in home.site.world.chargers.values():
            assert charger.limit == OFFLINE_CURRENT

    assert home.figures["overload"]["seconds"] == 0.0
    for car in home.figures["cars"].values():
        assert car["pauses"] == 0
