"""The devices of the simulated site, on real sockets of the loopback network.

Time at the site passes when a test lets it pass, whatever the clock says.
"""

import asyncio
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
import pytest_socket
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from custom_components.amp_guard.model import Phase, PhaseValues, Supply
from simulator.car import Car, CarModel
from simulator.charger import ChargerModel
from simulator.devices.amina import Amina
from simulator.devices.charger import ChargerElectronics
from simulator.devices.lektrico import Lektrico
from simulator.devices.nrgkick import NRGkick
from simulator.devices.openevse import OpenEVSE
from simulator.devices.peblar import Peblar
from simulator.devices.smartevse import SmartEVSE
from simulator.devices.v2c import Trydan
from simulator.devices.wallbox import WallboxCloud
from simulator.house import House, constant
from simulator.world import World
from tests.broker import broker  # noqa: F401 - a fixture

LOOPBACK = "127.0.0.0/8"
PEBLAR_HOST = "127.0.0.80"
PATIENCE = 5
"""s of real time. Nothing here takes long; this ends what never comes."""

type PortForward = dict[tuple[str, int], tuple[str, int]]


@pytest.fixture(autouse=True)
def loopback_network(socket_enabled: None) -> None:
    """Open sockets, to this machine only."""
    pytest_socket.socket_allow_hosts([LOOPBACK], allow_unix_socket=True)


@pytest.fixture
def port_forward(monkeypatch: pytest.MonkeyPatch) -> PortForward:
    """Lead what goes to one address to another, as a router does.

    Peblar's client library knows port 80 only, which only an administrator may serve.
    """
    forwarded: PortForward = {}
    connect = BaseSelectorEventLoop.sock_connect

    async def sock_connect(loop, sock, address):
        await connect(loop, sock, forwarded.get(address, address))

    monkeypatch.setattr(BaseSelectorEventLoop, "sock_connect", sock_connect)
    return forwarded


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench[DeviceT: ChargerElectronics]:
    """One charger device, its physics, and a hand on the clock."""

    world: World
    device: DeviceT

    @property
    def charger(self) -> ChargerModel:
        return self.device.charger

    def plug_in(self, energy_wh: float = 20_000.0) -> None:
        car = Car(CarModel(energy_wh=energy_wh), f"car {len(self.device.sessions)}")
        self.world.plug_in(self.charger.id, car)
        self.device.observe(self.world.now)

    def unplug(self) -> None:
        self.world.unplug(self.charger.id)
        self.device.observe(self.world.now)

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.world.step(1.0)
            self.device.observe(self.world.now)


def make_bench[DeviceT: ChargerElectronics](
    device: Callable[[ChargerModel], DeviceT],
    wiring: tuple[Phase, ...] = tuple(Phase),
) -> Bench[DeviceT]:
    charger = ChargerModel(id="charger", resolution=0.1, limit=16.0, wiring=wiring)
    house = House(constant(PhaseValues(1.0, 2.0, 3.0)))
    world = World(house, [charger], Supply(supply_max_current=25.0))
    return Bench(world=world, device=device(charger))


@pytest.fixture
async def peblar(port_forward: PortForward) -> AsyncGenerator[Bench[Peblar]]:
    bench = make_bench(Peblar)
    await bench.device.start("127.0.0.1")
    host, port = bench.device.address.split(":")
    port_forward[PEBLAR_HOST, 80] = (host, int(port))
    yield bench
    await bench.device.stop()


@pytest.fixture
async def nrgkick() -> AsyncGenerator[Bench[NRGkick]]:
    bench = make_bench(NRGkick)
    await bench.device.start("127.0.0.1")
    yield bench
    await bench.device.stop()


@pytest.fixture
async def lektrico() -> AsyncGenerator[Bench[Lektrico]]:
    bench = make_bench(Lektrico)
    await bench.device.start("127.0.0.1")
    yield bench
    await bench.device.stop()


