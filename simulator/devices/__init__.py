"""Devices on the simulated site's network, each one HTTP server of its own.

What they measure and obey is the physics; here stands only what they say on the wire.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
import socket

from aiohttp import web

HTTP_PORT = 80

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Device(ABC):
    """Something with an address on the network."""

    def __init__(self) -> None:
        """Prepare the device; nothing is served before `start`."""
        self._runner: web.AppRunner | None = None

    @abstractmethod
    def application(self) -> web.Application:
        """Return what the device serves."""

    async def start(self, host: str, port: int = 0) -> None:
        """Serve at `host`; port 0 takes a free one.

        Raises `OSError` where the address is taken, does not exist, or its port may
        be used by the administrator only.
        """
        await self.serve(socket.create_server((host, port)))

    async def serve(self, listening: socket.socket) -> None:
        """Serve on a socket that listens already: one of another network, say."""
        runner = web.AppRunner(
            self.application(), access_log=None, shutdown_timeout=0.1
        )
        await runner.setup()
        await web.SockSite(runner, listening).start()
        self._runner = runner

    async def stop(self) -> None:
        """Leave the network; every connection is closed."""
        if self._runner is None:
            return
        await self._runner.cleanup()
        self._runner = None

    @property
    def address(self) -> str:
        """What a user types into Home Assistant: the host, with its port unless 80."""
        if self._runner is None:
            msg = "The device is not on the network"
            raise RuntimeError(msg)
        host, port = self._runner.addresses[0][:2]
        return host if port == HTTP_PORT else f"{host}:{port}"
