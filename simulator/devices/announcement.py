"""How an Amp Guard makes itself known on the network, as docs/lan-interface.md says."""

from ipaddress import ip_address
import socket

from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from . import HTTP_PORT
from .amp_guard import AmpGuardSettings

SERVICE_TYPE = "_amp-guard._tcp.local."

DHCP_CLIENT_PORT, DHCP_SERVER_PORT = 68, 67
DHCP_MAGIC = bytes((99, 130, 83, 99))
"""[RFC 2131]"""


def hostname(settings: AmpGuardSettings) -> str:
    """Return the name that it goes by on the network."""
    return f"amp-guard-{settings.serial_number.lower()}"


class Announcement:
    """The meter's mDNS responder at one address."""

    def __init__(self, settings: AmpGuardSettings, host: str) -> None:
        """Open its sockets; nothing is said before `start`."""
        self._zeroconf = AsyncZeroconf(interfaces=[host], ip_version=IPVersion.V4Only)
        self._info = AsyncServiceInfo(
            SERVICE_TYPE,
            f"Amp Guard {settings.serial_number}.{SERVICE_TYPE}",
            server=f"{hostname(settings)}.local.",
            addresses=[ip_address(host).packed],
            port=HTTP_PORT,
            properties={
                "serial": settings.serial_number,
                "variant": settings.variant,
                "contract": "2",
            },
        )

    async def start(self) -> None:
        """Announce it."""
        await (await self._zeroconf.async_register_service(self._info))

    async def stop(self) -> None:
        """Say goodbye."""
        await (await self._zeroconf.async_unregister_service(self._info))
        await self._zeroconf.async_close()


def ask_for_address(settings: AmpGuardSettings, host: str, interface: str) -> None:
    """Ask the network for the address `host`, which nobody needs to answer.

    For the administrator only: the port of a DHCP client is below 1024.
    """
    hardware = bytes.fromhex(settings.mac.replace(":", ""))
    request = b"".join(
        (
            bytes((1, 1, len(hardware), 0)),  # a request by Ethernet
            bytes(4 + 2 + 2 + 4 * 4),  # transaction, seconds, flags, four addresses
            hardware.ljust(16, b"\0"),
            bytes(64 + 128),  # no server's name, no file
            DHCP_MAGIC,
            _option(53, bytes((3,))),  # DHCPREQUEST
            _option(50, ip_address(host).packed),
            _option(12, hostname(settings).encode()),
            bytes((255,)),
        )
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        client.bind(("", DHCP_CLIENT_PORT))
        client.sendto(request, ("255.255.255.255", DHCP_SERVER_PORT))


def _option(code: int, content: bytes) -> bytes:
    return bytes((code, len(content))) + content
