"""Groups and chargers: added and changed below a supply."""

from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME

from ..chargers import ChargerDriver
from ..const import (
    CONF_CHARGER,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from ..model import SUPPLY_ID
from ..site.phases import format_phases
from ..site.reading import phases_of, read_group, read_supply
from ..site.rules import Errors, subentry_errors
from ..site.settings import set_elsewhere
from .charger_draft import Installation, draft_of, found_chargers
from .chargers import ChargerSteps
from .forms import name_errors, show_form, unfold
from .forms.charger import device_schema
from .forms.site import group_schema
from .phases import PhaseSteps


class GroupFlow(ConfigSubentryFlow):
    """Adds or changes a load-balancing group."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Describe a new group."""
        return self._step_group("user", user_input, {})

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a group."""
        subentry = self._get_reconfigure_subentry()
        current = {CONF_NAME: subentry.title, **subentry.data}
        return self._step_group("reconfigure", user_input, current)

    def _step_group(
        self, step: str, user_input: dict[str, Any] | None, current: dict[str, Any]
    ) -> SubentryFlowResult:
        entry = self._get_entry()
        errors: Errors = {}
        if user_input is not None:
            current = unfold(user_input)
            errors = name_errors(current) | subentry_errors(
                SUBENTRY_GROUP, current, entry, self._subentry_id
            )
            if not errors:
                return self._finish(entry, current)
        return show_form(
            self,
            step,
            group_schema(
                entry.data[CONF_VARIANT],
                max_current=entry.options[CONF_SUPPLY_MAX_CURRENT],
                phases=format_phases(phases_of(entry)),
                nodes=self._possible_parents(entry),
            ),
            current,
            errors,
        )

    def _finish(
        self, entry: AmpGuardConfigEntry, data: dict[str, Any]
    ) -> SubentryFlowResult:
        title = data.pop(CONF_NAME)
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(
                entry, subentry, title=title, data=set_elsewhere(subentry) | data
            )
        return self.async_create_entry(title=title, data=data)

    @property
    def _subentry_id(self) -> str:
        if self.source != SOURCE_RECONFIGURE:
            return ""
        return self._get_reconfigure_subentry().subentry_id

    def _possible_parents(self, entry: AmpGuardConfigEntry) -> dict[str, str]:
        """Return what the group can hang below: nothing that hangs below itself."""
        groups = _groups(entry)
        parents = {SUPPLY_ID: entry.title}
        for id_, group in groups.items():
            above = id_
            # Where a group above is gone it ends as well: that one can be mended. So
            # does a circle, by its length.
            for _ in groups:
                if above not in groups or above == self._subentry_id:
                    break
                above = read_group(groups[above].data).parent
            if above != self._subentry_id:
                parents[id_] = group.title
        return parents


class ChargerFlow(ConfigSubentryFlow):
    """Adds or changes a charger."""

    def __init__(self) -> None:
        """Start without a charger."""
        self._chargers = ChargerSteps(
            self,
            installation=self._installation,
            check_options=("save", "check", "charger"),
            driver_of=self._driver_of,
        )
        self._phases = PhaseSteps(self, self._chargers)

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose a charger that is recognised, or pick entities."""
        if not _groups(self._get_entry()):
            return self.async_abort(reason="no_group")
        return self.async_show_menu(step_id="user", menu_options=["device", "entities"])

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Start from what the charger is now."""
        subentry = self._get_reconfigure_subentry()
        draft = draft_of(subentry.title, subentry.unique_id, subentry.data)
        self._chargers.describe([draft], changed=subentry.subentry_id)
        if draft.is_picked:
            return await self._chargers.entities()
        return await self._chargers.charger()

    async def async_step_device(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose one of the devices that are recognised."""
        found = found_chargers(self.hass)
        if user_input is not None:
            charger = found.get(user_input[CONF_CHARGER])
            if charger is None:
                return self.async_abort(reason="charger_gone")
            self._chargers.describe([charger])
            return await self._chargers.charger()
        if not found:
            return self.async_abort(reason="no_chargers_found")
        return self.async_show_form(
            step_id="device",
            data_schema=device_schema({key: d.title for key, d in found.items()}),
        )

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Pick the entities of any other charger."""
        return await self._chargers.entities(user_input)

    async def async_step_states(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say what the words of the picked state mean."""
        return await self._chargers.states(user_input)

    async def async_step_charger(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say how the charger is wired and limited."""
        return await self._chargers.charger(user_input)

    async def async_step_check(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what was found to work, and ask what to do about it."""
        return await self._chargers.check()

    async def async_step_own_offline_current(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Write the offline limit into the charger itself."""
        return await self._chargers.own_offline_current(user_input)

    async def async_step_find_phases(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Find the phases that the charger hangs on."""
        charger = self._get_reconfigure_subentry().subentry_id
        return self._phases.find(self._get_entry(), charger)

    async def async_step_phases_found(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show which phases answered."""
        return self._phases.found()

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Keep what was described."""
        [charger] = self._chargers.described
        if not self._chargers.are_free():
            return self.async_abort(reason="already_configured")
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(
                self._get_entry(),
                subentry,
                title=charger.title,
                unique_id=charger.unique_id,
                data=set_elsewhere(subentry) | charger.data,
            )
        return self.async_create_entry(
            title=charger.title, data=charger.data, unique_id=charger.unique_id
        )

    def _driver_of(self, charger: str) -> ChargerDriver | None:
        entry: AmpGuardConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return None
        return entry.runtime_data.fleet.driver(charger)

    def _installation(self) -> Installation:
        entry = self._get_entry()
        groups = _groups(entry)
        return Installation(
            supply=read_supply(entry.options, entry.data[CONF_SOURCE]),
            groups={id_: read_group(g.data, id_) for id_, g in groups.items()},
            names={id_: group.title for id_, group in groups.items()},
            chargers=len(entry.get_subentries_of_type(SUBENTRY_CHARGER)),
        )


def _groups(entry: AmpGuardConfigEntry) -> dict[str, ConfigSubentry]:
    groups = entry.get_subentries_of_type(SUBENTRY_GROUP)
    return {group.subentry_id: group for group in groups}
