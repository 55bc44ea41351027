"""A Peblar's web interface: login, configuration, cards, history and its event stream.

The paths are below `/api/v1`; all but the login need the cookie that the login sets.
"""

import asyncio
from datetime import datetime
import secrets
from typing import Any

from aiohttp import web

from custom_components.amp_guard.model import ChargerStatus

from . import Handler
from .charger import ChargingSession
from .peblar_electronics import PeblarElectronics

WEB = "/api/v1"
LOGIN_PATH = f"{WEB}/auth/login"
LOGIN_COOKIE = "session"
SESSION_TOPIC = "/session/status/connector/1"

SESSION_STATES = {
    ChargerStatus.DISCONNECTED: "available",
    ChargerStatus.WAITING: "preparingPluggedIn",
    ChargerStatus.FULL: "finishing",
    ChargerStatus.CHARGING: "charging",
    ChargerStatus.FAULT: "faulted",
}


class WebInterface:
    """What the charger's own pages ask of it."""

    def __init__(self, charger: PeblarElectronics) -> None:
        """Serve the pages of `charger`."""
        self._charger = charger
        self._status = charger.charger.status
        self._status_changed = asyncio.Event()
        self._streams: set[web.WebSocketResponse] = set()

    def notice(self, status: ChargerStatus) -> None:
        """Push the session to who subscribed to it, where its state has changed."""
        if status is self._status:
            return
        self._status = status
        changed, self._status_changed = self._status_changed, asyncio.Event()
        changed.set()

    def application(self) -> web.Application:
        """Return the pages' interface; others may be added beside it."""
        application = web.Application(middlewares=[self._check_login])
        cards = f"{WEB}/config/auth/standalonelist"
        software = f"{WEB}/system/software/automatic-update"
        application.add_routes(
            [
                web.post(LOGIN_PATH, self._login),
                web.get(f"{WEB}/system/info", self._system_information),
                web.get(f"{WEB}/config/user", self._read_configuration),
                web.patch(f"{WEB}/config/user", self._change_configuration),
                web.get(f"{WEB}/config/api-token", self._read_api_token),
                web.post(f"{WEB}/config/api-token", self._renew_api_token),
                web.get(cards, self._list_cards),
                web.post(cards, self._add_card),
                web.delete(f"{cards}/{{uid}}", self._delete_card),
                web.get(f"{WEB}/statistics/meterhistory", self._meter_history),
                web.get(f"{software}/current-versions", self._current_versions),
                web.get(f"{software}/available-versions", self._available_versions),
                web.post(f"{software}/update", self._update),
                web.put(f"{WEB}/system/identify", self._identify),
                web.post(f"{WEB}/system/reboot", self._reboot),
                web.post(f"{WEB}/connector/socket-unlock", self._unlock_socket),
                web.get(f"{WEB}/ws", self._stream),
            ]
        )
        application.on_shutdown.append(self._close_streams)
        return application

    @web.middleware
    async def _check_login(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        needed = request.path.startswith(f"{WEB}/") and request.path != LOGIN_PATH
        if needed and request.cookies.get(LOGIN_COOKIE) not in self._charger.logins:
            raise web.HTTPUnauthorized
        return await handler(request)

    async def _login(self, request: web.Request) -> web.Response:
        credentials = await request.json()
        if credentials.get("Password") != self._charger.password:
            raise web.HTTPUnauthorized
        login = secrets.token_hex()
        self._charger.logins.add(login)
        response = web.Response()
        response.set_cookie(LOGIN_COOKIE, login, httponly=True)
        return response

    # --- what it is and how it is configured ----------------------------------------

    async def _system_information(self, _request: web.Request) -> web.Response:
        return web.json_response(
            self._charger.system_information | {"FwIdent": self._charger.firmware}
        )

    async def _read_configuration(self, _request: web.Request) -> web.Response:
        return web.json_response(self._charger.configuration)

    async def _change_configuration(self, request: web.Request) -> web.Response:
        change: dict[str, Any] = await request.json()
        if unknown := change.keys() - self._charger.configuration.keys():
            return refusal(f"Unknown setting: {', '.join(sorted(unknown))}")
        self._charger.configuration |= change
        return web.Response()

    async def _read_api_token(self, _request: web.Request) -> web.Response:
        return web.json_response({"ApiToken": self._charger.api_token})

    async def _renew_api_token(self, _request: web.Request) -> web.Response:
        self._charger.api_token = secrets.token_hex()
        return web.Response()

    async def _list_cards(self, _request: web.Request) -> web.Response:
        cards = [
            {"RfidTokenUid": uid, "RfidTokenDescription": description}
            for uid, description in self._charger.rfid_tokens.items()
        ]
        return web.json_response({"Tokens": cards})

    async def _add_card(self, request: web.Request) -> web.Response:
        card = await request.json()
        self._charger.rfid_tokens[card["RfidTokenUid"]] = card["RfidTokenDescription"]
        return web.Response()

    async def _delete_card(self, request: web.Request) -> web.Response:
        if self._charger.rfid_tokens.pop(request.match_info["uid"], None) is None:
            raise web.HTTPNotFound
        return web.Response()

    # --- what it did ----------------------------------------------------------------

    async def _meter_history(self, request: web.Request) -> web.Response:
        since = datetime.fromisoformat(
            request.query.get("StartTime", "1970-01-01T00:00:00+00:00")
        )
        sessions = [
            session for session in self._charger.sessions if session.started_at >= since
        ]
        return web.json_response(
            {
                "Corrupted": False,
                "CorruptedSession": [False] * len(sessions),
                "Session": [self._describe(session) for session in sessions],
            }
        )

    def _describe(self, session: ChargingSession) -> dict[str, Any]:
        earlier = self._charger.sessions[: session.number - 1]
        start_energy = sum(each.energy for each in earlier)
        started = {
            "AuthToken": None,
            "Checksum": 0,
            "SessionNumber": session.number,
            "SessionStartEnergymWh": round(start_energy * 1000),
            "SessionStartTime": round(session.started_at.timestamp()),
        }
        if session.ended_at is None:
            return started
        return started | {
            "SessionEndEnergymWh": round((start_energy + session.energy) * 1000),
            "SessionEndTime": round(session.ended_at.timestamp()),
        }

    # --- what it is told to do ------------------------------------------------------

    async def _current_versions(self, _request: web.Request) -> web.Response:
        return self._versions(self._charger.firmware)

    async def _available_versions(self, _request: web.Request) -> web.Response:
        return self._versions(self._charger.available_firmware)

    def _versions(self, firmware: str) -> web.Response:
        return web.json_response({"Firmware": firmware, "Customization": "Peblar-1.0"})

    async def _update(self, request: web.Request) -> web.Response:
        if (await request.json()).get("Package-Type") == "Firmware":
            self._charger.firmware = self._charger.available_firmware
        self._charger.restart()
        return web.Response()

    async def _identify(self, _request: web.Request) -> web.Response:
        return web.Response()  # its light blinks: nothing in the physics

    async def _reboot(self, _request: web.Request) -> web.Response:
        self._charger.restart()
        return web.Response()

    async def _unlock_socket(self, _request: web.Request) -> web.Response:
        if self._charger.charger.status is ChargerStatus.CHARGING:
            return refusal("The car is charging")
        self._charger.configuration["UserKeepSocketLocked"] = False
        return web.Response()

    # --- what it says unasked -------------------------------------------------------

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self._streams.add(stream)
        pushing: asyncio.Task[None] | None = None
        try:
            async for message in stream:
                topic = message.json()["topic"]
                if topic != SESSION_TOPIC:
                    await stream.send_json(_result(topic, {"message": "no such topic"}))
                    continue
                await stream.send_json(_result(topic, {"status": "ok"}))
                pushing = pushing or asyncio.create_task(self._push_session(stream))
        finally:
            self._streams.discard(stream)
            if pushing:
                pushing.cancel()
        return stream

    async def _push_session(self, stream: web.WebSocketResponse) -> None:
        while not stream.closed:
            charger = self._charger
            event = {
                "state": SESSION_STATES[self._status],
                "meterData": {
                    "instantaneousPower": [
                        round(each.power) for each in charger.phases
                    ],
                    "sessionEnergy": round(charger.session_energy),
                    "totalEnergy": round(charger.total_energy),
                },
            }
            await stream.send_json(
                {"type": "event", "topic": SESSION_TOPIC, "data": event}
            )
            await self._status_changed.wait()

    async def _close_streams(self, _application: web.Application) -> None:
        for stream in list(self._streams):
            await stream.close()


def refusal(reason: str) -> web.Response:
    """Return what the charger answers where it will not do what it is asked."""
    return web.json_response({"statusmsg": reason}, status=400)


def _result(topic: str, data: dict[str, str]) -> dict[str, Any]:
    return {"type": "result", "topic": topic, "data": data}
