"""Load shedding: what its owner gave to be switched off when no charger can make room.

Chargers come first: as long as those that obey draw enough to end an overload they have
the time to. What was switched off comes on again, each in turn, once there has been room
for long. Whoever switches it meanwhile is not overruled: it is nobody's debt any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STANDS = 2.0
"""s for which an overload must stand that no charger can end: a motor's start is over."""
CUT_WITHIN = 15.0
"""s in which chargers that obey must have ended it: a command, and a slow integration."""
ROOM = 10.0
"""A that must be free before something comes on: what an ordinary load draws."""
QUIET = 600.0
"""s for which so much must have been free, beside what chargers can give up ..."""
QUIET_AND_FULL = 3600.0
"""... or s in which chargers ended every overload, where so much is never free or nothing
is measured."""
IN_TURN = 60.0
"""s between two that come on."""
AGAIN = 10.0
"""s after which one that did not go off is told again: one that shows on by then has not
gone, whatever it showed before; later it was somebody's hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FuseView:
    """How the main fuse stands.

    `spare` is A that would be left on its fullest phase if all chargers that obey drew
    nothing: below 0 none of them can end an overload. None: nothing is measured.
    """

    overloaded: bool
    spare: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Switching:
    """The loads that are to be switched off, and on, now."""

    switch_off: tuple[str, ...] = ()
    switch_on: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class _Shed:
    """One that was told to go off: when it was told last, and what it has shown since."""

    told_at: float
    was_off: bool = False
    comes_on: bool = False
    """Whether it was told to come on again."""


class LoadShedding:
    """Says which loads go off and come on: what is shown in, what is to be done out."""

    def __init__(self, loads: Iterable[str], off: Iterable[str] = ()) -> None:
        """Take the loads, and which of them it has switched off before a restart."""
        self.loads = tuple(loads)
        self._shed = {load: _Shed(told_at=0.0, was_off=True) for load in off}
        self._by_hand: set[str] = set()
        """Those that somebody has switched on again: left alone until it is over."""
        self._over_since: float | None = None
        self._quiet_since: float | None = None
        self._roomy_since: float | None = None
        self._came_on_at = -IN_TURN

    @property
    def shed(self) -> tuple[str, ...]:
        """Those that are off by its doing, or will soon be."""
        return tuple(self._shed)

    @property
    def is_over(self) -> bool:
        """Whether nothing is owed, and nobody is left alone."""
        return not self._shed and not self._by_hand

    def look(
        self, now: float, fuse: FuseView, on: Mapping[str, bool | None]
    ) -> Switching:
        """Take how the fuse stands at `now` s, and whether each load is on.

        None: that is not known.
        """
        self._take_fuse(now, fuse)
        for load in self.shed:
            self._take_load(load, on.get(load), now)
        if self._must_make_room(now, fuse):
            return Switching(switch_off=self._switch_off(now, on))
        if self._has_room(now):
            return Switching(switch_on=self._switch_on(now, on))
        return Switching()

    # --- what is so -----------------------------------------------------------------

    def _take_fuse(self, now: float, fuse: FuseView) -> None:
        # What chargers end in seconds, as when something comes on, begins nothing anew.
        self._over_since = _since(self._over_since, now, is_so=fuse.overloaded)
        helpless = self._must_make_room(now, fuse)
        roomy = fuse.spare is not None and fuse.spare >= ROOM
        self._quiet_since = _since(self._quiet_since, now, is_so=not helpless)
        self._roomy_since = _since(self._roomy_since, now, is_so=roomy and not helpless)

    def _take_load(self, load: str, on: bool | None, now: float) -> None:
        shed = self._shed[load]
        if on is False:
            shed.was_off = True
        elif not on or not shed.was_off:
            return
        elif shed.comes_on:
            del self._shed[load]
        elif now - shed.told_at < AGAIN:
            shed.was_off = False
        else:
            del self._shed[load]
            self._by_hand.add(load)

    def _must_make_room(self, now: float, fuse: FuseView) -> bool:
        if self._over_since is None:
            return False
        helpless = fuse.spare is not None and fuse.spare < 0
        return now - self._over_since >= (STANDS if helpless else CUT_WITHIN)

    def _has_room(self, now: float) -> bool:
        return _lasts(self._roomy_since, now, QUIET) or _lasts(
            self._quiet_since, now, QUIET_AND_FULL
        )

    # --- what is to be done ---------------------------------------------------------

    def _switch_off(self, now: float, on: Mapping[str, bool | None]) -> tuple[str, ...]:
        going = [load for load in self.loads if self._is_to_go(load, now, on)]
        for load in going:
            self._shed[load] = _Shed(told_at=now)
        return tuple(going)

    def _is_to_go(self, load: str, now: float, on: Mapping[str, bool | None]) -> bool:
        shed = self._shed.get(load)
        if shed is not None and shed.comes_on:  # it may not show that yet
            return True
        if not on.get(load) or load in self._by_hand:
            return False
        return shed is None or now - shed.told_at >= AGAIN

    def _switch_on(self, now: float, on: Mapping[str, bool | None]) -> tuple[str, ...]:
        """Return the one that waits for longest, if any; it is over for those by hand."""
        self._by_hand.clear()
        for load in self.shed:
            if on.get(load):  # it never went
                del self._shed[load]
        waiting = [load for load in self._shed if on.get(load) is False]
        if not waiting or now - self._came_on_at < IN_TURN:
            return ()
        load = min(waiting, key=lambda each: self._shed[each].told_at)
        self._shed[load].told_at = self._came_on_at = now
        self._shed[load].comes_on = True
        return (load,)


def _since(since: float | None, now: float, *, is_so: bool) -> float | None:
    if not is_so:
        return None
    return now if since is None else since


def _lasts(since: float | None, now: float, seconds: float) -> bool:
    return since is not None and now - since >= seconds
