"""A home with a new Amp Guard in it, on networks of their own."""

from collections.abc import AsyncGenerator, Callable, Iterator

import aiohttp
import ifaddr._posix
import pytest
import pytest_socket

from simulator.devices.amp_guard import AmpGuardSettings
from simulator.devices.amp_guard_page import PageSettings
from tests.network import Neighbourhood
from tests.new_amp_guard import NewAmpGuard
from tests.shown_texts import (  # noqa: F401 - used by all
    _errors_and_issues_find_their_texts,
    _flows_find_their_texts,
)

MULTICAST_DNS = "224.0.0.251"
"""Home Assistant asks which adapter leads there."""


@pytest.fixture
def _real_adapters(
    mock_get_source_ip: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Let Home Assistant see the adapters that there are."""
    monkeypatch.setattr(ifaddr, "get_adapters", ifaddr._posix.get_adapters)
    mock_get_source_ip.stop()
    yield
    mock_get_source_ip.start()


@pytest.fixture
def network(socket_enabled: None, _real_adapters: None) -> Iterator[Neighbourhood]:
    """Have the test, and Home Assistant in it, be in the home's network."""
    hosts = ["127.0.0.0/8", "192.168.0.0/16", MULTICAST_DNS]
    pytest_socket.socket_allow_hosts(hosts, allow_unix_socket=True)
    network = Neighbourhood()
    with network.home.entered():
        yield network
    network.close()


@pytest.fixture
async def unpack(network: Neighbourhood) -> AsyncGenerator[Callable]:
    """Return a function that switches a new Amp Guard on."""
    devices = []

    async def unpack(
        page: PageSettings | None = None,
        meter: AmpGuardSettings | None = None,
        **options: float,
    ) -> NewAmpGuard:
        device = NewAmpGuard(
            network, page or PageSettings(), meter or AmpGuardSettings(), **options
        )
        await device.start()
        devices.append(device)
        return device

    yield unpack
    for device in devices:
        await device.stop()


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
