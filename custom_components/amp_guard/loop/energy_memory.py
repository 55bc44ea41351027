"""What chargers drew, kept so that a crash loses little of it.

Home Assistant keeps what sensors restore each 15 min and at a clean stop only.
"""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..const import DOMAIN
from .charged_energy import EnergyCounter
from .state import SiteState
from .storage import Storage

VERSION = 1
WORTH_KEEPING = 0.05
"""kWh of one charger: at 11 kW a small file each 16 s, and none while nobody charges."""
STORED = vol.Schema({str: vol.All(vol.Any(int, float), vol.Range(min=0, max=1e9))})


class EnergyMemory:
    """Keeps the totals of a counter, kWh by charger."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, counter: EnergyCounter
    ) -> None:
        """Keep nothing before `load`."""
        self._storage = _storage(hass, entry_id)
        self._counter = counter
        self._kept: Mapping[str, float] = {}

    async def load(self) -> None:
        """Go on from what was kept."""
        self._kept = await self._storage.load(STORED) or {}
        self._counter.begin_with(self._kept)

    @callback
    def look(self, _state: SiteState | None) -> None:
        """Keep the totals where one of them has grown by so much."""
        totals = self._counter.totals
        if any(
            total - self._kept.get(charger, 0.0) >= WORTH_KEEPING
            for charger, total in totals.items()
        ):
            self._kept = dict(totals)
            self._storage.save(lambda: dict(self._kept), 0.0)

    async def save_now(self) -> None:
        """Keep the totals."""
        self._kept = dict(self._counter.totals)
        self._storage.save(lambda: dict(self._kept), 0.0)
        await self._storage.save_now()


async def forget_energy(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what is kept of an entry."""
    await _storage(hass, entry_id).remove()


def _storage(hass: HomeAssistant, entry_id: str) -> Storage:
    return Storage(hass, f"{DOMAIN}.{entry_id}.energy", VERSION)
