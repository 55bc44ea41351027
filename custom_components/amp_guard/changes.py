"""What is changed of an entry is taken up, while the chargers that stay go on.

Figures in passing; other changes by setting the entry up anew.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentry,
    UnknownEntry,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_OFFLINE_CURRENT, DOMAIN
from .coordinator import AmpGuardConfigEntry


class Changes:
    """Takes up what was changed of an entry, however many changes come at once.

    It stays where set-up failed: what mends the entry is a change as well.
    """

    def __init__(self, entry: AmpGuardConfigEntry) -> None:
        """Listen to the changes of an entry from now on."""
        self._lock = asyncio.Lock()
        self._waits = False
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
            if coordinator is None:
                return
            if entry.state is not ConfigEntryState.LOADED:
                await coordinator.take_back()
            report_left(
                hass,
                entry,
                (
                    c
                    for c in coordinator.chargers
                    if c.subentry_id not in entry.subentries
                ),
            )


@callback
def report_left(
    hass: HomeAssistant, entry: ConfigEntry, chargers: Iterable[ConfigSubentry]
) -> None:
    """Tell at what the chargers were left that nobody balances any longer."""
    rows = [
        f"- {charger.title}: {charger.data[CONF_OFFLINE_CURRENT]:g} A"
        for charger in chargers
    ]
    if not rows:
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"chargers_left_{entry.entry_id}",
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key="chargers_left",
        translation_placeholders={"chargers": "\n".join(rows)},
    )
