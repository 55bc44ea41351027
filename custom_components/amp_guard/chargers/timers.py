"""What is called later, by its name; each can be taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

type Called = Callable[[datetime], Any]


class Timers:
    """Timers by their names: a new one takes the place of the one before."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with none."""
        self._hass = hass
        self._cancel: dict[str, CALLBACK_TYPE] = {}

    def later(self, name: str, seconds: float, called: Called) -> None:
        """Call something once, in so many s."""
        self.cancel(name)

        @callback
        def due(now: datetime) -> None:
            self._cancel.pop(name, None)
            called(now)

        self._cancel[name] = async_call_later(self._hass, seconds, due)

    def every(self, name: str, seconds: float, called: Called) -> None:
        """Call something each so many s."""
        self.cancel(name)
        self._cancel[name] = async_track_time_interval(
            self._hass, called, timedelta(seconds=seconds), cancel_on_shutdown=True
        )

    def cancel(self, name: str) -> None:
        """Take one back, if it is there."""
        if (cancel := self._cancel.pop(name, None)) is not None:
            cancel()

    def cancel_all(self) -> None:
        """Take back all of them."""
        for name in list(self._cancel):
            self.cancel(name)
