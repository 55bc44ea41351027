"""A home as the demonstration has it: real processes, real sockets, real time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import pytest_socket

from demo.browser import Account
from demo.home import Home, running
from demo.home_assistant import HomeAssistant
from demo.network import Namespace
from demo.places import LOOPBACK, home_assistant_port, site_addresses
from demo.set_up import SetUp, set_up
from simulator.scenario import Scenario
from simulator.site import Site

OWNER = Account(name="Owner", username="owner", password="correct horse")

type LiveIn = Callable[..., AbstractAsyncContextManager[Home]]


@pytest.fixture(autouse=True)
def _network_of_its_own(socket_enabled: None) -> Iterator[None]:
    """Have the test, and what it starts, be alone on a loopback network.

    Every address and port is free there, whatever else runs at the same time.
    """
    pytest_socket.socket_allow_hosts(["127.0.0.0/8"], allow_unix_socket=True)
    network = Namespace()
    network.ip("route add 224.0.0.0/4 dev lo")  # Home Assistant begins with zeroconf
    with network.entered():
        yield
    network.close()


@pytest.fixture
def live_in(tmp_path: Path) -> LiveIn:
    """Return what puts a scenario on the network and a Home Assistant in charge."""

    def live_in(
        scenario: Scenario, prepare: SetUp = set_up
    ) -> AbstractAsyncContextManager[Home]:
        port = home_assistant_port(LOOPBACK, None)
        home_assistant = HomeAssistant(tmp_path / "config", port=port)
        site = Site(scenario, site_addresses())
        return running(Home(site, home_assistant, prepare=prepare), OWNER)

    return live_in
