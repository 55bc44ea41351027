"""Whether something feeds in here: what the meter has clearly shown is remembered.

The law takes a phase that shows less than its chargers draw for one that is measured
wrong, unless it knows of solar, wind or a battery. Who forgot to say so is not punished
for long: export that is seen sets the option of the main fuse, which stays.
"""

from collections.abc import Callable
import logging

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import CONF_GENERATES, AmpGuardConfigEntry
from ..model import SUPPLY_ID, EarthingSystem, Phase, Worth
from .publisher import Listener
from .state import SiteState

_LOGGER = logging.getLogger(__name__)

CLEARLY = 1.0
"""A beyond which a current has a direction."""
SEVERAL = 3
"""Samples in a row that show it: one may be half updated."""


class Generation:
    """Watches for export, and sets the option once.

    A current sensor that is turned shows export only: so the phase must have shown
    load before. A line of an IT net shows neither.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        subscribe: Callable[[Listener], CALLBACK_TYPE],
    ) -> None:
        """Listen to what is published until the entry is unloaded."""
        self._hass = hass
        self._entry = entry
        self._seen_at = 0.0
        self._loaded: set[Phase] = set()
        self._exports = dict.fromkeys(Phase, 0)
        entry.async_on_unload(subscribe(self._look))

    @callback
    def _look(self, state: SiteState | None) -> None:
        if state is None or not state.meter_is_online(SUPPLY_ID):
            return
        supply, sample = state.site.supply, state.samples[SUPPLY_ID]
        if supply.generates or supply.earthing_system is EarthingSystem.IT:
            return
        if sample.time <= self._seen_at:
            return
        self._seen_at = sample.time
        worth = state.decision.nodes[SUPPLY_ID].worth
        for phase in sample.connected:
            amps = sample.current[phase]
            if amps > CLEARLY:
                self._loaded.add(phase)
            exports = amps < -CLEARLY and worth[phase].worth is Worth.MEASURED
            self._exports[phase] = self._exports[phase] + 1 if exports else 0
            if self._exports[phase] >= SEVERAL and phase in self._loaded:
                _LOGGER.info("%s: %s feeds in", self._entry.title, phase.name)
                remember_generation(self._hass, self._entry)
                return


@callback
def remember_generation(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Keep in an entry that something feeds in behind its main fuse."""
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_GENERATES: True}
    )
