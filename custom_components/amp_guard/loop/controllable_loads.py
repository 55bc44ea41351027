"""The owner's controllable loads: they go off where no charger can make room.

When, and when they come on again, is said by `control/load_shedding.py`; here it is done,
told and kept: a restart in between leaves nothing off for ever.
"""

from collections.abc import Iterable, Mapping
import logging
from typing import Any

from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from ..const import CONF_CONTROLLABLE_LOADS, DOMAIN, AmpGuardConfigEntry
from ..control.load_shedding import FuseView, LoadShedding
from ..meters.sensors import resolve
from ..model import SUPPLY_ID, MeterTrust
from .charger_repairs import is_simulated
from .fleet import Fleet
from .state import SiteState
from .storage import Storage

_LOGGER = logging.getLogger(__name__)

VERSION = 1
STORED = vol.Schema({"off": [str]})
ISSUE = "loads_off"


class ControllableLoads:
    """Switches the loads of one supply; each by its registry id, or its entity id."""

    def __init__(
        self, hass: HomeAssistant, entry: AmpGuardConfigEntry, fleet: Fleet
    ) -> None:
        """Take what is configured; nothing is known to be off before `load`."""
        self._hass = hass
        self._entry = entry
        self._fleet = fleet
        self._storage = _storage(hass, entry.entry_id)
        self._shedding = LoadShedding(_configured(entry))

    # --- life -----------------------------------------------------------------------

    async def load(self) -> None:
        """Go on with what was switched off before a restart."""
        stored = await self._storage.load(STORED)
        self._begin(() if stored is None else stored["off"])

    @callback
    def take_up(self) -> None:
        """Take up a changed list: what is on it no longer comes on at once."""
        self._begin(self._shedding.shed)

    async def stop(self) -> None:
        """Keep what is off; switch it on where nobody will: the entry is disabled."""
        ir.async_delete_issue(self._hass, DOMAIN, self._issue)
        if self._entry.disabled_by is not None:
            switch(self._hass, self._shedding.shed, SERVICE_TURN_ON)
            self._begin(())
            self._keep()
        await self._storage.save_now()

    # --- what happens ---------------------------------------------------------------

    @property
    def off(self) -> tuple[str, ...]:
        """The loads that are off by our doing."""
        return tuple(resolve(self._hass, load) for load in self._shedding.shed)

    @callback
    def look(self, state: SiteState, now: float) -> bool:
        """Take what is so at `now` s; return whether others are off now."""
        shedding = self._shedding
        if not shedding.loads:
            return False
        before = shedding.shed
        on = {load: _is_on(self._hass, load) for load in shedding.loads}
        switching = shedding.look(now, self._view(state), on)
        if shedding.shed != before:
            self._keep()
            self._tell()
        switch(self._hass, switching.switch_off, SERVICE_TURN_OFF)
        switch(self._hass, switching.switch_on, SERVICE_TURN_ON)
        return shedding.shed != before

    def _view(self, state: SiteState) -> FuseView:
        node, sample = state.decision.nodes[SUPPLY_ID], state.samples.get(SUPPLY_ID)
        if sample is None or node.trust is not MeterTrust.ONLINE:
            return FuseView(overloaded=False, spare=None)
        if not node.overloaded and self._shedding.is_over:
            return FuseView(overloaded=False, spare=None)  # nobody needs to know more
        obeys = set(self._fleet.obeying(state))
        drawn = [
            state.decision.drawn[charger.id]
            for charger in state.site.chargers
            if charger.id in obeys and state.is_measured(charger.group)
        ]
        limit = state.site.supply.supply_max_current
        spare = min(
            limit - sample.current[phase] + sum(each[phase] for each in drawn)
            for phase in sample.connected
        )
        return FuseView(overloaded=node.overloaded, spare=spare)

    # --- what is kept, and told -----------------------------------------------------

    def _begin(self, off: Iterable[str]) -> None:
        loads = _configured(self._entry)
        gone = [load for load in off if load not in loads]
        switch(self._hass, gone, SERVICE_TURN_ON)
        stay = [load for load in off if load in loads]
        if (loads, tuple(stay)) != (self._shedding.loads, self._shedding.shed):
            self._shedding = LoadShedding(loads, stay)
        if gone:
            self._keep()
        self._tell()

    def _keep(self) -> None:
        off = [*self._shedding.shed]
        self._storage.save(lambda: {"off": off}, 0.0)

    def _tell(self) -> None:
        shed = self._shedding.shed
        if not shed or is_simulated(self._entry):
            ir.async_delete_issue(self._hass, DOMAIN, self._issue)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE,
            translation_placeholders={
                "loads": ", ".join(name_of(self._hass, load) for load in shed),
                "supply": self._entry.title,
            },
        )

    @property
    def _issue(self) -> str:
        return f"{ISSUE}_{self._entry.entry_id}"


async def forget_loads(hass: HomeAssistant, entry_id: str) -> None:
    """Switch on what is off by the doing of an entry that is removed."""
    storage = _storage(hass, entry_id)
    stored: Mapping[str, Any] | None = await storage.load(STORED)
    switch(hass, () if stored is None else stored["off"], SERVICE_TURN_ON)
    await storage.remove()


# --- a load ---------------------------------------------------------------------------


def name_of(hass: HomeAssistant, load: str) -> str:
    """Return what its owner calls it."""
    entity_id = resolve(hass, load)
    state = hass.states.get(entity_id)
    return entity_id if state is None else state.name


def _is_on(hass: HomeAssistant, load: str) -> bool | None:
    state = hass.states.get(resolve(hass, load))
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None
    return state.state != STATE_OFF


@callback
def switch(hass: HomeAssistant, loads: Iterable[str], service: str) -> None:
    """Have each switched by itself: one that hangs or refuses delays no other."""
    for load in loads:
        hass.async_create_task(_switch(hass, resolve(hass, load), service))


async def _switch(hass: HomeAssistant, entity_id: str, service: str) -> None:
    domain = split_entity_id(entity_id)[0]
    try:
        await hass.services.async_call(
            domain, service, {ATTR_ENTITY_ID: entity_id}, blocking=True
        )
    except Exception as error:  # noqa: BLE001 - whatever its integration raises
        _LOGGER.warning("%s: %s failed: %s", entity_id, service, error)


def _configured(entry: AmpGuardConfigEntry) -> tuple[str, ...]:
    return tuple(entry.options.get(CONF_CONTROLLABLE_LOADS, ()))


def _storage(hass: HomeAssistant, entry_id: str) -> Storage:
    return Storage(hass, f"{DOMAIN}.{entry_id}.loads", VERSION)
