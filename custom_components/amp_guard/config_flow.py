"""Set-up in the manual's words: the meter, the supply, the first group."""

from collections.abc import Mapping
import re
from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PIN
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import (
    CONF_FIRMWARE,
    CONF_MAC,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_MODEL,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
)
from .forms import METER_SCHEMA, PIN_SCHEMA, group_schema, supply_schema
from .meters import (
    MeterAuthenticationError,
    MeterConnectionError,
    MeterError,
    MeterIdentity,
    MeterResponseError,
    MeterSample,
    NotAMeterError,
)
from .meters.amp_guard import AmpGuardClient
from .site import (
    Errors,
    format_phases,
    group_errors,
    parse_phases,
    read_group,
    read_supply,
    supply_errors,
)
from .subentry_flows import ChargerFlow, GroupFlow

PIN_FORMAT = re.compile(r"\d{8}")
"""It stands on the back of the meter [installation manual]."""

METER_ERRORS: dict[type[MeterError], str] = {
    MeterConnectionError: "cannot_connect",
    MeterAuthenticationError: "invalid_auth",
    NotAMeterError: "not_amp_guard",
    MeterResponseError: "invalid_response",
}


class AmpGuardConfigFlow(ConfigFlow, domain=DOMAIN):
    """From the meter's address to the first group."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._meter: dict[str, Any] = {}
        self._supply: dict[str, Any] = {}
        self._errors: Errors = {}

    @classmethod
    @callback
    def async_get_supported_subentry_types(
        cls,
        config_entry: ConfigEntry,  # noqa: ARG003
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added below the supply."""
        return {SUBENTRY_GROUP: GroupFlow, SUBENTRY_CHARGER: ChargerFlow}

    @staticmethod
    @callback
    def async_get_options_flow(
        config_entry: ConfigEntry,  # noqa: ARG004
    ) -> OptionsFlow:
        """Return the flow that changes the supply."""
        return SupplyOptionsFlow()

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the meter's address and PIN, and try them."""
        if user_input is not None and (meter := await self._try_meter(user_input)):
            serial_number, self._meter = meter
            await self.async_set_unique_id(serial_number)
            self._abort_if_unique_id_configured(self._meter, reload_on_update=False)
            return await self.async_step_supply()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(METER_SCHEMA, user_input),
            errors=self._errors,
        )

    async def async_step_supply(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        if user_input is not None:
            self._supply = user_input
            return await self.async_step_group()
        return self.async_show_form(
            step_id="supply", data_schema=supply_schema(self._meter[CONF_VARIANT])
        )

    async def async_step_group(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the first load-balancing group, and finish."""
        max_current = self._supply[CONF_SUPPLY_MAX_CURRENT]
        phases = self._meter[CONF_MEASURED_PHASES]
        errors: Errors = {}
        if user_input is not None:
            errors = group_errors(
                read_group(user_input),
                max_current_above=max_current,
                phases_above=parse_phases(phases),
            )
            if not errors:
                return self._create_entry(user_input)
        return self.async_show_form(
            step_id="group",
            data_schema=self.add_suggested_values_to_schema(
                group_schema(
                    self._meter[CONF_VARIANT], max_current=max_current, phases=phases
                ),
                user_input,
            ),
            errors=errors,
            last_step=True,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take the meter's new address."""
        entry = self._get_reconfigure_entry()
        if user_input is not None and (meter := await self._try_meter(user_input)):
            serial_number, data = meter
            await self.async_set_unique_id(serial_number)
            self._abort_if_unique_id_mismatch(reason="another_meter")
            return self.async_update_and_abort(entry, data_updates=data)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                METER_SCHEMA, user_input or entry.data
            ),
            errors=self._errors,
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """The meter refused its PIN."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the PIN, and try it."""
        entry = self._get_reauth_entry()
        if user_input is not None and (
            meter := await self._try_meter({**entry.data, **user_input})
        ):
            serial_number, data = meter
            await self.async_set_unique_id(serial_number)
            self._abort_if_unique_id_mismatch(reason="another_meter")
            return self.async_update_and_abort(entry, data_updates=data)
        return self.async_show_form(
            step_id="reauth_confirm", data_schema=PIN_SCHEMA, errors=self._errors
        )

    async def _try_meter(
        self, user_input: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any]] | None:
        """Return the meter's serial number and the entry's data, or note the errors."""
        self._errors = {}
        pin = user_input[CONF_PIN].strip()
        if not PIN_FORMAT.fullmatch(pin):
            self._errors = {CONF_PIN: "invalid_pin"}
            return None
        host = user_input[CONF_HOST].strip().removeprefix("http://").rstrip("/")
        try:
            client = AmpGuardClient(
                async_get_clientsession(self.hass),
                host=host,
                pin=pin,
            )
            identity = await client.identity()
            sample = await client.measurement()
        except MeterError as error:
            self._errors = {"base": METER_ERRORS[type(error)]}
            return None
        address = {CONF_HOST: host, CONF_PIN: pin}
        return identity.serial_number, address | _describe(identity, sample)

    def _create_entry(self, group: dict[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(
            title=f"{self._meter[CONF_MODEL]} {self.unique_id}",
            data=self._meter,
            options=self._supply,
            subentries=[
                ConfigSubentryData(
                    subentry_type=SUBENTRY_GROUP,
                    title=group.pop(CONF_NAME),
                    data=group,
                    unique_id=None,
                )
            ],
        )


class SupplyOptionsFlow(OptionsFlow):
    """Changes the supply of an entry."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        errors: Errors = {}
        if user_input is not None:
            errors = supply_errors(read_supply(user_input), self.config_entry)
            if not errors:
                return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                supply_schema(self.config_entry.data[CONF_VARIANT]),
                user_input or self.config_entry.options,
            ),
            errors=errors,
        )


def _describe(identity: MeterIdentity, sample: MeterSample) -> dict[str, Any]:
    """Return what is kept of the meter, so that it is known while it is away."""
    quantities = {"current": sample.current} | {
        "voltage": sample.voltage,
        "power": sample.power,
    }
    return {
        CONF_MODEL: identity.model,
        CONF_VARIANT: identity.variant,
        CONF_FIRMWARE: identity.firmware,
        CONF_MAC: identity.mac,
        CONF_MEASURED_PHASES: format_phases(sample.connected),
        CONF_MEASURED_QUANTITIES: [
            quantity for quantity, values in quantities.items() if values is not None
        ],
    }
