"""What is remembered of the chargers of an entry over restarts."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant

from ..chargers import Learned
from ..const import CONF_OFFLINE_CURRENT, DOMAIN
from .storage import Storage

SAVE_DELAY = 60.0
"""s, so that an evening is a few writes ..."""
SAVE_DELAY_OF_RAISE = 0.0
"""... but for what a crash must not forget: a limit that may be in force."""
VERSION = 1


class Memory:
    """What is learned of each charger, and the limit that may be in force there."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Start with nothing learned, until `load`."""
        self._storage = _storage(hass, entry_id)
        self._learned: dict[str, Learned] = {}

    async def load(self) -> None:
        """Read what was kept."""
        self._learned = await self._storage.load(_read) or {}

    def of(self, charger: str) -> Learned:
        """Return what is learned of a charger; it is one object for all who ask."""
        return self._learned.setdefault(charger, Learned())

    def keep_left_at(self, charger: str, current: float | None) -> None:
        """Keep at what a charger was left, A."""
        self.of(charger).left_at = current
        self.save(soon=True)

    def left_at(self, charger: ConfigSubentry) -> float:
        """Return at what a charger was left, A; its offline limit, where nobody knows."""
        left_at = self.of(charger.subentry_id).left_at
        offline_current: float = charger.data[CONF_OFFLINE_CURRENT]
        return offline_current if left_at is None else left_at

    def save(self, *, soon: bool) -> None:
        """Keep it; `soon`, where a crash in the next minute must not lose it."""
        self._storage.save(self.as_dict, SAVE_DELAY_OF_RAISE if soon else SAVE_DELAY)

    async def save_now(self) -> None:
        """Keep what waits to be kept."""
        await self._storage.save_now()

    def as_dict(self) -> dict[str, Any]:
        """Return it for the store, by charger."""
        return {
            charger: learned.as_dict() for charger, learned in self._learned.items()
        }


async def forget_learned(hass: HomeAssistant, entry_id: str) -> None:
    """Forget all that is learned of an entry's chargers."""
    await _storage(hass, entry_id).remove()


def _read(stored: Mapping[str, Any]) -> dict[str, Learned]:
    return {charger: Learned.restored(each) for charger, each in stored.items()}


def _storage(hass: HomeAssistant, entry_id: str) -> Storage:
    return Storage(hass, f"{DOMAIN}.{entry_id}.learned", VERSION)
