"""Requests: what a planner asks of a charger, as ceilings that lapse.

evcc, EMHASS, a price automation or their owner plan when a car charges and with what;
the law guards the fuses. A request bounds what its charger is given, and never raises
it. One that is not renewed lapses: then its owner's default is what counts.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_CHARGES_UNASKED,
    CONF_MAX_CURRENT,
    CONF_REQUEST_DURATION,
    SUBENTRY_CHARGER,
    AmpGuardConfigEntry,
)
from ..site.settings import DEFAULT_REQUEST_DURATION
from .overrides import PAUSE, REQUEST, Overrides, TimedCeiling

UNASKED = "no_request"
"""The name of the ceiling of 0 A while nothing is asked of who then does not charge."""
LOOK_AHEAD = timedelta(days=1)
"""How far ahead the end of what has none is told."""


class Requests:
    """What planners ask of the chargers of one supply. Currents in A per phase."""

    def __init__(self, entry: AmpGuardConfigEntry, overrides: Overrides) -> None:
        """Keep them among the overrides: so they outlive a restart."""
        self._entry = entry
        self._overrides = overrides

    @callback
    def ask(self, charger: str, current: float, end: datetime | None = None) -> None:
        """Give a charger no more than that, until then or for as long as its owner set."""
        self._set(charger, REQUEST, current, end)

    @callback
    def pause(self, charger: str) -> None:
        """Let a charger not charge, for as long as its owner set."""
        self._set(charger, PAUSE, 0.0)

    @callback
    def resume(self, charger: str) -> None:
        """Let it charge again with what was asked for."""
        self._overrides.clear_ceilings(charger, PAUSE)
        asked = requested_current(self._overrides.ceilings, charger)
        most = self._entry.subentries[charger].data[CONF_MAX_CURRENT]
        self.ask(charger, most if asked is None else asked)

    @property
    def ceilings(self) -> tuple[TimedCeiling, ...]:
        """All ceilings of the supply: those that were set, and of who waits to be asked."""
        return (*self._overrides.ceilings, *self._unasked())

    def _unasked(self) -> Iterator[TimedCeiling]:
        asked = {
            each.target
            for each in self._overrides.ceilings
            if each.name in (REQUEST, PAUSE)
        }
        end = dt_util.utcnow().replace(microsecond=0, second=0) + LOOK_AHEAD
        for charger in self._entry.get_subentries_of_type(SUBENTRY_CHARGER):
            id_ = charger.subentry_id
            if id_ not in asked and not charger.data.get(CONF_CHARGES_UNASKED, True):
                yield TimedCeiling(target=id_, name=UNASKED, current=0.0, end=end)

    def _set(
        self, charger: str, name: str, current: float, end: datetime | None = None
    ) -> None:
        if end is None:
            data = self._entry.subentries[charger].data
            minutes = data.get(CONF_REQUEST_DURATION, DEFAULT_REQUEST_DURATION)
            end = dt_util.utcnow() + timedelta(minutes=minutes)
        self._overrides.set_ceiling(
            TimedCeiling(target=charger, name=name, current=current, end=end)
        )


def requested_current(ceilings: Iterable[TimedCeiling], charger: str) -> float | None:
    """Return what is asked for of a charger, A; None where nothing is."""
    asked = (each for each in ceilings if each.target == charger)
    return next((each.current for each in asked if each.name == REQUEST), None)


def may_charge(ceilings: Iterable[TimedCeiling], charger: str) -> bool:
    """Say whether nobody asks that a charger does not charge."""
    names = {each.name for each in ceilings if each.target == charger}
    return names.isdisjoint((PAUSE, UNASKED))
