"""What an owner is told: repair issues, notifications, binary sensors, events."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

import aiohttp

from demo.browser import Browser, RefusedError

LOOK_INTERVAL = 0.5
"""s between looks."""
SHOWN = ("binary_sensor", "event")
"""Entities whose changes tell something."""
FAILURES = (RefusedError, aiohttp.ClientError, ConnectionError, TimeoutError, TypeError)


class Ears:
    """Notes when something is told that was not before; times in s of the loop."""

    def __init__(self, browser: Browser) -> None:
        """Begin with `listen`."""
        self.told: dict[str, float] = {}
        self._browser = browser
        self._before: Mapping[str, str] | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Listen from now on."""
        self._before = await self._look()
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Listen no more."""
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _listen(self) -> None:
        while True:
            try:
                shown = await self._look()
            except FAILURES:
                with suppress(*FAILURES):  # it may be away
                    await self._browser.connect()
            else:
                assert self._before is not None
                now = asyncio.get_running_loop().time()
                for what, told in shown.items():
                    if self._before.get(what) != told:
                        self.told.setdefault(told, now)
            await asyncio.sleep(LOOK_INTERVAL)

    async def _look(self) -> dict[str, str]:
        """Return what is shown now, by what shows it."""
        browser = self._browser
        issues = await browser.command("repairs/list_issues")
        notices = await browser.command("persistent_notification/get")
        registry = await browser.command("config/entity_registry/list")
        states = {
            each["entity_id"]: each for each in await browser.command("get_states")
        }
        shown = {
            each["issue_id"]: f"issue {each['translation_key']}"
            for each in issues["issues"]
            if each["domain"] == "amp_guard"
        }
        shown |= {each["title"]: f"notice {each['title']}" for each in notices}
        for entity in registry:
            state = states.get(entity["entity_id"])
            domain = entity["entity_id"].partition(".")[0]
            if entity["platform"] == "amp_guard" and state and domain in SHOWN:
                value = state["state"]
                if domain == "event":
                    value = f"{state['attributes'].get('event_type')}"
                label = entity["translation_key"] or entity["entity_id"]
                shown[entity["entity_id"]] = f"{label} {value}"
        return shown
