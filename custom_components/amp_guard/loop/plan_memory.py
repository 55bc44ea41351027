"""What plans know, kept over restarts: the window that runs, peaks, what was asked."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..plans import Kept, Plan
from .storage import Storage

VERSION = 1
SAVE_DELAY = 300.0
"""s. What flows in the minutes that a crash forgets counts as used at the target's rate."""


class PlanMemory:
    """Keeps what the plans of one supply know."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, plans: Mapping[str, Plan]
    ) -> None:
        """Keep nothing before `load`; plans are by their subentries."""
        self._storage = _storage(hass, entry_id)
        self._plans = {
            id_: plan for id_, plan in plans.items() if isinstance(plan, Kept)
        }
        self._kept: dict[str, dict[str, Any]] = {}
        """What each could say last."""

    async def load(self) -> None:
        """Let each go on from what was kept of it."""
        if self._plans:
            await self._storage.load(self._restore)

    def save(self) -> None:
        """Keep it soon."""
        if self._plans:
            self._storage.save(self._as_dict, SAVE_DELAY)

    async def save_now(self) -> None:
        """Keep what waits to be kept."""
        await self._storage.save_now()

    def _restore(self, stored: Mapping[str, Any]) -> None:
        """Restore each that can be; raise what kept the others from it."""
        errors: list[Exception] = []
        for id_, plan in self._plans.items():
            if id_ not in stored:
                continue
            try:
                plan.restore(stored[id_])
                self._kept[id_] = stored[id_]
            except Exception as error:  # noqa: BLE001 - the others go on
                errors.append(error)
        if errors:
            raise ExceptionGroup("plans that cannot go on", errors)

    def _as_dict(self) -> dict[str, Any]:
        for id_, plan in self._plans.items():
            with suppress(Exception):  # a plan that fails is told of elsewhere
                self._kept[id_] = plan.as_dict()
        return dict(self._kept)


async def forget_plans(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what is kept of an entry."""
    await _storage(hass, entry_id).remove()


def _storage(hass: HomeAssistant, entry_id: str) -> Storage:
    return Storage(hass, f"{DOMAIN}.{entry_id}.plans", VERSION)
