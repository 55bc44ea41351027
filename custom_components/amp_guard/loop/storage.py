"""What is kept over restarts. It is a convenience: it never keeps anybody from deciding.

What cannot be read, whatever it holds, is kept beside, is said, and begun anew.
"""

from collections.abc import Callable
import logging
from math import inf
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN

_LOGGER = logging.getLogger(__name__)


class Storage:
    """One file of Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, key: str, version: int) -> None:
        """Take the file of that key."""
        self._hass = hass
        self._key = key
        self._store = Store[dict[str, Any]](hass, version, key)
        self._data: Callable[[], dict[str, Any]] | None = None
        self._write_at = inf

    async def load[T](self, read: Callable[[Any], T]) -> T | None:
        """Return what `read` makes of what is stored; None where there is no such."""
        try:
            stored = await self._store.async_load()
            return None if stored is None else read(stored)
        except Exception as error:  # noqa: BLE001 - whatever a file may hold
            await self._keep_beside(error)
            return None

    def save(self, data: Callable[[], dict[str, Any]], delay: float) -> None:
        """Store what `data` returns in `delay` s at the latest."""
        now = self._hass.loop.time()
        self._data = data
        # A later wish does not put off an earlier one, as it would in the store.
        self._write_at = min(self._write_at, now + delay)
        self._store.async_delay_save(self._take, max(0.0, self._write_at - now))

    async def save_now(self) -> None:
        """Store what waits to be stored."""
        if self._data is not None:
            await self._store.async_save(self._take())

    async def remove(self) -> None:
        """Remove the file, and what is told of it."""
        ir.async_delete_issue(self._hass, DOMAIN, self._issue)
        await self._store.async_remove()

    def _take(self) -> dict[str, Any]:
        data, self._data, self._write_at = self._data, None, inf
        return {} if data is None else data()

    async def _keep_beside(self, error: Exception) -> None:
        """Move the file out of the way of the next one, and tell of it."""
        path = Path(self._store.path)
        beside = path.with_name(
            f"{path.name}.unreadable.{dt_util.utcnow():%Y%m%dT%H%M%S}"
        )
        _LOGGER.warning(
            "%s cannot be read and is kept as %s: %r", path, beside.name, error
        )
        await self._hass.async_add_executor_job(_move, path, beside)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="storage_unreadable",
            translation_placeholders={"file": beside.name},
        )

    @property
    def _issue(self) -> str:
        return f"storage_unreadable_{self._key}"


def _move(path: Path, beside: Path) -> None:
    if path.exists():
        path.rename(beside)
