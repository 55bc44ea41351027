"""A test double of the HACS integration `ocpp` 0.8.0, which is on no package index.

The central system of charge points, as far as Amp Guard sees it: the same devices, the
same unique ids of sensors, and its actions: `ocpp.set_charge_rate`, whose custom profile
goes out as it stands and whose refusal is no error, and those that ask and clear. The wire is real: OCPP 1.6J over a
WebSocket by the `ocpp` package.
"""

import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

from .central_system import CentralSystem, ConnectedChargePoint

_LOGGER = logging.getLogger(__name__)

PLATFORMS = [Platform.SENSOR]

SET_CHARGE_RATE = vol.Schema(
    {
        vol.Optional("devid"): str,
        vol.Optional("conn_id"): vol.All(vol.Coerce(int), vol.Range(min=0)),
        vol.Required("custom_profile"): dict,
    }
)


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    central_system = CentralSystem(entry.data["cpid"], int(entry.data["connectors"]))
    entry.runtime_data = central_system
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await central_system.start(entry.data["host"], int(entry.data["port"]))

    async def set_charge_rate(call: ServiceCall) -> None:
        status = await connected(call).set_charging_profile(
            call.data["conn_id"], call.data["custom_profile"]
        )
        if status != "Accepted":
            _LOGGER.warning("Custom SetChargingProfile rejected: %s", status)

    def connected(call: ServiceCall) -> ConnectedChargePoint:
        charge_point = central_system.charge_point
        if charge_point is None or call.data["devid"] != central_system.cpid:
            raise HomeAssistantError("The charger is not available")
        return charge_point

    async def clear_profile(call: ServiceCall) -> None:
        await connected(call).clear()

    async def trigger_custom_message(call: ServiceCall) -> None:
        await connected(call).trigger(call.data["requested_message"])

    async def configure(call: ServiceCall) -> ServiceResponse:
        status = await connected(call).configure(
            call.data["ocpp_key"], call.data["value"]
        )
        if status not in ("Accepted", "RebootRequired"):
            _LOGGER.warning("%s while setting %s", status, call.data["ocpp_key"])
        return {"reboot_required": status == "RebootRequired"}

    async def get_configuration(call: ServiceCall) -> ServiceResponse:
        key = call.data.get("ocpp_key", "")
        return {"value": await connected(call).configuration(key)}

    register = hass.services.async_register
    register("ocpp", "set_charge_rate", set_charge_rate, SET_CHARGE_RATE)
    register("ocpp", "clear_profile", clear_profile)
    register("ocpp", "trigger_custom_message", trigger_custom_message)
    register(
        "ocpp",
        "configure",
        configure,
        supports_response=SupportsResponse.OPTIONAL,
    )
    register(
        "ocpp",
        "get_configuration",
        get_configuration,
        supports_response=SupportsResponse.ONLY,
    )
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    for action in hass.services.async_services_for_domain("ocpp"):
        hass.services.async_remove("ocpp", action)
    await entry.runtime_data.stop()
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
