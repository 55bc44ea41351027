"""The door for planners: what they ask of a charger, and that it lapses."""

from collections.abc import Callable
from http import HTTPStatus

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .helpers import (
    PlainCharger,
    Property,
    add_charger,
    device_id,
    enable_all,
    entity_id,
)
from .test_services import HOUR, act

QUIET = (1.0, 1.0, 1.0)
CHARGE_STATUS = {
    "disconnected": "A",
    "connected": "B",
    "complete": "B",
    "charging": "C",
}
"""What evcc makes of the car's state."""


class Planner:
    """A charger as evcc's charger "Home Assistant" uses it, over the REST API.

    It reads states, calls `number.set_value` and `switch.turn_on`, `turn_off`, each only
    when something is to change. [evcc, charger/homeassistant.go, read 2026-11-27]
    """

    def __init__(self, client, entities: dict[str, str]) -> None:
        self.client = client
        self.entities = entities

    async def read(self, role: str) -> str:
        answer = await self.client.get(f"/api/states/{self.entities[role]}")
        assert answer.status == HTTPStatus.OK
        return (await answer.json())["state"]

    async def status(self) -> str:
        return CHARGE_STATUS[await self.read("status")]

    async def enabled(self) -> bool:
        return await self.read("enable") == "on"

    async def enable(self, on: bool) -> None:
        await self._call("switch", "turn_on" if on else "turn_off", role="enable")

    async def max_current(self, current: int) -> None:
        await self._call("number", "set_value", role="current", value=float(current))

    async def _call(self, domain: str, action: str, role: str, **data: float) -> None:
        data = {"entity_id": self.entities[role], **data}
        answer = await self.client.post(f"/api/services/{domain}/{action}", json=data)
        assert answer.status == HTTPStatus.OK


