"""What is changed of an entry is taken up, while the chargers that stay go on.

Figures in passing; other changes by setting the entry up anew.
"""

import asyncio
from contextlib import suppress

from homeassistant.config_entries import ConfigEntryState, UnknownEntry
from homeassistant.core import HomeAssistant

from ..const import AmpGuardConfigEntry
from ..site.reading import taking_part
from .charger_repairs import forget_chargers, tell_left


class Changes:
    """Takes up what was changed of an entry, however many changes come at once.

    It stays where set-up failed: what mends the entry is a change as well.
    """

    def __init__(self, entry: AmpGuardConfigEntry) -> None:
        """Listen to the changes of an entry from now on."""
        self._lock = asyncio.Lock()
        self._waits = False
        self._subentries = set(entry.subentries)
        entry.add_update_listener(self._take_up)

    async def _take_up(self, hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
        if self._waits:
            return
        self._waits = True
        async with self._lock:
            self._waits = False
            coordinator = None
            if entry.state is ConfigEntryState.LOADED:
                coordinator = entry.runtime_data
                if await coordinator.take_up():
                    return
                coordinator.hand_over()
            with suppress(UnknownEntry):  # removed while this waited
                await hass.config_entries.async_reload(entry.entry_id)
            # Also where no loop lives that could know of them.
            forget_chargers(hass, self._subentries.difference(entry.subentries))
            self._subentries = set(entry.subentries)
            if coordinator is None:
                return
            if entry.state is not ConfigEntryState.LOADED:
                await coordinator.take_back()
            balanced = taking_part(coordinator.site)
            tell_left(
                hass,
                entry,
                (
                    charger
                    for charger in coordinator.chargers
                    if charger.subentry_id in balanced
                    and charger.subentry_id not in entry.subentries
                ),
            )