@pytest.fixture
async def openevse() -> AsyncGenerator[Bench[OpenEVSE]]:
    bench = make_bench(OpenEVSE, (Phase.L1,))
    await bench.device.start("127.0.0.1")
    yield bench
    await bench.device.stop()


@pytest.fixture
async def v2c() -> AsyncGenerator[Bench[Trydan]]:
    """One phase: of three it would not say which it uses."""
    bench = make_bench(Trydan, (Phase.L1,))
    await bench.device.start("127.0.0.1")
    yield bench
    await bench.device.stop()


WALLBOX_HOSTS = ("api.wall-box.com", "user-api.wall-box.com")


@pytest.fixture
async def wallbox(
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Bench[WallboxCloud]]:
    """One phase: of three it would not say which it uses. Its cloud is on this machine."""
    bench = make_bench(WallboxCloud, (Phase.L1,))
    await bench.device.start("127.0.0.1")
    address = bench.device.address
    send = HTTPAdapter.send

    def lead(adapter: HTTPAdapter, request: PreparedRequest, **more: Any) -> Response:
        for host in WALLBOX_HOSTS:
            request.url = str(request.url).replace(
                f"https://{host}", f"http://{address}"
            )
        return send(adapter, request, **more)

    monkeypatch.setattr(HTTPAdapter, "send", lead)
    yield bench
    await bench.device.stop()


@pytest.fixture
async def smartevse(broker: int) -> AsyncGenerator[Bench[SmartEVSE]]:  # noqa: F811
    bench = make_bench(SmartEVSE)
    await bench.device.start("127.0.0.1", broker)
    yield bench
    await bench.device.stop()


@pytest.fixture
async def amina(broker: int) -> AsyncGenerator[Bench[Amina]]:  # noqa: F811
    bench = make_bench(Amina)
    await bench.device.start("127.0.0.1", broker)
    yield bench
    await bench.device.stop()


@dataclass(frozen=True, kw_only=True, slots=True)
class Entities:
    """The entities of one device in Home Assistant, by their unique id's key."""

    hass: HomeAssistant
    entry: ConfigEntry

    def id_of(self, platform: str, key: str) -> str:
        entity_id = er.async_get(self.hass).async_get_entity_id(
            platform, self.entry.domain, f"{self.entry.unique_id}_{key}"
        )
        assert entity_id, f"no {platform} {key}"
        return entity_id

    def state(self, platform: str, key: str) -> str:
        state = self.hass.states.get(self.id_of(platform, key))
        assert state, f"{platform} {key} is disabled"
        return state.state

    async def act(self, platform: str, action: str, key: str, **data: object) -> None:
        target = {"entity_id": self.id_of(platform, key)}
        await self.hass.services.async_call(
            platform, action, target | data, blocking=True
        )

    async def becomes(self, platform: str, key: str, expected: str) -> None:
        """Let Home Assistant's polls come due, and wait for what they bring."""
        entity_id = self.id_of(platform, key)
        reached = asyncio.Event()

        @callback
        def look(*_: object) -> None:
            state = self.hass.states.get(entity_id)
            if state and state.state == expected:
                reached.set()

        stop_looking = async_track_state_change_event(self.hass, entity_id, look)
        look()
        async_fire_time_changed(self.hass, dt_util.utcnow() + timedelta(minutes=6))
        try:
            async with asyncio.timeout(PATIENCE):
                await reached.wait()
        except TimeoutError:
            pytest.fail(f"{entity_id} is {self.state(platform, key)}, not {expected}")
        finally:
            stop_looking()


async def add_integration(
    hass: HomeAssistant, domain: str, flow_input: dict[str, str]
) -> Entities:
    """Add a device as its owner does, and enable what is disabled at first."""
    result = await hass.config_entries.flow.async_init(
        domain, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], flow_input
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY, result.get("errors")
    entry = result["result"]
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    return Entities(hass=hass, entry=entry)
