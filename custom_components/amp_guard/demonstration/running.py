"""The simulated home goes on, second by second, while its entry is loaded."""

import asyncio
from collections.abc import Callable
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import AmpGuardConfigEntry
from ..meters import Meter, MeterError, MeterSample
from ..model import PhaseValues
from .home import VOLTAGE, SimulatedHome

INTERVAL = 1.0
"""s between samples."""

_HOMES: HassKey[dict[str, RunningHome]] = HassKey("amp_guard_demonstration")


class RunningHome:
    """A simulated home, and who looks at it each second."""

    def __init__(self) -> None:
        """Start a home of its own, which nobody follows yet."""
        self.home = SimulatedHome()
        self._listeners: set[CALLBACK_TYPE] = set()

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `listener` each second until what is returned is called."""
        self._listeners.add(listener)
        return partial(self._listeners.discard, listener)

    @callback
    def step(self) -> None:
        """Let a second pass."""
        self.home.step(INTERVAL)
        for listener in tuple(self._listeners):
            listener()


def running_home(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> RunningHome:
    """Return the home of an entry; it lives on when the entry is loaded anew."""
    return hass.data.setdefault(_HOMES, {}).setdefault(entry.entry_id, RunningHome())


class DemonstrationMeter(Meter):
    """Lets the home go on, and tells what flows there."""

    def __init__(self, hass: HomeAssistant, running: RunningHome) -> None:
        self._hass = hass
        self._running = running
        self._next: asyncio.TimerHandle | None = None

    async def start(
        self,
        on_sample: Callable[[MeterSample], None],
        on_connection: Callable[[MeterError | None], None],
    ) -> None:
        """Tell each second, until `stop`."""
        self._on_sample = on_sample
        on_connection(None)
        self._wait()

    async def stop(self) -> None:
        """Let the home stand still."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _wait(self) -> None:
        self._next = self._hass.loop.call_later(INTERVAL, self._step)

    @callback
    def _step(self) -> None:
        self._wait()
        self._running.step()
        current = self._running.home.current
        self._on_sample(
            MeterSample(
                time=self._hass.loop.time(),
                current=current,
                voltage=PhaseValues(VOLTAGE, VOLTAGE, VOLTAGE),
                power=PhaseValues(*(round(VOLTAGE * amps) for amps in current)),
                signed=True,
            )
        )
