"""An account at the cloud: its chargers, what the stream tells of them, what is set."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
import json
import time
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, WSMsgType
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession

END_OF_MESSAGE = "\x1e"
AGAIN_AFTER = 1.0
"""s until a stream that ended is opened anew."""
REQUEST_TIMEOUT = ClientTimeout(total=30)


class RefusedError(Exception):
    """The cloud did not take something."""


@dataclass
class Charger:
    """One charger, and what was observed of it last, by the stream's numbers."""

    name: str
    circuit: int
    observed: dict[int, float] = field(default_factory=dict)


class Account:
    """Logs in, reads all once, then follows the stream."""

    def __init__(
        self, hass: HomeAssistant, *, url: str, username: str, password: str
    ) -> None:
        self.chargers: dict[str, Charger] = {}
        self.listeners: set[Callable[[], None]] = set()
        self._hass = hass
        self._url = url
        self._login = {"userName": username, "password": password}
        self._session: ClientSession = async_create_clientsession(hass)
        self._token = ""
        self._token_ends = 0.0
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        for site in await self._request("GET", "/api/accounts/products"):
            for circuit in site["circuits"]:
                for each in circuit["chargers"]:
                    self.chargers[each["id"]] = Charger(each["id"], circuit["id"])
        for charger in self.chargers.values():
            path = f"/state/{charger.name}/observations"
            answer = await self._request("GET", path)
            for observed in answer["observations"]:
                charger.observed[observed["id"]] = observed["value"]
        self._following = self._hass.async_create_background_task(
            self._follow(), "easee stream"
        )

    async def stop(self) -> None:
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following

    async def post(self, path: str, body: dict[str, int]) -> None:
        await self._request("POST", path, body)

    async def _request(self, method: str, path: str, body: object = None) -> Any:
        if time.time() >= self._token_ends:
            await self._log_in()
        for _ in range(2):
            async with self._session.request(
                method,
                self._url + path,
                json=body,
                headers=self._headers,
                timeout=REQUEST_TIMEOUT,
            ) as response:
                if response.status == 401:
                    await self._log_in()
                    continue
                if not response.ok:
                    raise RefusedError(f"{response.status} for {path}")
                return await response.json()
        raise RefusedError(f"401 for {path}")

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _log_in(self) -> None:
        async with self._session.post(
            f"{self._url}/api/accounts/login", json=self._login
        ) as response:
            answer = await response.json()
        self._token = answer["accessToken"]
        self._token_ends = time.time() + answer["expiresIn"] - 60

    async def _follow(self) -> None:
        while True:
            with suppress(ClientError, TimeoutError):
                async with self._session.ws_connect(
                    f"{self._url}/hubs/chargers", headers=self._headers
                ) as ws:
                    await ws.send_str(
                        '{"protocol":"json","version":1}' + END_OF_MESSAGE
                    )
                    for name in self.chargers:
                        message = {
                            "type": 1,
                            "target": "SubscribeWithCurrentState",
                            "arguments": [name, True],
                        }
                        await ws.send_str(json.dumps(message) + END_OF_MESSAGE)
                    async for message in ws:
                        if message.type is not WSMsgType.TEXT:
                            break
                        for part in filter(None, message.data.split(END_OF_MESSAGE)):
                            self._hear(json.loads(part))
            await asyncio.sleep(AGAIN_AFTER)

    def _hear(self, said: dict[str, Any]) -> None:
        if said.get("target") != "ProductUpdate":
            return
        for update in said["arguments"]:
            charger = self.chargers[update["mid"]]
            charger.observed[update["id"]] = float(update["value"])
        for listener in self.listeners:
            listener()
