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
    CONF_FOLLOWS,
    CONF_MAX_CURRENT_ONLINE,
    CONF_PARENT,
    CONF_SOURCE,
    CONF_VARIANT,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from ..meters import MAX_MEASURED_CURRENT
from ..model import SUPPLY_ID
from ..site.phases import format_phases
from ..site.reading import groups_above, phases_of, read_group, read_supply
from ..site.rules import limits_above, subentry_errors, wider_groups
from ..site.settings import follow, set_elsewhere
from .charger_check import check_chargers
from .charger_draft import Installation, draft_of, found_chargers
from .chargers import ChargerSteps
from .forms import (
    ACCEPTED,
    Refusal,
    name_errors,
    numbers_refused,
    show_form,
    translations,
    unfold,
)
from .forms.charger import device_schema
from .forms.site import group_schema
from .own_offline_limit import OwnOfflineLimit
from .phases import PhaseSteps
from .supply import name_groups


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
        schema = group_schema(
            MAX_MEASURED_CURRENT[entry.data[CONF_VARIANT]],
            phases=format_phases(phases_of(entry)),
            nodes=self._possible_parents(entry),
        )
        refusal = ACCEPTED
        if user_input is not None:
            current = unfold(user_input)
            refusal = numbers_refused(self.hass, schema, current) or self._refusal(
                entry, _filled_in(current, entry)
            )
            if not refusal:
                return self._finish(entry, _filled_in(current, entry))
        elif current.get(CONF_FOLLOWS, False):
            del current[CONF_MAX_CURRENT_ONLINE]  # it is shown as left out
        return show_form(self, step, schema, current, refusal)

    def _refusal(self, entry: AmpGuardConfigEntry, group: dict[str, Any]) -> Refusal:
        """Return the rules that a group breaks, with the names of who is in the way."""
        below = wider_groups(self._subentry_id, group[CONF_MAX_CURRENT_ONLINE], entry)
        others = {
            other.title
            for id_, other in _groups(entry).items()
            if id_ != self._subentry_id
        }
        taken = {CONF_NAME: "name_taken"} if group[CONF_NAME] in others else {}
        return Refusal(
            errors=name_errors(group)
            | taken
            | subentry_errors(SUBENTRY_GROUP, group, entry, self._subentry_id),
            about={"groups": name_groups(self.hass, below)},
        )

    def _finish(
        self, entry: AmpGuardConfigEntry, data: dict[str, Any]
    ) -> SubentryFlowResult:
        title = data.pop(CONF_NAME)
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=title, data=data)
        subentry = self._get_reconfigure_subentry()
        result = self.async_update_and_abort(
            entry, subentry, title=title, data=set_elsewhere(subentry) | data
        )
        follow(self.hass, entry)
        return result

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
            # Where a group above is gone the way up ends as well: it can be mended.
            if self._subentry_id not in {id_, *groups_above(id_, entry.subentries)}:
                parents[id_] = group.title
        return parents


class ChargerFlow(ConfigSubentryFlow):
    """Adds or changes a charger."""

    def __init__(self) -> None:
        """Start without a charger."""
        self._chargers = ChargerSteps(
            self, installation=self._installation, go_on=self.async_step_check
        )
        self._phases = PhaseSteps(self, self._chargers)
        self._own_offline_limit = OwnOfflineLimit(self)

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
        self._chargers.choose([draft], changed=subentry.subentry_id)
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
            self._chargers.choose([charger])
            return await self._chargers.charger()
        if not found:
            return self.async_abort(reason="no_chargers_found")
        return self.async_show_form(
            step_id="device",
            data_schema=device_schema({key: d.label for key, d in found.items()}),
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
        [charger] = self._chargers.chargers
        findings = await check_chargers(self.hass, [charger], self._driver())
        texts = await translations(self.hass, "selector")
        options = ["save", "check", "charger"]
        if self.source == SOURCE_RECONFIGURE:
            options.append("find_phases")
            if self._own_offline_limit.is_another(findings, charger):
                options.append("own_offline_current")
        return self.async_show_menu(
            step_id="check",
            menu_options=options,
            description_placeholders={
                "findings": findings.text or texts["charger_finding.options.all_works"]
            },
        )

    async def async_step_own_offline_current(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Write the offline limit into the charger itself."""
        [charger] = self._chargers.chargers
        asks = await self._own_offline_limit.set(charger, user_input)
        return await self.async_step_check() if asks is None else asks

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
        [charger] = self._chargers.chargers
        if misfit := self._chargers.misfit():
            return self.async_abort(reason=misfit)
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

    def _driver(self) -> ChargerDriver | None:
        """Return who drives the charger that is changed."""
        entry: AmpGuardConfigEntry = self._get_entry()
        if self.source != SOURCE_RECONFIGURE:
            return None
        if entry.state is not ConfigEntryState.LOADED:
            return None
        charger = self._get_reconfigure_subentry().subentry_id
        return entry.runtime_data.fleet.driver(charger)

    def _installation(self) -> Installation:
        entry = self._get_entry()
        groups = _groups(entry)
        changed = (
            self._get_reconfigure_subentry().subentry_id
            if self.source == SOURCE_RECONFIGURE
            else ""
        )
        return Installation(
            supply=read_supply(entry.options, entry.data[CONF_SOURCE]),
            groups={id_: read_group(g.data, id_) for id_, g in groups.items()},
            names={id_: group.title for id_, group in groups.items()},
            chargers=[
                charger.title
                for charger in entry.get_subentries_of_type(SUBENTRY_CHARGER)
                if charger.subentry_id != changed
            ],
        )


def _filled_in(group: dict[str, Any], entry: AmpGuardConfigEntry) -> dict[str, Any]:
    """Return a group as it is kept: without a maximum it has that of what feeds it."""
    if CONF_MAX_CURRENT_ONLINE in group:
        return {**group, CONF_FOLLOWS: False}
    parent = group[CONF_PARENT]
    if parent not in (SUPPLY_ID, *entry.subentries):
        parent = SUPPLY_ID  # that it is gone is told by the rules
    most, _ = limits_above(parent, entry)
    return {**group, CONF_MAX_CURRENT_ONLINE: most, CONF_FOLLOWS: True}


def _groups(entry: AmpGuardConfigEntry) -> dict[str, ConfigSubentry]:
    groups = entry.get_subentries_of_type(SUBENTRY_GROUP)
    return {group.subentry_id: group for group in groups}
