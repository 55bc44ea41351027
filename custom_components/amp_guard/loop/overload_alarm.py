"""The alarm: a fuse is overloaded, and a charger below it cannot be cut.

What can make room has made it by then. So it is told at once and by all ways: a repair
issue, an event, and a notification that is seen without looking for it.
"""

from collections.abc import Mapping

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations

from ..chargers import Trouble
from ..const import DOMAIN, AmpGuardConfigEntry
from .charger_repairs import is_simulated
from .events import EventType, SiteEvent, fire_events
from .state import SiteState

ISSUE = "overload_not_obeyed"
TEXTS = f"component.{DOMAIN}.issues.{ISSUE}"


class OverloadAlarm:
    """Tells of each charger that keeps a fuse overloaded, until it obeys again."""

    def __init__(self, hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
        """Start with nothing told."""
        self._hass = hass
        self._entry = entry
        self._told: set[str] = set()

    @callback
    def watch(self, state: SiteState, troubles: Mapping[str, Trouble | None]) -> None:
        """Take what was published, and what is wrong with each charger then."""
        for charger in state.site.chargers:
            if troubles.get(charger.id) is None:
                self._end(charger.id)
            elif (
                charger.id not in self._told
                and state.overloaded(charger.group)
                and max(state.decision.drawn[charger.id]) > 0
            ):
                self._tell(charger.id, state)

    @callback
    def stop(self) -> None:
        """Take back what is told."""
        for charger in tuple(self._told):
            self._end(charger)

    def _tell(self, charger: str, state: SiteState) -> None:
        self._told.add(charger)
        allocation = state.decision.allocations[charger]
        names = {
            "charger": self._entry.subentries[charger].title,
            "supply": self._entry.title,
        }
        if charger not in state.decision.not_following:  # of that it is told already
            event = SiteEvent(
                target=charger,
                type=EventType.NOT_FOLLOWING,
                reason=allocation.reason,
                current=allocation.current,
            )
            fire_events(self._hass, self._entry, [event])
        if is_simulated(self._entry):
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _id(charger),
            is_fixable=False,
            severity=ir.IssueSeverity.CRITICAL,
            translation_key=ISSUE,
            translation_placeholders=names,
        )
        self._hass.async_create_task(self._notify(charger, names))

    async def _notify(self, charger: str, names: Mapping[str, str]) -> None:
        texts = await async_get_translations(
            self._hass, self._hass.config.language, "issues", [DOMAIN]
        )
        if charger in self._told:
            persistent_notification.async_create(
                self._hass,
                texts[f"{TEXTS}.description"].format(**names),
                texts[f"{TEXTS}.title"].format(**names),
                _id(charger),
            )

    def _end(self, charger: str) -> None:
        if charger in self._told:
            self._told.remove(charger)
            ir.async_delete_issue(self._hass, DOMAIN, _id(charger))
            persistent_notification.async_dismiss(self._hass, _id(charger))


def _id(charger: str) -> str:
    return f"{ISSUE}_{charger}"
