"""Its actions, as far as Amp Guard uses them."""

import logging

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, device_registry as dr
import voluptuous as vol

from .account import Account, Charger, RefusedError

_LOGGER = logging.getLogger(__name__)

CIRCUIT = {
    vol.Required("device_id"): str,
    vol.Required("current_p1"): cv.positive_int,
    vol.Required("current_p2"): cv.positive_int,
    vol.Required("current_p3"): cv.positive_int,
}
TIME_TO_LIVE = {vol.Optional("time_to_live", default=0): cv.positive_int}
OWN = {
    vol.Required("device_id"): str,
    vol.Required("current"): vol.All(cv.positive_int, vol.Range(min=0, max=40)),
}
DYNAMIC_LIMITS, OFFLINE_LIMITS, OWN_LIMIT = (111, 112, 113), (50, 51, 52), (48,)
"""What the stream tells of what is stored."""


class Actions:
    """What is equal to what the stream told last is dropped, with its time to live."""

    def __init__(self, hass: HomeAssistant, account: Account) -> None:
        self._hass = hass
        self._account = account

    def register(self) -> None:
        for name, schema in (
            ("set_circuit_dynamic_limit", CIRCUIT | TIME_TO_LIVE),
            ("set_circuit_offline_limit", CIRCUIT),
            ("set_charger_dynamic_limit", OWN | TIME_TO_LIVE),
        ):
            self._hass.services.async_register(
                "easee", name, getattr(self, name), vol.Schema(schema)
            )

    async def set_circuit_dynamic_limit(self, call: ServiceCall) -> None:
        charger, currents = self._charger(call), _currents(call)
        if _differs(charger, DYNAMIC_LIMITS, currents):
            body = {f"phase{n}": each for n, each in enumerate(currents, start=1)}
            body["timeToLive"] = call.data["time_to_live"]
            path = f"/api/sites/1/circuits/{charger.circuit}/dynamicCurrent"
            await self._send(call, path, body)

    async def set_circuit_offline_limit(self, call: ServiceCall) -> None:
        charger, currents = self._charger(call), _currents(call)
        if _differs(charger, OFFLINE_LIMITS, currents):
            body = {
                f"offlineMaxCircuitCurrentP{n}": each
                for n, each in enumerate(currents, start=1)
            }
            path = f"/api/sites/1/circuits/{charger.circuit}/settings"
            await self._send(call, path, body)

    async def set_charger_dynamic_limit(self, call: ServiceCall) -> None:
        charger, current = self._charger(call), call.data["current"]
        if _differs(charger, OWN_LIMIT, [current]):
            body = {"amps": current, "minutes": call.data["time_to_live"]}
            path = f"/api/chargers/{charger.name}/commands/set_dynamic_charger_current"
            await self._send(call, path, body)

    async def _send(self, call: ServiceCall, path: str, body: dict[str, int]) -> None:
        try:
            await self._account.post(path, body)
        except RefusedError as error:  # and no more than that
            _LOGGER.error("Forbidden: [%s] %s", call.service, error)

    def _charger(self, call: ServiceCall) -> Charger:
        device = dr.async_get(self._hass).async_get(call.data["device_id"])
        for domain, name in device.identifiers if device else ():
            if domain == "easee" and name in self._account.chargers:
                return self._account.chargers[name]
        raise HomeAssistantError("Could not find the charger")


def _currents(call: ServiceCall) -> list[int]:
    return [call.data[f"current_p{n}"] for n in (1, 2, 3)]


def _differs(charger: Charger, keys: tuple[int, ...], currents: list[int]) -> bool:
    return [charger.observed.get(key) for key in keys] != currents
