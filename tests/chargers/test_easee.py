"""What an Easee has of its own: it drops what is equal, and shares circuits."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.chargers import FailSafe

from .conftest import Charger
from .contracts import CONTRACTS, Call, Contract

EASEE = next(c for c in CONTRACTS if c.profile == "easee")
DYNAMIC = "easee.set_circuit_dynamic_limit"
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


def names(charger: Charger) -> set[str]:
    return {name for name, _ in charger.taken()}


async def test_two_on_one_circuit_are_limited_one_by_one(
    charger_of, hass: HomeAssistant
) -> None:
    """The circuit's limit would be that of whoever wrote last, for both."""
    first = charger_of(on_circuit("EH1", 77))
    await first.driver.start()
    assert first.driver.fail_safe is FailSafe.EXPIRING_LIMIT
    second = charger_of(on_circuit("EH2", 77))
    await second.driver.start()
    first.taken()

    for charger in (first, second):
        await charger.order(10.0, 240.0)
        await charger.order(0.0)
        # Nothing is known of what one of several falls back to.
        assert charger.driver.fail_safe is FailSafe.NONE

    assert names(first) | names(second) == {OWN}


async def test_one_on_another_circuit_is_no_matter(charger_of) -> None:
    charger = charger_of(on_circuit("EH1", 77))
    charger_of(on_circuit("EH2", 78))
    await charger.driver.start()

    await charger.order(10.0, 240.0)

    assert OWN not in names(charger)
