"""Telling a charger: one command at a time, and always the newest."""

import asyncio
from collections.abc import Callable, Coroutine
import logging

from .chargers import ChargerCommandError, ChargerDriver
from .model import Allocation

_LOGGER = logging.getLogger(__name__)

COMMAND_TIMEOUT = 10.0
"""s. A charger that has not answered by then is told again, or something newer."""

type Spawn = Callable[[Coroutine[None, None, None], str], asyncio.Task[None]]


class Outbox:
    """What one charger is still to be told.

    A slow charger delays nobody but itself. While it is being told, a newer allocation
    takes the place of the one that waits, so that a cut never queues behind a raise.
    """

    def __init__(self, name: str, driver: ChargerDriver, spawn: Spawn) -> None:
        """Take the charger, and what starts a task in the background."""
        self._name = name
        self._driver = driver
        self._spawn = spawn
        self._waiting: Allocation | None = None
        self._task: asyncio.Task[None] | None = None
        self._failing = False

    def send(self, allocation: Allocation) -> None:
        """Tell the charger as soon as it listens; returns at once."""
        self._waiting = allocation
        if self._task is None or self._task.done():
            self._task = self._spawn(self._deliver(), f"Amp Guard to {self._name}")

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting = None

    async def close(self) -> None:
        """Drop what waits and give up what is under way."""
        self.drop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _deliver(self) -> None:
        while self._waiting is not None:
            allocation, self._waiting = self._waiting, None
            try:
                async with asyncio.timeout(COMMAND_TIMEOUT):
                    await self._driver.apply(allocation.current, allocation.valid_for)
            except (ChargerCommandError, TimeoutError) as error:
                self._log_failure(allocation, str(error) or "no answer")
            except Exception as error:  # noqa: BLE001 - it may be told again
                self._log_failure(allocation, repr(error))
            else:
                self._failing = False

    def _log_failure(self, allocation: Allocation, error: str) -> None:
        level = logging.DEBUG if self._failing else logging.WARNING
        self._failing = True
        _LOGGER.log(
            level,
            "Charger %s was not given %s A: %s",
            self._name,
            allocation.current,
            error,
        )
