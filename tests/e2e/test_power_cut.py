"""Home Assistant is killed, as by a power cut, and comes back to a full house.

Every figure is the simulator's own record of what truly flowed.
"""

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from custom_components.amp_guard.control.command import VALID_FOR
from custom_components.amp_guard.model import Phase, PhaseValues
from demo.home import Home, running
from demo.home_assistant import INTEGRATION, HomeAssistant
from demo.places import LOOPBACK, home_assistant_port, site_addresses
from simulator.appliances import switch
from simulator.car import CarModel
from simulator.charger import ChargerModel
from simulator.devices.charger import ChargerDevice
from simulator.devices.nrgkick import NRGkick
from simulator.devices.ocpp import OcppChargePoint
from simulator.house import House, constant
from simulator.scenario import Arrival, Scenario, evening
from simulator.site import Site
from tests.e2e.conftest import OWNER

OCPP = Path(__file__).parents[1] / "doubles" / "custom_components" / "ocpp"
OFFLINE_CURRENT = 6.0
MAX_CURRENT = 16.0
SUPPLY_MAX_CURRENT = 35.0
QUIET = PhaseValues(1.0, 1.0, 1.0)
ENOUGH = 14.0
"""A that the other car has, when it has more than dinner leaves it."""
KITCHEN = 18.0
"""A on L1, while dinner is made."""
PATIENCE = 120.0
"""s. What is waited for comes within half of it; this ends what never comes."""
BELOW_LIMIT_WITHIN = 10.0
"""s from when the meter is listened to: 1 s until it has a sample, 1 s of the charger's,
3 s of the car's, and what a machine needs that still starts all else."""


class OcppSite(Site):
    """A site whose first charger is an OCPP charge point, and the second an NRGkick."""

    async def start_charger(self, number: int, charger: ChargerModel) -> ChargerDevice:
        device = OcppChargePoint(charger) if number == 1 else NRGkick(charger)
        addresses = self._addresses
        await device.start(addresses.host, addresses.port(number + 1))
        return device


def night() -> Scenario:
    """Return two eager cars in a quiet house."""
    car = CarModel(start_delay=2.0, one_phase_first=0.0, raise_delay=1.0)
    chargers = tuple(ChargerModel(id=name) for name in ("garage", "carport"))
    return replace(
        evening(),
        name="power cut",
        supply=replace(evening().supply, supply_max_current=SUPPLY_MAX_CURRENT),
        house=House(constant(QUIET)),
        chargers=chargers,
        arrivals=tuple(
            Arrival(time=1.0, charger=charger.id, car=car) for charger in chargers
        ),
    )


@pytest.mark.timeout(300)
async def test_a_power_cut(tmp_path: Path) -> None:
    site = OcppSite(night(), site_addresses())
    home_assistant = HomeAssistant(
        tmp_path / "config",
        port=home_assistant_port(LOOPBACK, None),
        integrations=(INTEGRATION, OCPP),
    )
    home = Home(site, home_assistant)
    async with running(home, OWNER):
        # Home Assistant keeps new devices on disk minutes later, or when it ends.
        await home_assistant.stop()
        await home_assistant.start_again()
        garage, carport = site.world.chargers.values()
        await home.live_until(
            lambda: drawn(garage) == MAX_CURRENT and drawn(carport) > ENOUGH, PATIENCE
        )

        await home_assistant.kill()
        await home.outlive(VALID_FOR + 5.0)
        # The charge point's limit has expired; nothing ends the other's.
        assert drawn(garage) == OFFLINE_CURRENT
        assert drawn(carport) > ENOUGH

        make_dinner(site)
        await home.outlive(5.0)
        assert over_the_limit(site)

        await home_assistant.start_again()
        await home.live_until(lambda: site.amp_guard.is_listened_to, PATIENCE)
        await home.live_until(lambda: not over_the_limit(site), BELOW_LIMIT_WITHIN)

    assert home.figures["fuse"]["trips"] == 0


def drawn(charger: ChargerModel) -> float:
    """Return A on the phase that it loads the most."""
    return max(charger.current)


def over_the_limit(site: Site) -> bool:
    return max(site.world.supply_current) > SUPPLY_MAX_CURRENT


def make_dinner(site: Site) -> None:
    """Fill the house from the next second on."""
    begins = site.world.now + 1.0
    site.world.house = House(
        constant(QUIET), switch(Phase.L1, KITCHEN, [(begins, inf)])
    )
