"""The publisher: tells the state of the site, when that is worth it.

Listeners write states, each of which costs a row. Watchers show it and keep nothing: they
are told each state.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from math import inf

from homeassistant.core import CALLBACK_TYPE, callback

from .event_watch import EventWatch
from .faults import Faults, Part
from .state import SiteState, is_news

PUBLISH_INTERVAL = 10.0
"""s between publications in ordinary times: each state written costs a row."""

type Listener = Callable[[SiteState | None], None]
"""Is called with None when nothing that was published holds any longer."""


class Publisher:
    """Tells each listener, in the order in which they came, and whatever one does.

    `state` is what was published last, None while nothing is decided.
    """

    def __init__(self, faults: Faults) -> None:
        """Start with no state and nobody to tell it."""
        self.state: SiteState | None = None
        self.events = EventWatch()
        self._faults = faults
        self._listeners: dict[Listener, None] = {}
        self._watchers: dict[Listener, None] = {}
        self._published_at = -inf

    @callback
    def subscribe(self, listener: Listener) -> CALLBACK_TYPE:
        """Call `listener` with each state until what is returned is called."""
        self._listeners[listener] = None
        return partial(self._listeners.pop, listener, None)

    @callback
    def watch(self, watcher: Listener) -> CALLBACK_TYPE:
        """Call `watcher` with every state until what is returned is called."""
        self._watchers[watcher] = None
        return partial(self._watchers.pop, watcher, None)

    @callback
    def publish(self, latest: SiteState, now: float) -> None:
        """Tell the latest state, with the events in it, if it is news or due.

        Watchers are told in any case.
        """
        if not self._is_worth(latest, now):
            self._tell(latest, self._watchers)
            return
        self.state = replace(latest, events=tuple(self.events.look(latest)))
        self._published_at = now
        self._tell_all()

    @callback
    def retract(self) -> None:
        """Tell that what was published is no longer true."""
        self.state = None
        self._tell_all()

    @callback
    def expire(self) -> None:
        """Let the next state be told whatever it says."""
        self._published_at = -inf

    def _is_worth(self, latest: SiteState, now: float) -> bool:
        return (
            self.state is None
            or now - self._published_at >= PUBLISH_INTERVAL
            or is_news(self.state, latest)
        )

    def _tell_all(self) -> None:
        if self._tell(self.state, (*self._listeners, *self._watchers)):
            self._faults.end(Part.LISTENER)

    def _tell(self, state: SiteState | None, listeners: Iterable[Listener]) -> bool:
        """Tell each, whatever one of them does; return whether none failed."""
        failed = False
        for listener in tuple(listeners):
            try:
                listener(state)
            except Exception as error:  # noqa: BLE001 - the others are told all the same
                failed = True
                self._faults.come(Part.LISTENER, error)
        return not failed
