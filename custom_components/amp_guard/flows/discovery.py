"""An Amp Guard that was found: by mDNS, by DHCP, or by a search of the LAN.

Whoever finds one says so by `METER_SEEN`, to the flow that waits for it.
"""

import asyncio
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PIN
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..provisioning.search import FoundMeter, identify, own_networks, search
from ..provisioning.wifi_page import DEVICE_PAGE
from ..site.rules import Errors
from . import MeterChoice
from .amp_guard import AmpGuardSteps
from .forms.meter import PIN_SCHEMA, found_schema

METER_SEEN: SignalType[FoundMeter] = SignalType(f"{DOMAIN}_meter_seen")

HTTP_PORT = 80
IDENTITY_TIMEOUT = 5.0
"""s. A meter that has only just come to the network may be slow."""


class DiscoverySteps(AmpGuardSteps):
    """From a meter that was found to its PIN."""

    _searching: asyncio.Task[list[FoundMeter]] | None = None
    _found: dict[str, FoundMeter]
    _meter: FoundMeter
    _pin_errors: Errors | None = None

    # --- it made itself known ---------------------------------------------------------

    async def async_step_zeroconf(
        self, discovery_info: ZeroconfServiceInfo
    ) -> ConfigFlowResult:
        """A meter announced itself."""
        return await self._discovered(
            discovery_info.ip_address, discovery_info.port or HTTP_PORT
        )

    async def async_step_dhcp(
        self, discovery_info: DhcpServiceInfo
    ) -> ConfigFlowResult:
        """A meter asked for an address, or one that is set up has a new one."""
        return await self._discovered(ip_address(discovery_info.ip), HTTP_PORT)

    async def _discovered(
        self, address: IPv4Address | IPv6Address, port: int
    ) -> ConfigFlowResult:
        """Ask for its PIN, unless it is set up: then follow it to its new address."""
        if str(address) == DEVICE_PAGE.host:
            return self.async_abort(reason="on_its_own_wifi")
        meter = await self._identify(_host(address, port))
        if meter is None:
            return self.async_abort(reason="cannot_connect")
        async_dispatcher_send(self.hass, METER_SEEN, meter)
        entry = await self.async_set_unique_id(meter.serial_number)
        updates = None
        if entry is not None and (old_host := entry.data.get(CONF_HOST)):
            # One that has two addresses, by cable and by Wi-Fi, is left where it is.
            still_there = await self._identify(old_host)
            if still_there is None or still_there.serial_number != meter.serial_number:
                updates = {CONF_HOST: meter.host}
        self._abort_if_unique_id_configured(updates, reload_on_update=False)
        self.context["title_placeholders"] = {"name": meter.name}
        self._meter = meter
        return await self.async_step_pin()

    async def _identify(self, host: str) -> FoundMeter | None:
        return await identify(
            async_get_clientsession(self.hass), host, timeout=IDENTITY_TIMEOUT
        )

    # --- it is searched for -------------------------------------------------------------

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Search the LAN."""
        if self._searching is None:
            self._searching = self.hass.async_create_task(self._search())
        if not self._searching.done():
            return self.async_show_progress(
                step_id="found",
                progress_action="search",
                progress_task=self._searching,
            )
        known = self._async_current_ids(include_ignore=False)
        self._found = {
            meter.host: meter
            for meter in self._searching.result()
            if meter.serial_number not in known
        }
        self._searching = None
        return self.async_show_progress_done(
            next_step_id="choose" if self._found else "nothing_found"
        )

    async def async_step_choose(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose one of those that were found, and enter its PIN."""
        errors: Errors = {}
        if user_input is not None:
            choice = await self._try_meter(user_input)
            if isinstance(choice, MeterChoice):
                return await self._use_meter(choice)
            errors = choice
        names = {
            host: f"{meter.name} ({meter.identity.variant.capitalize()}, {host})"
            for host, meter in self._found.items()
        }
        return self.async_show_form(
            step_id="choose",
            data_schema=self.add_suggested_values_to_schema(
                found_schema(names), user_input
            ),
            errors=errors,
        )

    async def async_step_nothing_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that nothing was found, and what can be done."""
        return self.async_show_menu(
            step_id="nothing_found", menu_options=["found", "address", "wifi"]
        )

    async def _search(self) -> list[FoundMeter]:
        """Return the meters on the property's network."""
        session = async_get_clientsession(self.hass)
        return [
            meter
            for meter in await search(session, await own_networks(self.hass))
            if meter.host != DEVICE_PAGE.host  # its own Wi-Fi is not the property's
        ]

    # --- its PIN ------------------------------------------------------------------------

    async def async_step_pin(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the PIN of the meter that was found."""
        if user_input is not None:
            choice = await self._try_meter(
                {CONF_HOST: self._meter.host, CONF_PIN: user_input[CONF_PIN]}
            )
            if isinstance(choice, MeterChoice):
                return await self._use_meter(choice)
            self._pin_errors = choice
        return self.async_show_form(
            step_id="pin",
            data_schema=PIN_SCHEMA,
            errors=self._pin_errors,
            description_placeholders={
                "name": self._meter.name,
                "host": self._meter.host,
            },
        )


def _host(address: IPv4Address | IPv6Address, port: int) -> str:
    """Return an address as a user would type it."""
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return host if port == HTTP_PORT else f"{host}:{port}"
