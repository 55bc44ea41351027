"""What an Easee has of its own: it drops what is equal, and shares circuits."""

from dataclasses import replace

from homeassistant.core import HomeAssistant, ServiceCall
import pytest

from custom_components.amp_guard.chargers import FailSafe

from .conftest import Charger
from .contracts import CONTRACTS, Call, Contract

EASEE = next(c for c in CONTRACTS if c.profile == "easee")
DYNAMIC = "easee.set_circuit_dynamic_limit"
OFFLINE = "easee.set_circuit_offline_limit"
OWN = "easee.set_charger_dynamic_limit"


class Circuit:
    """A circuit as the integration keeps it: what is equal is not sent [2026]."""

    def __init__(self, limit: float) -> None:
        self.limit, self.expires = limit, False

    def take(self, calls: list[Call]) -> None:
        for name, data in calls:
            if name == DYNAMIC and data["current_p1"] != self.limit:
                self.limit = data["current_p1"]
                self.expires = data["time_to_live"] > 0


def on_circuit(name: str, circuit: int) -> Contract:
    """Return an Easee of that serial number on a circuit."""
    return replace(
        EASEE,
        identifier=name,
        actions=(*EASEE.actions, OWN),
        entities=tuple(
            replace(
                entity,
                unique_id=entity.unique_id.replace("EH123456", name),
                attributes=(
                    {"circuit_id": circuit}
                    if entity.key == "easee_status"
                    else entity.attributes
                ),
            )
            for entity in EASEE.entities
        ),
        shows=lambda _name, _data: {},
    )


@pytest.mark.parametrize("stored", [6, 9, 10, 11, 16])
@pytest.mark.parametrize("given", [7.0, 10.0, 16.0])
async def test_whatever_is_stored_the_first_grant_ends_by_itself(
    charger_of, stored: int, given: float
) -> None:
    charger = charger_of(EASEE)
    await charger.driver.start()
    circuit = Circuit(stored)

    await charger.order(given, 240.0)
    circuit.take(charger.taken())

    assert circuit.expires
    assert given - 1.0 <= circuit.limit <= given


@pytest.mark.parametrize("offline_current", [6.0, 10.0, 16.0])
@pytest.mark.parametrize("given", [6.0, 8.0, 10.0])
async def test_what_is_no_more_than_it_falls_back_to_stays(
    charger_of, later, offline_current: float, given: float
) -> None:
    """A renewal at the least current would be dropped, and its end would raise it."""
    charger = charger_of(EASEE)
    charger.driver = charger.drive(offline_current=offline_current)
    await charger.driver.start()
    circuit = Circuit(16.0)
    for current in (32.0, given, given, 32.0, given):
        await charger.order(current, 240.0)
        circuit.take(charger.taken())
        await later(120.0)
        assert circuit.expires is (circuit.limit > offline_current)
    assert circuit.limit <= given


async def test_at_the_least_current_a_renewal_cannot_differ(charger_of) -> None:
    """Less would be a pause: it ends, shows that, and is told again."""
    charger = charger_of(EASEE)
    charger.driver = charger.drive(offline_current=0.0)
    await charger.driver.start()

    await charger.order(6.0, 240.0)

    assert told(charger) == [(DYNAMIC, 6)]


async def test_after_it_was_away_the_first_grant_differs_again(
    charger_of, later
) -> None:
    """Somebody else may have set the circuit meanwhile."""
    charger = charger_of(EASEE)
    await charger.driver.start()
    await charger.order(10.0, 240.0)
    told(charger)

    for upstream in EASEE.entities:
        charger.set(upstream.unique_id, "unavailable")
    for upstream in EASEE.entities:
        charger.set(upstream.unique_id, upstream.state)
    await later(61.0)

    assert told(charger)[:2] == [(DYNAMIC, 9), (DYNAMIC, 10)]


@pytest.fixture
async def garage(charger_of, hass: HomeAssistant) -> tuple[Charger, Charger]:
    """Two chargers on one circuit, each told what is meant for it."""
    chargers = tuple(charger_of(on_circuit(f"EH{n}", 77)) for n in (1, 2))
    by_device = {charger.device_id: charger for charger in chargers}

    async def take(call: ServiceCall) -> None:
        await by_device[call.data["device_id"]]._take(call)

    for action in (*EASEE.actions, OWN):
        hass.services.async_register(*action.split("."), take)
    for n, charger in enumerate(chargers):
        charger.driver = charger.drive(id=f"charger {n}", offline_current=6.0 + 2 * n)
    return chargers


def told(*chargers: Charger) -> list[tuple[str, float]]:
    """Return what was limited to how many A: each charger's own, and the circuit."""
    return [
        (name, data.get("current", data.get("current_p1")))
        for charger in chargers
        for name, data in charger.taken()
        if name in (OWN, DYNAMIC)
    ]


async def test_two_on_one_circuit_are_told_as_one(garage) -> None:
    """Else the circuit's limit would be that of whoever wrote last, for both."""
    first, second = garage
    await first.driver.start()
    await second.driver.start()

    await first.order(10.0, 240.0)
    # The other one is not driven yet: what it takes of the circuit is not known.
    assert told(first) == [(OWN, 10)]
    assert first.driver.fail_safe is FailSafe.NONE
    await second.order(8.0, 240.0)
    assert told(second) == [(OWN, 8), (DYNAMIC, 17), (DYNAMIC, 18)]
    assert first.driver.fail_safe is FailSafe.EXPIRING_LIMIT

    await first.order(0.0)
    assert told(first) == [(OWN, 0), (DYNAMIC, 8)]
    await second.order(0.0)
    assert told(second) == [(OWN, 0), (DYNAMIC, 0)]


async def test_what_they_fall_back_to_is_what_both_use(garage) -> None:
    first, second = garage
    await first.driver.start()
    await second.driver.start()
    await first.order(10.0, 240.0)
    await second.order(10.0, 240.0)

    offline = [data for name, data in second.taken() if name == OFFLINE]
    assert [data["current_p1"] for data in offline] == [14]


async def test_one_that_somebody_else_drives_has_its_circuit_left_alone(
    garage, later
) -> None:
    charger, _somebodys = garage
    await charger.driver.start()
    await charger.order(10.0, 240.0)
    await later(60.0)
    await charger.order(0.0)
    assert told(charger) == [(OWN, 10), (OWN, 0)]
    assert charger.driver.fail_safe is FailSafe.NONE


async def test_while_it_names_no_circuit_it_is_that_of_before(garage) -> None:
    """Its entities are away while its integration loads anew."""
    first, second = garage
    await first.driver.start()
    await second.driver.start()
    await first.order(10.0, 240.0)
    await second.order(10.0, 240.0)
    told(first, second)

    for upstream in second.contract.entities:
        second.set(upstream.unique_id, "unavailable", circuit_id=None)
    await second.order(0.0)

    assert told(second) == [(OWN, 0), (DYNAMIC, 10)]


async def test_one_on_another_circuit_is_no_matter(charger_of) -> None:
    charger = charger_of(on_circuit("EH1", 77))
    charger_of(on_circuit("EH2", 78))
    await charger.driver.start()

    await charger.order(10.0, 240.0)

    assert OWN not in dict(told(charger))
