"""Repairs of the measurement device: a current sensor that sits wrong."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN, AmpGuardConfigEntry
from ..meters.current_sensors import CurrentSensors, Misplaced
from ..model import NO_CURRENT, SUPPLY_ID, EarthingSystem, Phase, PhaseValues
from .publisher import Listener
from .state import SiteState


class MeterIssues:
    """Holds what is published against itself; mends its notices by itself."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        subscribe: Callable[[Listener], CALLBACK_TYPE],
    ) -> None:
        """Listen to what is published until the entry is unloaded."""
        self._hass = hass
        self._entry = entry
        self._sensors = CurrentSensors()
        self._told: frozenset[Misplaced] = frozenset()
        entry.async_on_unload(subscribe(self._look))
        entry.async_on_unload(self._forget)

    @callback
    def _look(self, state: SiteState | None) -> None:
        if state is None or not state.meter_is_online(SUPPLY_ID):
            return
        if state.site.supply.earthing_system is not EarthingSystem.TN:
            return  # between lines a car's current is no one phase's
        sample = state.samples[SUPPLY_ID]
        drawn = _reported(state)
        # Without a sign a turned sensor shows, and does, nothing; and where a total
        # tells the direction, it does so now and then only.
        if drawn is None or not sample.signed:
            return
        self._sensors.take(sample.time, drawn, sample.current)
        if self._sensors.misplaced != self._told:
            self._tell(self._sensors.misplaced)

    def _tell(self, misplaced: frozenset[Misplaced]) -> None:
        for phase in Phase:
            found = next((each for each in misplaced if each.phase is phase), None)
            if found is None:
                ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(phase))
                continue
            swapped = found.on is not None
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                self._issue_id(phase),
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key=(
                    "current_sensor_swapped" if swapped else "current_sensor_turned"
                ),
                translation_placeholders={"phase": phase.name}
                | ({"other": found.on.name} if found.on is not None else {}),
            )
        self._told = misplaced

    @callback
    def _forget(self) -> None:
        self._tell(frozenset())

    def _issue_id(self, phase: Phase) -> str:
        return f"current_sensor_{phase.name.lower()}_{self._entry.entry_id}"


def _reported(state: SiteState) -> PhaseValues | None:
    """Return what the chargers behind the meter say they draw, A on its phases.

    None where one of them does not say.
    """
    total = list(NO_CURRENT)
    for charger in state.site.chargers:
        if not state.is_measured(charger.group):
            continue
        current = state.readings[charger.id].current
        if current is None:
            return None
        for phase, amps in zip(charger.wiring, current, strict=False):
            total[phase] += amps
    return PhaseValues(*total)
