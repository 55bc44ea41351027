"""How an Amp Guard makes itself known on the network, as docs/lan-interface.md says."""

from ipaddress import ip_address

from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from .amp_guard import AmpGuardSettings

SERVICE_TYPE = "_amp-guard._tcp.local."


def hostname(settings: AmpGuardSettings) -> str:
    """Return the name by which it asks for an address (DHCP)."""
    return f"amp-guard-{settings.serial_number.lower()}"


class Announcement:
    """The meter's mDNS responder at one address."""

    def __init__(self, settings: AmpGuardSettings, host: str, port: int) -> None:
        """Open its sockets; nothing is said before `start`."""
        self._zeroconf = AsyncZeroconf(interfaces=[host], ip_version=IPVersion.V4Only)
        self._info = AsyncServiceInfo(
            SERVICE_TYPE,
            f"Amp Guard {settings.serial_number}.{SERVICE_TYPE}",
            server=f"{hostname(settings)}.local.",
            addresses=[ip_address(host).packed],
            port=port,
            properties={
                "serial": settings.serial_number,
                "variant": settings.variant,
                "contract": "1",
            },
        )

    async def start(self) -> None:
        """Announce it."""
        await (await self._zeroconf.async_register_service(self._info))

    async def stop(self) -> None:
        """Say goodbye."""
        await (await self._zeroconf.async_unregister_service(self._info))
        await self._zeroconf.async_close()
