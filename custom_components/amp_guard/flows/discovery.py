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
from yarl import URL

from ..const import DOMAIN, AmpGuardConfigEntry
from ..loop.meter_address import follow
from ..provisioning.search import FoundMeter, identify, own_networks, search
from ..provisioning.wifi_page import DEVICE_PAGE
from ..site.rules import Errors
from . import MeterChoice, MeterWay, WayResult
from .amp_guard import try_meter
from .forms.meter import PIN_SCHEMA, found_schema

METER_SEEN: SignalType[FoundMeter] = SignalType(f"{DOMAIN}_meter_seen")

HTTP_PORT = 80
MAX_OF_ONE_BOX = 2
MAX_SHOWN = 6
"""Meters that are shown at a time as found, from one address and in all."""
TAKES_IT = ("wifi_wait", "wifi_found")
"""Steps of a flow that has been told of the meter by `METER_SEEN`."""
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

    def show(self, meter: FoundMeter) -> dict[str, str]:
        """Return what the flow's title says of a meter.

        Anybody can say that he is that meter, so each address is shown. Raises AbortFlow
        where a flow shows it already, or enough are shown.
        """
        shown = [
            flow
            for flow in self._hass.config_entries.flow.async_progress_by_handler(DOMAIN)
            if flow["flow_id"] != self._flow.flow_id
        ]
        for flow in shown:
            same = flow["context"].get("unique_id") == meter.serial_number
            if same and (_host_of(flow) == meter.host or flow["step_id"] in TAKES_IT):
                raise AbortFlow("already_in_progress")
        hosts = [host for flow in shown if (host := _host_of(flow)) is not None]
        box = URL(f"http://{meter.host}").host
        from_box = [host for host in hosts if URL(f"http://{host}").host == box]
        if len(from_box) >= MAX_OF_ONE_BOX or len(hosts) >= MAX_SHOWN:
            raise AbortFlow("too_many")
        return {"name": f"{meter.name} ({meter.host})", "host": meter.host}

    async def moved(
        self, meter: FoundMeter, entry: AmpGuardConfigEntry | None
    ) -> dict[str, Any] | None:
        """Return what a meter's new address changes in the data of its entry."""
        if entry is None or not entry.data.get(CONF_HOST):
            return None
        changes = await follow(self._hass, entry, meter.host)
        return None if changes is None else dict(changes)

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
        return self._show_choice(user_input, errors)

    def _show_choice(
        self, user_input: dict[str, Any] | None = None, errors: Errors | None = None
    ) -> ConfigFlowResult:
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

    def ask_which(self, meters: list[FoundMeter], errors: Errors) -> ConfigFlowResult:
        """Show who says that he is one meter, and ask for its PIN once more."""
        self._found = {meter.host: meter for meter in meters}
        return self._show_choice(errors=errors)

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


def _host_of(flow: ConfigFlowResult) -> str | None:
    """Return where the meter is that a flow shows as found."""
    return flow["context"].get("title_placeholders", {}).get("host")


def _host(address: IPv4Address | IPv6Address, port: int) -> str:
    """Return an address as a user would type it."""
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return host if port == HTTP_PORT else f"{host}:{port}"
