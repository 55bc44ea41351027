"""What an owner's browser does: it signs in, fills in forms and gives orders.

By the same REST and WebSocket interfaces that Home Assistant's frontend uses.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Self

import aiohttp

FLOWS = "/api/config/config_entries/flow"
OPTIONS_FLOWS = "/api/config/config_entries/options/flow"

type Json = Any
"""Whatever an answer holds."""

LOOK_INTERVAL = 0.1
"""s between looks whether something is so."""


class RefusedError(Exception):
    """Home Assistant did not take what was asked; the message says what and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The owner's."""

    name: str
    username: str
    password: str


class Browser:
    """One owner's browser, signed in."""

    def __init__(self, url: str) -> None:
        """Open nothing yet."""
        self._session = aiohttp.ClientSession(url)
        self._client_id = f"{url}/"
        self._token = ""
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._listening: asyncio.Task[None] | None = None
        self._awaited: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._numbers = count(1)

    async def __aenter__(self) -> Self:
        """Open it."""
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close it."""
        if self._listening is not None:
            self._listening.cancel()
        if self._socket is not None:
            await self._socket.close()
        await self._session.close()

    async def welcome(self, account: Account) -> None:
        """Create the owner's account, as the first to come, and sign in."""
        created = await self.post(
            "/api/onboarding/users",
            {
                "client_id": self._client_id,
                "name": account.name,
                "username": account.username,
                "password": account.password,
                "language": "en",
            },
        )
        signed_in = await self._session.post(
            "/auth/token",
            data={
                "grant_type": "authorization_code",
                "client_id": self._client_id,
                "code": created["auth_code"],
            },
        )
        tokens = await _read(signed_in)
        self._token = tokens["access_token"]
        self._session.headers["Authorization"] = f"Bearer {self._token}"
        await self.connect()

    async def connect(self) -> None:
        """Open the connection, anew where Home Assistant has been away meanwhile."""
        if self._listening is not None:
            self._listening.cancel()
        if self._socket is not None:
            await self._socket.close()
        self._socket = await self._session.ws_connect("/api/websocket")
        await self._receive()
        await self._socket.send_json({"type": "auth", "access_token": self._token})
        answer = await self._receive()
        if answer["type"] != "auth_ok":
            raise RefusedError(f"signing in: {answer}")
        self._listening = asyncio.create_task(self._listen())
        await self._started()

    async def post(self, path: str, body: Mapping[str, Any]) -> Json:
        """Return the answer to a request."""
        return await _read(await self._session.post(path, json=body))

    async def get(self, path: str) -> Json:
        """Return what is there."""
        return await _read(await self._session.get(path))

    async def command(self, kind: str, **content: Any) -> Json:
        """Return the result of a command over the WebSocket."""
        assert self._socket is not None
        assert self._listening is not None
        if self._listening.done():
            raise RefusedError(f"{kind}: the connection was closed")
        number = next(self._numbers)
        self._awaited[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "type": kind, **content})
        answer = await self._awaited[number]
        if not answer["success"]:
            raise RefusedError(f"{kind}: {answer['error']}")
        return answer["result"]

    async def diagnostics(self, domain: str) -> Json:
        """Return what is downloaded of an integration's entry, as soon as it can be."""
        [entry] = await self.command("config_entries/get", domain=domain)
        while True:
            for offered in await self.command("diagnostics/list"):
                if offered["domain"] == domain:
                    path = f"/api/diagnostics/config_entry/{entry['entry_id']}"
                    return await self.get(path)
            await asyncio.sleep(LOOK_INTERVAL)

    async def add_integration(self, domain: str) -> Flow:
        """Begin to add an integration."""
        return Flow(self, FLOWS, await self.post(FLOWS, {"handler": domain}))

    async def discovered(self, domain: str) -> Flow:
        """Wait until a device of an integration is found, and begin to add it."""
        while True:
            for flow in await self.command("config_entries/flow/progress"):
                if flow["handler"] == domain:
                    step = await self.get(f"{FLOWS}/{flow['flow_id']}")
                    return Flow(self, FLOWS, step)
            await asyncio.sleep(LOOK_INTERVAL)

    async def configure(self, entry_id: str) -> Flow:
        """Begin to change the options of a config entry."""
        begun = await self.post(OPTIONS_FLOWS, {"handler": entry_id})
        return Flow(self, OPTIONS_FLOWS, begun)

    async def _listen(self) -> None:
        """Take each answer to who awaits it; who does not listen is hung up on."""
        try:
            while True:
                answer = await self._receive()
                awaited = self._awaited.pop(answer.get("id", 0), None)
                if awaited is not None and not awaited.done():
                    awaited.set_result(answer)
        except RefusedError as error:
            for awaited in self._awaited.values():
                awaited.set_exception(error)

    async def _receive(self) -> dict[str, Any]:
        assert self._socket is not None
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise RefusedError("the connection was closed")
        content: dict[str, Any] = message.json()
        return content

    async def _started(self) -> None:
        """Wait: Home Assistant answers before it has started all that it runs."""
        while True:
            if (await self.command("get_config"))["state"] == "RUNNING":
                return
            await asyncio.sleep(LOOK_INTERVAL)


