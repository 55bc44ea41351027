"""Set-up in the manual's words: the meter, the supply, a group and its chargers.

Home Assistant's steps in plain sight; what they ask and keep is in `flows/`.
"""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, override

from homeassistant.config_entries import (
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from .const import (
    CONF_ACTIVE,
    CONF_ANOTHER,
    CONF_CHARGERS,
    CONF_SOURCE,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from .flows import MeterChoice, WayResult, changed_entry
from .flows.amp_guard import AddressWay
from .flows.charger_draft import found_chargers
from .flows.chargers import ChargerSteps
from .flows.demonstration import create_demonstration
from .flows.discovery import HTTP_PORT, DiscoveryWay
from .flows.forms import show_form, unfold
from .flows.forms.charger import chargers_schema
from .flows.forms.site import ACTIVATE_SCHEMA
from .flows.no_meter import NoMeterWay
from .flows.open_reporter import OpenReporterWay
from .flows.sensors import SensorWay
from .flows.site_draft import SiteDraft
from .flows.subentries import ChargerFlow, GroupFlow
from .flows.supply import SupplyOptionsFlow
from .flows.wifi import WifiWay
from .meters import Source
from .site.rules import Errors, meter_misfit

MENU = [
    "found",
    "address",
    "wifi",
    "sensors",
    "open_reporter",
    "no_meter",
    "demonstration",
]
"""The ways to a measurement device, each by its first step."""


class AmpGuardConfigFlow(ConfigFlow, domain=DOMAIN):
    """From the meter to chargers that are balanced.

    Nothing is kept before the last step.
    """

    def __init__(self) -> None:
        """Start at the head of every way, without a site and without chargers."""
        self._address = AddressWay(self)
        self._discovery = DiscoveryWay(self)
        self._wifi = WifiWay(self, self._discovery)
        self._sensors = SensorWay(self)
        self._open_reporter = OpenReporterWay(self)
        self._no_meter = NoMeterWay(self)
        self._site: SiteDraft
        self._chargers = ChargerSteps(
            self,
            installation=lambda: self._site.installation,
            check_options=("activate", "check", "chargers"),
        )

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: AmpGuardConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added below the supply."""
        return {SUBENTRY_GROUP: GroupFlow, SUBENTRY_CHARGER: ChargerFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: AmpGuardConfigEntry) -> OptionsFlow:
        """Return the flow that changes the supply."""
        return SupplyOptionsFlow()

    # --- how a flow begins ------------------------------------------------------------

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the way to a measurement device."""
        return self.async_show_menu(step_id="user", menu_options=MENU)

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
        """Change the measurement device by the way that it came."""
        ways = {
            Source.AMP_GUARD: self._address,
            Source.SENSORS: self._sensors,
            Source.OPEN_REPORTER: self._open_reporter,
            Source.NONE: self._no_meter,
        }
        entry = self._get_reconfigure_entry()
        if (way := ways.get(Source(entry.data[CONF_SOURCE]))) is None:
            return self.async_abort(reason="demonstration_is_fixed")
        return await self._go_on(await way.start())

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
        """Say that nothing was found, and what can be done."""
        return self._discovery.nothing_found()

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
        return await self._go_on(await self._sensors.start(user_input))

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
        return create_demonstration(self, user_input)

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
        if changed is not None:
            self._abort_if_unique_id_mismatch(reason="another_meter")
        entry = changed or known
        if entry is not None and (reason := meter_misfit(meter.data, entry)):
            return self.async_abort(reason=reason)
        if changed is not None:
            return self.async_update_and_abort(changed, data_updates=meter.data)
        self._abort_if_unique_id_configured(dict(meter.data), reload_on_update=False)
        self._site = SiteDraft(meter=meter)
        return await self.async_step_supply()

    # --- the site ---------------------------------------------------------------------

    async def async_step_supply(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        errors: Errors = {}
        if user_input is not None:
            self._site = replace(self._site, supply=unfold(user_input))
            if not (errors := self._site.supply_errors()):
                return await self.async_step_group()
        return show_form(self, "supply", *self._site.supply_form(), errors)

    async def async_step_group(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the first load-balancing group."""
        errors: Errors = {}
        if user_input is not None:
            self._site = replace(self._site, group=unfold(user_input))
            errors = self._site.group_errors()
            if not errors:
                return await self.async_step_chargers()
        schema = self._site.group_schema(self.hass.config.location_name)
        return show_form(self, "group", schema, self._site.group, errors)

    async def async_step_chargers(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Import chargers: those that are found, and another one."""
        if user_input is None:
            return self._show_chargers()
        found = found_chargers(self.hass)
        ticked = user_input.get(CONF_CHARGERS, [])
        if not found.keys() >= set(ticked):
            return self._show_chargers({CONF_CHARGERS: "charger_gone"})
        self._chargers.describe(found[key] for key in ticked)
        if user_input[CONF_ANOTHER]:
            return await self._chargers.entities()
        if ticked:
            return await self._chargers.charger()
        return await self.async_step_activate()

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Pick the entities of any other charger."""
        return await self._chargers.entities(user_input)

    async def async_step_states(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what the words of the picked state mean."""
        return await self._chargers.states(user_input)

    async def async_step_charger(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say how the next charger is wired and limited."""
        return await self._chargers.charger(user_input)

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what of the chargers was found to work."""
        return await self._chargers.check()

    async def async_step_activate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what will be limited to what, and begin."""
        if not self._chargers.are_free():
            return self._show_chargers({"base": "charger_taken"})
        if self._site.is_measured_elsewhere(self.hass):  # another set-up came first
            return self.async_abort(reason="already_configured")
        chargers = self._chargers.described
        if user_input is None:
            return self.async_show_form(
                step_id="activate",
                data_schema=ACTIVATE_SCHEMA,
                description_placeholders=await self._site.outlook(self.hass, chargers),
                last_step=True,
            )
        return self.async_create_entry(
            title=self._site.meter.title,
            data=self._site.meter.data,
            options=self._site.supply,
            subentries=self._site.subentries(chargers, active=user_input[CONF_ACTIVE]),
        )

    def _show_chargers(self, errors: Errors | None = None) -> ConfigFlowResult:
        found = found_chargers(self.hass)
        return self.async_show_form(
            step_id="chargers",
            data_schema=chargers_schema(
                {key: draft.title for key, draft in found.items()}
            ),
            errors=errors,
        )
