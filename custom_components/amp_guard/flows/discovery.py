"""An Amp Guard that was found: by mDNS, by DHCP, or by a search of the LAN.

Whoever finds one says so by `METER_SEEN`, to the flow that waits for it.
"""

import asyncio
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN, AmpGuardConfigEntry
from ..provisioning.search import FoundMeter, identify, own_networks, search
from ..provisioning.wifi_page import DEVICE_PAGE
from ..site.rules import Errors
from . import MeterChoice, MeterWay, WayResult
from .amp_guard import try_meter
from .forms.meter import PIN_SCHEMA, found_schema

METER_SEEN: SignalType[FoundMeter] = SignalType(f"{DOMAIN}_meter_seen")

HTTP_PORT = 80
IDENTITY_TIMEOUT = 5.0
"""s. A meter that has only just come to the network may be slow."""


class DiscoveryWay(MeterWay):
    """From a meter that was found to its PIN."""

    def __init__(self, flow: ConfigFlow) -> None:
        """Start without a meter and without a search."""
        super().__init__(flow)
        self._searching: asyncio.Task[list[FoundMeter]] | None = None
        self._found: dict[str, FoundMeter] = {}  # by host
        self._meter: FoundMeter
        self._pin_errors: Errors | None = None

    # --- it made itself known ---------------------------------------------------------

    async def identify(
        self, address: IPv4Address | IPv6Address, port: int
    ) -> FoundMeter:
        """Return the meter that made itself known; who waits for it is told as well.

        Raises AbortFlow where it is on its own Wi-Fi still, or does not answer.
        """
        if str(address) == DEVICE_PAGE.host:
            raise AbortFlow("on_its_own_wifi")
        meter = await self._identify(_host(address, port))
        if meter is None:
            raise AbortFlow("cannot_connect")
        async_dispatcher_send(self._hass, METER_SEEN, meter)
        return meter

    async def moved(
        self, meter: FoundMeter, entry: AmpGuardConfigEntry | None
    ) -> dict[str, Any] | None:
        """Return what a meter's new address changes in the data of its entry.

        One that has two, by cable and by Wi-Fi, is left where it is.
        """
        if entry is None or not (old_host := entry.data.get(CONF_HOST)):
            return None
        still_there = await self._identify(old_host)
        if still_there and still_there.serial_number == meter.serial_number:
            return None
        return {CONF_HOST: meter.host}

    async def _identify(self, host: str) -> FoundMeter | None:
        return await identify(
            async_get_clientsession(self._hass), host, timeout=IDENTITY_TIMEOUT
        )

    # --- it is searched for -------------------------------------------------------------

    async def start(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Search the LAN."""
        if self._searching is None:
            self._searching = self._hass.async_create_task(search_lan(self._hass))
        if not self._searching.done():
            return self._flow.async_show_progress(
                step_id="found",
                progress_action="search",
                progress_task=self._searching,
            )
        known = {
            entry.unique_id
            for entry in self._hass.config_entries.async_entries(
                DOMAIN, include_ignore=False
            )
        }
        self._found = {
            meter.host: meter
            for meter in self._searching.result()
            if meter.serial_number not in known
        }
        self._searching = None
        return self._flow.async_show_progress_done(
            next_step_id="choose" if self._found else "nothing_found"
        )

    async def choose(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Choose one of those that were found, and enter its PIN."""
        errors: Errors = {}
        if user_input is not None:
            choice = await try_meter(self._hass, user_input)
            if isinstance(choice, MeterChoice):
                return choice
            errors = choice
        names = {
            host: f"{meter.name} ({meter.identity.variant.capitalize()}, {host})"
            for host, meter in self._found.items()
        }
        return self._flow.async_show_form(
            step_id="choose",
            data_schema=self._flow.add_suggested_values_to_schema(
                found_schema(names), user_input
            ),
            errors=errors,
        )

    def nothing_found(self) -> ConfigFlowResult:
        """Say that nothing was found, and what can be done."""
        return self._flow.async_show_menu(
            step_id="nothing_found", menu_options=["found", "address", "wifi"]
        )

    # --- its PIN ------------------------------------------------------------------------

    async def ask_pin(
        self, meter: FoundMeter, errors: Errors | None = None
    ) -> WayResult:
        """Ask for the PIN of a meter; `errors` tell what became of another PIN."""
        self._meter, self._pin_errors = meter, errors
        return await self.pin()

    async def pin(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Try the PIN of the meter that was found."""
        if user_input is not None:
            choice = await try_meter(
                self._hass, {CONF_HOST: self._meter.host, **user_input}
            )
            if isinstance(choice, MeterChoice):
                return choice
            self._pin_errors = choice
        return self._flow.async_show_form(
            step_id="pin",
            data_schema=PIN_SCHEMA,
            errors=self._pin_errors,
            description_placeholders={
                "name": self._meter.name,
                "host": self._meter.host,
            },
        )


async def search_lan(hass: HomeAssistant) -> list[FoundMeter]:
    """Return the meters on the property's network."""
    session = async_get_clientsession(hass)
    return [
        meter
        for meter in await search(session, await own_networks(hass))
        if meter.host != DEVICE_PAGE.host  # its own Wi-Fi is not the property's
    ]


def _host(address: IPv4Address | IPv6Address, port: int) -> str:
    """Return an address as a user would type it."""
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return host if port == HTTP_PORT else f"{host}:{port}"