class Flow:
    """One form after the other, until what they describe is there."""

    def __init__(self, browser: Browser, path: str, step: dict[str, Any]) -> None:
        """Stand before the first form or menu."""
        self._browser = browser
        self._path = path
        self._step = step

    async def choose(self, option: str) -> None:
        """Choose from the menu."""
        await self._submit({"next_step_id": option})

    async def fill_in(self, **values: Any) -> None:
        """Fill in the form; what is not named stays as it is proposed."""
        left = dict(values)
        filled = _fill_in(self._step["data_schema"], left)
        if left:
            raise RefusedError(f"{self._name}: there is no field {sorted(left)}")
        await self._submit(filled)

    async def goes_on(self) -> None:
        """Wait until it has done what it shows the progress of."""
        path = f"{self._path}/{self._step['flow_id']}"
        while self._step["type"] == "progress":
            await asyncio.sleep(LOOK_INTERVAL)
            self._step = await self._browser.get(path)

    def options(self, field: str) -> dict[str, str]:
        """Return what a field of the form offers: labels by value."""
        [found] = [each for each in self._step["data_schema"] if each["name"] == field]
        offered = found["selector"]["select"]["options"]
        return {option["value"]: option["label"] for option in offered}

    def proposed(self, field: str) -> Json:
        """Return what the form shows in a field at first."""
        [found] = [each for each in self._step["data_schema"] if each["name"] == field]
        return _proposal(found)

    @property
    def step_id(self) -> str:
        """Which form or menu it stands before."""
        return str(self._step.get("step_id", ""))

    @property
    def created(self) -> dict[str, Any]:
        """What came of it, once the last form is filled in."""
        if self._step["type"] != "create_entry":
            raise RefusedError(f"{self._name}: there is more to fill in")
        return self._step

    @property
    def _name(self) -> str:
        return f"{self._step['handler']}, step {self._step.get('step_id', '-')}"

    async def _submit(self, values: Mapping[str, Any]) -> None:
        name = self._name
        flow_id = self._step["flow_id"]
        self._step = await self._browser.post(f"{self._path}/{flow_id}", values)
        if self._step["type"] == "abort":
            raise RefusedError(f"{name}: {self._step['reason']}")
        if errors := self._step.get("errors"):
            raise RefusedError(f"{name}: {errors}")


def _fill_in(schema: list[Json], values: dict[str, Any]) -> dict[str, Any]:
    """Return what a form sends, its sections as well; take the values used."""
    filled: dict[str, Any] = {}
    for field in schema:
        name = field["name"]
        if field.get("type") == "expandable":
            filled[name] = _fill_in(field["schema"], values)
        elif name in values:
            filled[name] = values.pop(name)
        elif (proposed := _proposal(field)) is not None:
            filled[name] = proposed
    return filled


def _proposal(field: Mapping[str, Any]) -> Json:
    """Return what a form shows in a field at first, None where that is nothing."""
    suggested = (field.get("description") or {}).get("suggested_value")
    return field.get("default") if suggested is None else suggested


async def _read(response: aiohttp.ClientResponse) -> Json:
    async with response:
        if not response.ok:
            raise RefusedError(f"{response.url.path}: {await response.text()}")
        return await response.json()
