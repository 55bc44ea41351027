"""A search of the LAN for Amp Guards: each address is asked once who it is.

Only the host's own private networks, and only the identity of docs/lan-interface.md,
which needs no PIN and proves nothing: that is asked for where the PIN is known.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
import logging

from aiohttp import ClientSession
from homeassistant.components import network
from homeassistant.core import HomeAssistant

from ..meters import MeterError, MeterIdentity, OldContractError
from ..meters.amp_guard_client import AmpGuardClient

_LOGGER = logging.getLogger(__name__)

PRIVATE_NETWORKS = tuple(
    map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
)
"""[RFC 1918]"""
MIN_PREFIX_LENGTH = 22
"""Of a wider network only the part around the host is searched."""
MAX_CONCURRENT = 256
"""Addresses that are asked at the same time: a small packet to each."""
ANSWER_TIMEOUT = 1.2
"""s. Time for a packet that was lost on the Wi-Fi to be sent again, which systems do
after 1 s. A usual network of 254 addresses takes 1.2 s, the widest 5 s."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundMeter:
    """A meter that answered, and where."""

    host: str
    identity: MeterIdentity

    @property
    def serial_number(self) -> str:
        """Its own, which nothing else has."""
        return self.identity.serial_number

    @property
    def name(self) -> str:
        """What it is called, by model and serial number."""
        return f"{self.identity.model} {self.serial_number}"


async def own_networks(hass: HomeAssistant) -> set[IPv4Network]:
    """Return the private networks of the host that Home Assistant may use."""
    return {
        searched
        for adapter in await network.async_get_adapters(hass)
        if adapter["enabled"]
        for address in adapter["ipv4"]
        if (
            searched := searched_network(
                IPv4Address(address["address"]), address["network_prefix"]
            )
        )
    }


def searched_network(address: IPv4Address, prefix_length: int) -> IPv4Network | None:
    """Return the part of a host's network that is searched, None if it is public."""
    if not any(address in private for private in PRIVATE_NETWORKS):
        return None
    return IPv4Network((address, max(prefix_length, MIN_PREFIX_LENGTH)), strict=False)


async def search(
    session: ClientSession, networks: Iterable[IPv4Network]
) -> list[FoundMeter]:
    """Return the meters that answer in these networks, in the addresses' order."""
    concurrent = asyncio.Semaphore(MAX_CONCURRENT)

    async def ask(address: IPv4Address) -> FoundMeter | None:
        async with concurrent:
            return await identify(session, str(address))

    addresses = sorted({each for network in networks for each in network.hosts()})
    answers = await asyncio.gather(*map(ask, addresses))
    return [found for found in answers if found is not None]


async def identify(
    session: ClientSession, host: str, *, timeout: float = ANSWER_TIMEOUT
) -> FoundMeter | None:
    """Return the meter at an address, None if there is none.

    One that speaks an old contract is found as well: why it is refused is told then.
    """
    client = AmpGuardClient(session, host=host, pin="")
    try:
        async with asyncio.timeout(timeout):
            return FoundMeter(host=host, identity=await client.identity())
    except OldContractError as error:
        return FoundMeter(host=host, identity=error.identity)
    except MeterError, TimeoutError:
        return None
    except Exception:  # what one device answers must not hide the others
        _LOGGER.exception("Unexpected error while asking %s who it is", host)
        return None
