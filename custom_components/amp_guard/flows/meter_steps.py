"""The steps of every way to a measurement device, up to the meter that was found."""

from abc import abstractmethod
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, cast, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from ..const import (
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    AmpGuardConfigEntry,
)
from ..meters import Source, variant_for
from ..site.devices import move_meter
from ..site.rules import meter_misfit
from . import MeterChoice, WayResult, changed_entry
from .amp_guard import AddressWay
from .demonstration import create_demonstration
from .discovery import HTTP_PORT, DiscoveryWay
from .no_meter import NoMeterWay
from .open_reporter import OpenReporterWay
from .sensors import SensorWay
from .wifi import WifiWay

WAYS = ["sensors", "open_reporter", "found", "address", "wifi", "no_meter"]
"""The ways to a measurement device, each by its first step."""


class MeterSteps(ConfigFlow):
    """From the menu, or a meter that made itself known, to one that works."""

    def __init__(self) -> None:
        """Start at the head of every way."""
        self._address = AddressWay(self)
        self._discovery = DiscoveryWay(self)
        self._wifi = WifiWay(self, self._discovery)
        self._sensors = SensorWay(self)
        self._open_reporter = OpenReporterWay(self)
        self._no_meter = NoMeterWay(self)
        self._is_another = False

    @abstractmethod
    async def _begin_site(self, meter: MeterChoice) -> ConfigFlowResult:
        """Go on with a meter that no entry has."""

    # --- how a flow begins ------------------------------------------------------------

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the way to a measurement device."""
        return self.async_show_menu(
            step_id="user", menu_options=[*WAYS, "demonstration"]
        )

    @override
    async def async_step_zeroconf(
        self, discovery_info: ZeroconfServiceInfo
    ) -> ConfigFlowResult:
        """A meter announced itself."""
        return await self._discovered(
            discovery_info.ip_address, discovery_info.port or HTTP_PORT
        )

    @override
    async def async_step_dhcp(
        self, discovery_info: DhcpServiceInfo
    ) -> ConfigFlowResult:
        """A meter asked for an address, or one that is set up has a new one."""
        return await self._discovered(ip_address(discovery_info.ip), HTTP_PORT)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """The meter refused its PIN."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the PIN."""
        return await self._go_on(await self._address.confirm_pin(user_input))

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change how the measurement device is reached, or take another one."""
        source = self._get_reconfigure_entry().data[CONF_SOURCE]
        if source == Source.DEMONSTRATION:
            return self.async_abort(reason="demonstration_is_fixed")
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["same_meter", "another_meter", "support"],
        )

    async def async_step_same_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the measurement device by the way that it came."""
        ways = {
            Source.AMP_GUARD: self._address,
            Source.SENSORS: self._sensors,
            Source.OPEN_REPORTER: self._open_reporter,
            Source.NONE: self._no_meter,
        }
        source = Source(self._get_reconfigure_entry().data[CONF_SOURCE])
        return await self._go_on(await ways[source].start())

    async def async_step_another_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the way to a meter that takes the place of the one that there is."""
        self._is_another = True
        return self.async_show_menu(step_id="another_meter", menu_options=WAYS)

    # --- an Amp Guard -----------------------------------------------------------------

    async def async_step_address(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the meter's address and PIN."""
        return await self._go_on(await self._address.start(user_input))

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Search the LAN."""
        return await self._discovery.start(user_input)

    async def async_step_choose(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose one of those that were found, and enter its PIN."""
        return await self._go_on(await self._discovery.choose(user_input))

    async def async_step_nothing_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that nothing was found, and what can be done: also without an Amp Guard."""
        again = cast("list[str]", self._discovery.nothing_found()["menu_options"])
        return self.async_show_menu(
            step_id="nothing_found", menu_options=[*again, "sensors", "open_reporter"]
        )

    async def async_step_pin(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the PIN of the meter that was found."""
        return await self._go_on(await self._discovery.pin(user_input))

    async def async_step_wifi(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which new Amp Guard it is."""
        return await self._wifi.start(user_input)

    async def async_step_wifi_network(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Give the property's network to the device's page."""
        return await self._wifi.submit_network(user_input)

    async def async_step_wifi_phone(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """The device's page was filled in by hand."""
        return self._wifi.wait()

    async def async_step_wifi_wait(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Wait until the meter is on the property's network."""
        return self._wifi.wait()

    async def async_step_wifi_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on with the meter that appeared."""
        return await self._go_on(await self._wifi.arrived())

    async def async_step_wifi_not_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to do about a meter that does not appear."""
        return self._wifi.not_found()

    # --- any other meter, or none -----------------------------------------------------

    async def async_step_sensors(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a device that is recognised, or pick sensors by hand."""
        return await self._go_on(await self._sensors.start())

    async def async_step_sensor_device(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose a device among those that are recognised."""
        return await self._go_on(await self._sensors.device(user_input))

    async def async_step_sensor_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Pick the sensors by hand."""
        return await self._go_on(await self._sensors.entities(user_input))

    async def async_step_sensor_check(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what the sensors read, and ask what they cannot tell."""
        return await self._go_on(await self._sensors.check(user_input))

    async def async_step_open_reporter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what to enter at the service that reports."""
        return await self._go_on(await self._open_reporter.start(user_input))

    async def async_step_no_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the supply's phases and its size."""
        return await self._go_on(await self._no_meter.start(user_input))

    async def async_step_demonstration(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make the simulated home; one is enough."""
        await self.async_set_unique_id(Source.DEMONSTRATION)
        self._abort_if_unique_id_configured()
        return await create_demonstration(self, user_input)

    # --- the meter is found -----------------------------------------------------------

    async def _discovered(
        self, address: IPv4Address | IPv6Address, port: int
    ) -> ConfigFlowResult:
        """Ask for its PIN, unless it is set up: then follow it to its new address."""
        meter = await self._discovery.identify(address, port)
        serial_number = meter.serial_number
        entry = await self.async_set_unique_id(serial_number, raise_on_progress=False)
        self._abort_if_unique_id_configured(
            await self._discovery.moved(meter, entry), reload_on_update=False
        )
        self.context["title_placeholders"] = self._discovery.show(meter)
        return await self._go_on(await self._discovery.ask_pin(meter))

    async def _go_on(self, result: WayResult) -> ConfigFlowResult:
        """Show what a way has to show; at its end use its meter."""
        return await self._use(result) if isinstance(result, MeterChoice) else result

    async def _use(self, meter: MeterChoice) -> ConfigFlowResult:
        """Go on to the main fuse with a meter, or change the entry's.

        A meter that is set up already is followed to its new address. Of several flows
        for one meter the first that ends is kept: Home Assistant ends the others.
        """
        known = await self.async_set_unique_id(meter.unique_id, raise_on_progress=False)
        changed = changed_entry(self)
        if changed is not None and not self._is_another:
            self._abort_if_unique_id_mismatch(reason="another_meter")
        elif changed is not None and known not in (None, changed):
            return self.async_abort(reason="already_configured")
        entry = changed or known
        if entry is not None and (reason := meter_misfit(meter.data, entry)):
            return self.async_abort(reason=reason)
        if changed is not None and self._is_another:
            return self._replace(changed, meter)
        if changed is not None:
            return self.async_update_and_abort(changed, data_updates=meter.data)
        self._abort_if_unique_id_configured(dict(meter.data), reload_on_update=False)
        return await self._begin_site(meter)

    def _replace(
        self, entry: AmpGuardConfigEntry, meter: MeterChoice
    ) -> ConfigFlowResult:
        """Give an entry another meter; its groups and chargers stay as they are."""
        variant = variant_for(entry.options[CONF_SUPPLY_MAX_CURRENT])
        title = move_meter(self.hass, entry, meter.unique_id, meter.title)
        return self.async_update_and_abort(
            entry,
            unique_id=meter.unique_id,
            title=title,
            data={CONF_VARIANT: variant, **meter.data},
            reason="meter_replaced",
        )
