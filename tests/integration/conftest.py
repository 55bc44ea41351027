"""A Home Assistant with a simulated Amp Guard on a real socket and a plain charger.

The charger is made of helpers, as an owner without an integration would make it: an
`input_number` for its limit, an `input_boolean` for its switch, and sensors.
"""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
import pytest_socket

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.loop.charger_repairs import is_simulated
from simulator.devices.amp_guard import AmpGuard, AmpGuardSettings
from tests.clock import Clock
from tests.shown_texts import (  # noqa: F401 - used by all
    _errors_and_issues_find_their_texts,
    _flows_find_their_texts,
)

from .helpers import (
    Decisions,
    PlainCharger,
    Property,
    add_charger,
    add_meter,
    go_on,
    hastened,
    start_flow,
)

QUIET = (1.0, 2.0, 3.0)
"""A. What the house draws at first."""
CHARGER_NAMES = ("left", "right")


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Load the integration from this repository."""


@pytest.fixture(autouse=True)
def _loopback_network(socket_enabled: None) -> None:
    """Open sockets, to this machine only."""
    pytest_socket.socket_allow_hosts(["127.0.0.0/8"], allow_unix_socket=True)


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the entities that are off at first be on."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
async def decisions(monkeypatch: pytest.MonkeyPatch) -> Decisions:
    """Return what the balancer decides."""
    decisions = Decisions()
    monkeypatch.setattr(Balancer, "decide", decisions.watch(Balancer.decide))
    return decisions


@pytest.fixture
async def make_property(clock: Clock, decisions: Decisions) -> AsyncGenerator[Callable]:
    """Return a function that puts a meter on the network."""
    meters = []

    async def make(settings: AmpGuardSettings | None = None, port: int = 0) -> Property:
        meter = AmpGuard(settings)
        await meter.start("127.0.0.1", port)
        meters.append(meter)
        made = Property(meter=meter, clock=clock, decisions=decisions)
        made.draws(*QUIET)
        return made

    yield make
    for meter in meters:
        meter.fault = None  # nobody is left waiting
        await meter.stop()


@pytest.fixture
async def house(make_property: Callable) -> Property:
    """A property with a meter for a home."""
    return await make_property()


@pytest.fixture
def meter_input(house: Property) -> dict[str, str]:
    """What the owner types to add the meter."""
    return {"host": house.meter.address, "pin": house.meter.settings.pin}


@pytest.fixture
async def entry(hass: HomeAssistant, meter_input: dict[str, str]) -> ConfigEntry:
    """The property in Home Assistant, without chargers."""
    return await add_meter(hass, meter_input)


@pytest.fixture
async def add_simulated_home(
    hass: HomeAssistant, clock: Clock
) -> AsyncGenerator[Callable]:
    """Return what adds the demonstration, as anybody can.

    What is left of it in the end goes without waiting for chargers that went before it.
    """

    async def add() -> ConfigEntry:
        result = await go_on(hass, await start_flow(hass), "demonstration", {})
        assert result["type"] == "create_entry"
        await hass.async_block_till_done()
        return result["result"]

    yield add
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        if is_simulated(entry):
            await hastened(clock, hass.config_entries.async_unload(entry.entry_id))


@pytest.fixture
async def simulated_home(add_simulated_home: Callable) -> ConfigEntry:
    """The demonstration, added as anybody can."""
    return await add_simulated_home()


@pytest.fixture
async def chargers(hass: HomeAssistant) -> dict[str, PlainCharger]:
    """Two chargers, each with a car that waits."""
    for domain, settings in (
        ("input_number", {"min": 0, "max": 32, "step": 1, "initial": 6}),
        ("input_boolean", {"initial": True}),
    ):
        helpers = dict.fromkeys(CHARGER_NAMES, settings)
        assert await async_setup_component(hass, domain, {domain: helpers})
    made = {name: PlainCharger(hass=hass, name=name) for name in CHARGER_NAMES}

    for charger in made.values():
        charger.watch()
        charger.says("connected")
    return made


@pytest.fixture
async def left_id(
    hass: HomeAssistant, entry: ConfigEntry, chargers: dict[str, PlainCharger]
) -> str:
    """The left charger, which is balanced: its id."""
    return await add_charger(hass, entry, chargers["left"])


@pytest.fixture
def left(chargers: dict[str, PlainCharger], left_id: str) -> PlainCharger:
    """The left charger, which is balanced."""
    return chargers["left"]


@pytest.fixture
async def number_service(
    hass: HomeAssistant, chargers: dict[str, PlainCharger]
) -> AsyncGenerator[Callable]:
    """Return a function that puts something between a command and its charger."""
    services = hass.services.async_services_internal()["input_number"]
    set_value = services["set_value"]

    def intercept(before: Callable) -> None:
        async def handle(call: ServiceCall) -> None:
            (entity,) = call.data["entity_id"]
            await before(entity)
            await hass.services.async_call(
                "input_number", "really_set_value", dict(call.data), blocking=True
            )

        services["really_set_value"] = set_value
        hass.services.async_register(
            "input_number", "set_value", handle, set_value.schema
        )

    return intercept


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a hand on the wall clock: it is set on by so many s."""
    utcnow, moved = dt_util.utcnow, [0.0]
    monkeypatch.setattr(dt_util, "utcnow", lambda: utcnow() + timedelta(0, moved[0]))

    def move(seconds: float) -> None:
        moved[0] += seconds

    return move


@pytest.fixture
def later(set_clock: Callable[[float], None], clock: Clock) -> Callable[[float], None]:
    """Return a hand on time: it goes on by so many s."""

    def move(seconds: float) -> None:
        set_clock(seconds)
        clock.advance(seconds)

    return move


@pytest.fixture
def a_quarter_begins(set_clock: Callable[[float], None]) -> None:
    """What a test sees of a quarter of an hour does not depend on when it is run."""
    set_clock(905.0 - dt_util.utcnow().timestamp() % 900.0)