@pytest.fixture
async def left(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> PlainCharger:
    """A charger that is balanced."""
    await add_charger(hass, entry, chargers["left"])
    await enable_all(hass, entry)
    return chargers["left"]


@pytest.fixture
async def planner(
    hass: HomeAssistant,
    entry: ConfigEntry,
    left: PlainCharger,
    hass_client: ClientSessionGenerator,
) -> Planner:
    """A planner for it."""
    await async_setup_component(hass, "api", {})
    [charger] = (each.subentry_id for each in entry.get_subentries_of_type("charger"))
    return Planner(
        await hass_client(),
        {
            "status": entity_id(hass, "sensor", charger, "status"),
            "enable": entity_id(hass, "switch", charger, "requested_charging"),
            "current": entity_id(hass, "number", charger, "requested_current"),
            "reason": entity_id(hass, "sensor", charger, "reason"),
            "holds_for": entity_id(hass, "number", charger, "request_duration"),
            "unasked": entity_id(hass, "switch", charger, "charges_unasked"),
        },
    )


async def test_a_planner_pauses_slows_and_lets_go(
    hass: HomeAssistant, house: Property, left: PlainCharger, planner: Planner
) -> None:
    await house.passes(hass, 90, *QUIET, cars=[left])
    assert (await planner.status(), await planner.enabled()) == ("C", True)
    assert left.limit == 16

    await planner.max_current(9)
    await house.passes(hass, 10, *QUIET, cars=[left])
    assert left.limit == 9
    await planner.enable(False)
    await house.passes(hass, 10, *QUIET, cars=[left])
    assert left.limit == 0
    assert not await planner.enabled()
    assert await planner.read("reason") == "ceiling"

    await planner.enable(True)
    await house.passes(hass, 300, *QUIET, cars=[left])
    assert left.limit == 9
    await planner.max_current(16)
    await house.passes(hass, 60, *QUIET, cars=[left])
    assert left.limit == 16


async def test_the_fuse_counts_whatever_is_asked_for(
    hass: HomeAssistant, house: Property, left: PlainCharger, planner: Planner
) -> None:
    await house.passes(hass, 90, 15.0, 1.0, 1.0, cars=[left])
    await planner.max_current(16)
    await house.passes(hass, 20, 15.0, 1.0, 1.0, cars=[left])
    assert left.limit <= 10


@pytest.mark.parametrize(("asked", "given"), [(3, 0), (0, 0)])
async def test_what_no_car_can_be_told_pauses(
    hass: HomeAssistant,
    house: Property,
    left: PlainCharger,
    planner: Planner,
    asked: int,
    given: int,
) -> None:
    await house.passes(hass, 90, *QUIET, cars=[left])
    await planner.max_current(asked)
    await house.passes(hass, 10, *QUIET, cars=[left])
    assert left.limit == given


async def test_more_than_the_charger_has_is_refused(
    hass: HomeAssistant, house: Property, planner: Planner
) -> None:
    await house.passes(hass, 10, *QUIET)
    answer = await planner.client.post(
        "/api/services/number/set_value",
        json={"entity_id": planner.entities["current"], "value": 40},
    )
    assert answer.status >= HTTPStatus.BAD_REQUEST
    assert await planner.read("current") == "16.0"


@pytest.mark.parametrize("charges_unasked", [True, False])
async def test_a_request_that_is_not_renewed_lapses_to_what_the_owner_has_set(
    hass: HomeAssistant,
    house: Property,
    left: PlainCharger,
    planner: Planner,
    later: Callable[[float], None],
    charges_unasked: bool,
) -> None:
    action = "turn_on" if charges_unasked else "turn_off"
    await planner._call("switch", action, role="unasked")
    await planner._call("number", "set_value", role="holds_for", value=30.0)
    await planner.max_current(8)
    await house.passes(hass, 120, *QUIET, cars=[left])
    assert left.limit == 8

    later(1801)
    await house.passes(hass, 90, *QUIET, cars=[left])
    assert left.limit == (16 if charges_unasked else 0)
    assert await planner.enabled() is charges_unasked

    await planner.enable(True)
    await house.passes(hass, 300, *QUIET, cars=[left])
    assert left.limit == 16


async def test_a_request_outlives_a_restart(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    planner: Planner,
) -> None:
    await planner.max_current(7)
    await hass.config_entries.async_reload(entry.entry_id)
    await house.passes(hass, 300, *QUIET, cars=[left])
    assert left.limit == 7
    assert await planner.read("current") == "7.0"


async def test_an_action_asks_for_a_while_and_says_what_is_given(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    planner: Planner,
    later: Callable[[float], None],
) -> None:
    [charger] = entry.get_subentries_of_type("charger")
    device = device_id(hass, entry, charger.subentry_id)
    await house.passes(hass, 120, *QUIET, cars=[left])
    answer = await act(
        hass, "request_current", device_id=[device], current=8, duration={"minutes": 5}
    )
    [given] = answer["chargers"]
    assert (given["name"], given["device_id"]) == (charger.title, device)
    assert (given["status"], given["allocated"]) == ("charging", 8)
    await house.passes(hass, 10, *QUIET, cars=[left])
    assert left.limit == 8
    later(301)
    await house.passes(hass, 90, *QUIET, cars=[left])
    assert left.limit == 16
    with pytest.raises(ServiceValidationError, match="16"):
        await act(hass, "request_current", device_id=[device], current=40)


async def test_an_action_is_for_all_that_is_picked(
    hass: HomeAssistant,
    entry: ConfigEntry,
    house: Property,
    left: PlainCharger,
    planner: Planner,
) -> None:
    await house.passes(hass, 90, *QUIET, cars=[left])
    reason = planner.entities["reason"]
    await act(hass, "set_ceiling", entity_id=[reason], current=7, duration=HOUR)
    await house.passes(hass, 10, *QUIET, cars=[left])
    assert left.limit == 7
    [cleared] = (await act(hass, "clear_ceiling", entity_id=[reason]))["cleared"]
    assert cleared["current"] == 7
    with pytest.raises(ServiceValidationError):
        await act(hass, "boost", area_id="nowhere", duration=HOUR)
