"""The feed: tells each page what its cards show, at the meter's rate and no faster.

A page follows all supplies by one subscription. It is told everything once, then what
changed, as a JSON merge patch (RFC 7396); nothing of it is recorded.
"""

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, AmpGuardConfigEntry
from ..loop.state import SiteState
from .history import Added, History
from .site import Json, describe, entity_ids, figures

INTERVAL = 0.25
"""s between messages to one page, at least."""
FORMAT = 1
"""Of the messages: raised when a card of before would misread them."""
FORBIDDEN: Json = {"state": "forbidden"}

type Message = dict[str, Any]
type MayRead = Callable[[Collection[str]], bool]
"""Says whether a user may read entities."""

FEED: HassKey[Feed] = HassKey("amp_guard_feed")


class _Followed:
    """A supply: what was published of it last, its last minutes, and what is told."""

    def __init__(self, hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self.state: SiteState | None = None
        self.history = History()
        self._description: Json | None = None
        self._of: object = None
        self._entity_ids: list[str] = []
        self._told: Json | None = None

    @callback
    def take(self, state: SiteState | None) -> Added:
        """Take what was published; return what that adds to its history."""
        self.state, self._told = state, None
        return {} if state is None else self.history.take(state)

    @callback
    def expire(self) -> None:
        """Look anew at what it is."""
        self._description = self._told = None

    @callback
    def tell(self, may_read: MayRead) -> Json:
        """Return all that there is to tell of it to a user."""
        if self._told is None:
            self._told = self._tell()
        return self._told if may_read(self._entity_ids) else FORBIDDEN

    def _tell(self) -> Json:
        entry = self._entry
        told: Json = {"title": entry.title, "state": entry.state.value}
        if self._description is None:
            self._entity_ids = entity_ids(self._hass, entry)
        if entry.state is not ConfigEntryState.LOADED:
            self._description = None
            return told
        site = entry.runtime_data.site
        if self._description is None or self._of is not site:
            self._description = describe(self._hass, entry, site)
            self._of = site
        told |= self._description
        if self.state is not None:
            told["now"] = figures(self.state)
        return told


class _Follower:
    """A page: what it may read, and what it was told."""

    def __init__(self, send: Callable[[Message], None], may_read: MayRead) -> None:
        self._send = send
        self._may_read = may_read
        self._told: Json = {}
        self._added: dict[str, Added] = {}

    def add(self, entry_id: str, added: Added) -> None:
        """Have it told, with what is told next, what a supply's history has got."""
        waiting = self._added.setdefault(entry_id, {})
        for key, new in added.items():
            waiting.setdefault(key, []).extend(new)

    def tell(self, supplies: dict[str, _Followed], **more: Any) -> None:
        """Tell what changed; `more` only the first time."""
        now = {id_: supply.tell(self._may_read) for id_, supply in supplies.items()}
        message: Message = dict(more)
        if patch := merge_patch(self._told, now):
            message["sites"] = patch
        self._told = now
        added, self._added = self._added, {}
        if history := {
            id_: new
            for id_, new in added.items()
            if now.get(id_, FORBIDDEN) is not FORBIDDEN
        }:
            message["history"] = history
        if message:
            self._send(message)


class Feed:
    """All supplies, and the pages that follow them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nobody to tell; keep each supply's last minutes all the same."""
        self._hass = hass
        self._supplies: dict[str, _Followed] = {}
        self._followers: list[_Follower] = []
        self._watches: list[CALLBACK_TYPE] = []
        self._timer: asyncio.TimerHandle | None = None
        self._told_at = -INTERVAL
        async_dispatcher_connect(
            hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._on_entry_change
        )
        for entry in hass.config_entries.async_entries(DOMAIN):
            self._supply(entry)

    @callback
    def take(self, entry: AmpGuardConfigEntry, state: SiteState | None) -> None:
        """Take what was published of a supply, None where nothing holds any longer."""
        added = self._supply(entry).take(state)
        for follower in self._followers:
            if added:
                follower.add(entry.entry_id, added)
        self._tell_soon()

    @callback
    def follow(
        self, send: Callable[[Message], None], may_read: MayRead, **more: Any
    ) -> CALLBACK_TYPE:
        """Tell a page everything now, and what changes until what is returned is called.

        `more` stands beside it in the first message.
        """
        follower = _Follower(send, may_read)
        if not self._followers:
            self._watch()
        self._followers.append(follower)
        for id_, supply in self._supplies.items():
            follower.add(id_, supply.history.all)
        follower.tell(self._supplies, format=FORMAT, **more)
        return partial(self._leave, follower)

    @callback
    def _leave(self, follower: _Follower) -> None:
        self._followers.remove(follower)
        if self._followers:
            return
        while self._watches:
            self._watches.pop()()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _supply(self, entry: AmpGuardConfigEntry) -> _Followed:
        if (known := self._supplies.get(entry.entry_id)) is None:
            known = self._supplies[entry.entry_id] = _Followed(self._hass, entry)
        return known

    # --- when -------------------------------------------------------------------------

    @callback
    def _tell_soon(self) -> None:
        """Tell all that changes within the interval at once."""
        if self._followers and self._timer is None:
            loop = self._hass.loop
            moment = max(loop.time(), self._told_at + INTERVAL)
            self._timer = loop.call_at(moment, self._tell)

    @callback
    def _tell(self) -> None:
        self._timer = None
        self._told_at = self._hass.loop.time()
        for follower in tuple(self._followers):
            follower.tell(self._supplies)

    # --- what else is told ------------------------------------------------------------

    def _watch(self) -> None:
        """Look anew at what the supplies are when names or entities change."""
        for supply in self._supplies.values():
            supply.expire()  # nobody looked meanwhile
        for event in (
            er.EVENT_ENTITY_REGISTRY_UPDATED,
            dr.EVENT_DEVICE_REGISTRY_UPDATED,
        ):
            self._watches.append(
                self._hass.bus.async_listen(event, self._on_registry_change)
            )

    @callback
    def _on_registry_change(self, _event: Event[Any]) -> None:
        for supply in self._supplies.values():
            supply.expire()
        self._tell_soon()

    @callback
    def _on_entry_change(
        self, change: ConfigEntryChange, entry: AmpGuardConfigEntry
    ) -> None:
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            self._supplies.pop(entry.entry_id, None)
        else:
            self._supply(entry).expire()
        self._tell_soon()


def merge_patch(before: Json, now: Json) -> Json:
    """Return what makes `now` of what was before, as RFC 7396 has it; neither has None."""
    patch: Json = dict.fromkeys(before.keys() - now.keys())
    for key, value in now.items():
        known = before.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            if inner := merge_patch(known, value):
                patch[key] = inner
        elif value != known:
            patch[key] = value
    return patch
