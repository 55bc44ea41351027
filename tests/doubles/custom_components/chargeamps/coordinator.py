"""What is polled, and what is written: by a client without a retry of its own."""

import asyncio
from base64 import urlsafe_b64decode
from datetime import timedelta
import json
import logging
import time
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.entity import DeviceInfo
from homeassistant.helpers.update_coordinator import (
    CoordinatorEntity,
    DataUpdateCoordinator,
    UpdateFailed,
)

_LOGGER = logging.getLogger(__name__)

POLL_INTERVAL = timedelta(seconds=30)
API = "/api/v5"

type Place = tuple[str, int]
"""A charge point, and the number of its connector."""


class Coordinator(DataUpdateCoordinator[dict[str, Any]]):
    """Asks for everything, the whole history of sessions as well."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name="chargeamps",
            update_interval=POLL_INTERVAL,
        )
        self._account = entry.data
        self._session = async_create_clientsession(hass)
        self._token = ""
        self._token_ends = 0.0
        self._logging_in = asyncio.Lock()

    async def _async_update_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"types": {}, "states": {}, "settings": {}}
        try:
            points = await self._request("GET", "/chargepoints/owned")
            await asyncio.gather(*(self._read(point, data) for point in points))
        except Exception as error:
            raise UpdateFailed(f"Error communicating with API: {error}") from error
        return data

    async def _read(self, point: dict[str, Any], data: dict[str, Any]) -> None:
        own = f"/chargepoints/{point['id']}"
        data["types"][point["id"]] = point["type"]
        status, _, _ = await asyncio.gather(
            *(
                self._request("GET", f"{own}/{what}")
                for what in ("status", "settings", "chargingsessions")
            )
        )
        for state in status["connectorStatuses"]:
            data["states"][point["id"], state["connectorId"]] = state
        numbers = [each["connectorId"] for each in point["connectors"]]
        settings = await asyncio.gather(
            *(
                self._request("GET", f"{own}/connectors/{number}/settings")
                for number in numbers
            )
        )
        for number, each in zip(numbers, settings, strict=True):
            data["settings"][point["id"], number] = each

    async def write(self, place: Place) -> None:
        """Write a connector's settings, all of them, as they are noted."""
        path = f"/chargepoints/{place[0]}/connectors/{place[1]}/settings"
        await self._request("PUT", path, json=self.data["settings"][place])

    async def _request(self, method: str, path: str, **more: Any) -> Any:
        await self._log_in()
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._session.request(
            method, self._account["url"] + API + path, headers=headers, **more
        ) as response:
            response.raise_for_status()
            return await response.json()

    async def _log_in(self) -> None:
        async with self._logging_in:
            if self._token_ends > time.time():
                return
            async with self._session.post(
                f"{self._account['url']}{API}/auth/login",
                headers={"apiKey": self._account["api_key"]},
                json={key: self._account[key] for key in ("email", "password")},
            ) as response:
                response.raise_for_status()
                self._token = (await response.json())["token"]
            claims = self._token.split(".")[1]
            self._token_ends = json.loads(urlsafe_b64decode(claims))["exp"]


class ChargeAmpsEntity(CoordinatorEntity[Coordinator]):
    """Something of one connector."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: Coordinator, place: Place, key: str) -> None:
        super().__init__(coordinator)
        self.place = place
        charge_point, connector = place
        self._attr_name = f"Connector {connector} {key}"
        self._attr_unique_id = f"chargeamps_{charge_point}_{connector}_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={("chargeamps", charge_point)},
            name=charge_point,
            manufacturer="Charge Amps AB",
            model=coordinator.data["types"][charge_point],
        )
