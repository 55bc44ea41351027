"""A real Home Assistant: a process of its own in a configuration folder of its own."""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
import json
import os
from pathlib import Path
import shutil
import sys

import aiohttp
from yarl import URL

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "amp_guard"

CONFIGURATION = """\
homeassistant:
  name: The simulated site
  unit_system: metric
  time_zone: Europe/Stockholm
  country: SE
  currency: SEK
  language: en

# What shows what happens, and nothing that looks for devices on the network.
frontend:
config:
diagnostics:
energy:
history:
logbook:
recorder:
  commit_interval: 1
"""

LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked for by name
"""Where this machine finds what answers at all its addresses."""

START_TIMEOUT = 120.0
"""s. It takes 5; the first start compiles, and a small machine may be busy."""
STOP_TIMEOUT = 60.0
"""s. It gives its integrations less than this to end."""
LOOK_INTERVAL = 0.1
"""s between looks whether it answers."""
LOG_TAIL = 20
"""Lines of its output that say why it failed."""


class HomeAssistantError(Exception):
    """Home Assistant did not do what it should; the message says what."""


class HomeAssistant:
    """The process, from an empty configuration folder to its end."""

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int,
        integrations: Iterable[Path] = (INTEGRATION,),
        more: str = "",
    ) -> None:
        """Choose where it keeps its files, where it answers, and what is added to it.

        `more` is added to its configuration. What looks for devices is for a network
        of its own only.
        """
        self._folder = folder
        self._more = more
        self._integrations = tuple(integrations)
        self._host = host
        self._port = port
        self._console = folder / "console.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it."""
        host = LOOPBACK_OF.get(self._host, self._host)
        return str(URL.build(scheme="http", host=host, port=self._port).origin())

    async def start(self) -> None:
        """Begin anew, and return when it answers."""
        await asyncio.to_thread(self._write_configuration)
        await self.start_again()

    async def start_again(self) -> None:
        """Go on from where it ended, and return when it answers."""
        environment = dict(os.environ)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it starts slowly without
        with self._console.open("wb") as console:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "homeassistant"),
                *("--config", str(self._folder)),
                "--skip-pip",  # all that it needs is there
                cwd=self._folder,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=console,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for whoever started it
            )
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._answers()
        except TimeoutError as error:
            msg = f"Home Assistant does not answer after {START_TIMEOUT:.0f} s"
            raise HomeAssistantError(f"{msg}.\n{self._tail()}") from error

    @property
    def is_started(self) -> bool:
        """Whether it was started, and not stopped since."""
        return self._process is not None

    async def ended(self) -> None:
        """Wait until it ends by itself, and raise `HomeAssistantError` then."""
        assert self._process is not None
        status = await self._process.wait()
        msg = f"Home Assistant has ended by itself (status {status})"
        raise HomeAssistantError(f"{msg}.\n{self._tail()}")

    @property
    def pid(self) -> int:
        """Of the process, while it is started."""
        assert self._process is not None
        return self._process.pid

    @property
    def folder(self) -> Path:
        """Where it keeps its files."""
        return self._folder

    async def stop(self) -> None:
        """End it as a service manager does; kill it where it does not follow."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def kill(self) -> None:
        """End it as a power cut does: it has no time for anything."""
        process, self._process = self._process, None
        assert process is not None
        process.kill()
        await process.wait()

    def _write_configuration(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        components = self._folder / "custom_components"
        components.mkdir(parents=True)
        for integration in self._integrations:
            (components / integration.name).symlink_to(integration)
        (self._folder / "configuration.yaml").write_text(CONFIGURATION + self._more)
        # Not by YAML: Home Assistant would take that as a trial, and end it by a
        # restart after 5 min.
        self._store(
            "http",
            version=2,
            data={
                "stable": {
                    "server_host": [self._host],
                    "server_port": self._port,
                    "cors_allowed_origins": [],
                    "login_attempts_threshold": -1,
                    "ip_ban_enabled": False,
                    "ssl_profile": "modern",
                    "use_x_frame_options": True,
                },
                "pending": None,
                "yaml_migration_done": True,
            },
        )
        # What is left of the welcome is the owner's account. The step with the
        # property's place would add services that ask the internet.
        self._store(
            "onboarding",
            version=4,
            data={"done": ["core_config", "analytics", "integration"]},
        )

    def _store(self, key: str, *, version: int, data: object) -> None:
        storage = self._folder / ".storage"
        storage.mkdir(exist_ok=True)
        (storage / key).write_text(
            json.dumps({"key": key, "version": version, "data": data})
        )

    async def _answers(self) -> None:
        assert self._process is not None
        async with aiohttp.ClientSession(self.url) as session:
            while self._process.returncode is None:
                with suppress(aiohttp.ClientConnectionError):
                    async with session.get("/manifest.json") as response:
                        if response.ok:
                            return
                await asyncio.sleep(LOOK_INTERVAL)
        await self.ended()

    def _tail(self) -> str:
        with self._console.open(errors="replace") as console:
            return "".join(deque(console, LOG_TAIL))
