"""The watchdog: looks from outside the cycle whether anything is decided at all.

It hangs on nothing that the cycle does. Where the event loop itself stands, nobody can
command anything, from a thread neither: Home Assistant's actions run in that loop.
"""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback

LOOK_INTERVAL = 2.0
"""s between looks."""
STOOD = 3.0
"""s by which a look is late where the event loop stood: the cycle is given a turn."""


class Watchdog:
    """Calls `look` each 2 s with the loop's time."""

    def __init__(self, hass: HomeAssistant, look: Callable[[float], None]) -> None:
        """Look at nothing before `start`."""
        self._loop = hass.loop
        self._look = look
        self._timer: asyncio.TimerHandle | None = None

    @callback
    def start(self) -> None:
        """Look from now on."""
        self._wait()

    @callback
    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        due = self._loop.time() + LOOK_INTERVAL
        self._timer = self._loop.call_at(due, self._take_time, due)

    @callback
    def _take_time(self, due: float) -> None:
        self._wait()  # first of all: whatever fails below, the next look comes
        now = self._loop.time()
        if now - due < STOOD:
            self._look(now)
