"""The search of the LAN asks its own addresses, once, who they are."""

from ipaddress import IPv4Address, IPv4Network

from homeassistant.core import HomeAssistant
import pytest

from custom_components.amp_guard.meters.amp_guard_client import AmpGuardClient
from custom_components.amp_guard.provisioning.search import (
    own_networks,
    search,
    searched_network,
)
from simulator.devices.amp_guard import AmpGuard, AmpGuardSettings, Fault
from tests.network import Neighbourhood


@pytest.mark.parametrize(
    ("address", "prefix_length", "searched"),
    [
        ("192.168.1.10", 24, "192.168.1.0/24"),
        ("192.168.1.10", 32, "192.168.1.10/32"),
        ("192.168.5.10", 22, "192.168.4.0/22"),
        ("192.168.5.10", 16, "192.168.4.0/22"),
        ("10.1.2.3", 8, "10.1.0.0/22"),
        ("172.16.0.1", 30, "172.16.0.0/30"),
        ("172.32.0.1", 24, None),
        ("127.0.0.1", 8, None),
        ("169.254.3.4", 16, None),
        ("203.0.113.7", 24, None),
    ],
)
def test_the_hosts_own_private_networks(
    address: str, prefix_length: int, searched: str | None
) -> None:
    expected = None if searched is None else IPv4Network(searched)
    assert searched_network(IPv4Address(address), prefix_length) == expected


async def test_the_networks_of_home_assistant(
    network: Neighbourhood, hass: HomeAssistant
) -> None:
    assert await own_networks(hass) == {IPv4Network("192.168.77.0/27")}


async def test_meters_are_found_among_others(
    network: Neighbourhood, session, monkeypatch: pytest.MonkeyPatch
) -> None:
    meters = {}
    for number, fault, variant in (
        (20, None, "home"),
        (21, Fault.RUBBISH, "home"),
        (22, Fault.SILENT, "home"),
        (23, None, "home"),
        (24, None, ["home"]),
    ):
        settings = AmpGuardSettings(serial_number=f"22100000{number}G", variant=variant)
        meters[number] = meter = AmpGuard(settings)
        network.join_lan(f"192.168.77.{number}")
        await meter.serve(network.device.listen(f"192.168.77.{number}"))
        meter.fault = fault

    found = await search(session, [IPv4Network("192.168.77.0/24")])
    assert [(each.host, each.serial_number) for each in found] == [
        ("192.168.77.20", "2210000020G"),
        ("192.168.77.23", "2210000023G"),
    ]
    assert found[0].name == "Amp Guard 2210000020G"

    # An answer that nobody has thought of hides nobody else.
    identity = AmpGuardClient.identity

    async def fail(client: AmpGuardClient) -> None:
        monkeypatch.setattr(AmpGuardClient, "identity", identity)
        raise ZeroDivisionError

    monkeypatch.setattr(AmpGuardClient, "identity", fail)
    assert await search(session, [IPv4Network("192.168.77.16/28")])
    for meter in meters.values():
        meter.fault = None
        await meter.stop()
