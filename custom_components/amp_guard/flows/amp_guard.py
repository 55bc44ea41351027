"""An Amp Guard whose address is known: asked for its address and PIN."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..const import (
    CONF_FIRMWARE,
    CONF_FORMER_HOST,
    CONF_MAC,
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_MODEL,
    CONF_SOURCE,
    CONF_VARIANT,
)
from ..meters import (
    ImplausibleSampleError,
    MeterAuthenticationError,
    MeterConnectionError,
    MeterError,
    MeterIdentity,
    MeterResponseError,
    MeterSample,
    NotAMeterError,
    OldContractError,
    Source,
)
from ..meters.amp_guard_client import AmpGuardClient
from ..provisioning.credentials import pin_error
from ..site.phases import format_phases
from ..site.rules import Errors
from . import MeterChoice, MeterWay, WayResult
from .forms.meter import METER_SCHEMA, PIN_SCHEMA

METER_ERRORS: dict[type[MeterError], str] = {
    MeterConnectionError: "cannot_connect",
    MeterAuthenticationError: "invalid_auth",
    NotAMeterError: "not_amp_guard",
    OldContractError: "old_contract",
    MeterResponseError: "invalid_response",
    ImplausibleSampleError: "invalid_response",
}


class AddressWay(MeterWay):
    """The meter's address and PIN are entered, and tried before they are kept."""

    async def start(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Ask for the meter's address and PIN."""
        errors: Errors = {}
        if user_input is not None:
            meter = await try_meter(self._hass, user_input)
            if isinstance(meter, MeterChoice):
                return meter
            errors = meter
        return self._flow.async_show_form(
            step_id="address",
            data_schema=self._flow.add_suggested_values_to_schema(
                METER_SCHEMA, user_input or self._current_data
            ),
            errors=errors,
        )

    async def confirm_pin(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Ask for the PIN of the meter that refused the one that is stored."""
        errors: Errors = {}
        if user_input is not None:
            meter = await try_meter(self._hass, {**self._current_data, **user_input})
            if isinstance(meter, MeterChoice):
                return meter
            errors = meter
        return self._flow.async_show_form(
            step_id="reauth_confirm", data_schema=PIN_SCHEMA, errors=errors
        )


async def try_meter(
    hass: HomeAssistant, user_input: Mapping[str, Any]
) -> MeterChoice | Errors:
    """Return the meter at an address (CONF_HOST) with a CONF_PIN, or why it is none."""
    pin = user_input[CONF_PIN].strip()
    if invalid := pin_error(pin):
        return {CONF_PIN: invalid}
    host = user_input[CONF_HOST].strip().removeprefix("http://").rstrip("/")
    try:
        client = AmpGuardClient(async_get_clientsession(hass), host=host, pin=pin)
        identity = await client.prove()
        sample = await client.measurement()
    except MeterError as error:
        return {"base": METER_ERRORS[type(error)]}
    return MeterChoice(
        title=f"{identity.model} {identity.serial_number}",
        unique_id=identity.serial_number,
        data={CONF_HOST: host, CONF_PIN: pin} | _describe(identity, sample),
    )


def _describe(identity: MeterIdentity, sample: MeterSample) -> dict[str, Any]:
    """Return what is kept of the meter, so that it is known while it is away."""
    quantities = {
        "current": sample.current,
        "voltage": sample.voltage,
        "power": sample.power,
        "energy_import": sample.energy_import,
        "energy_export": sample.energy_export,
    }
    return {
        CONF_SOURCE: Source.AMP_GUARD,
        CONF_FORMER_HOST: None,
        CONF_MODEL: identity.model,
        CONF_VARIANT: identity.variant,
        CONF_FIRMWARE: identity.firmware,
        CONF_MAC: identity.mac,
        CONF_MEASURED_PHASES: format_phases(sample.connected),
        CONF_MEASURED_QUANTITIES: [
            quantity for quantity, values in quantities.items() if values is not None
        ],
    }
