"""Groups and chargers: added and changed below a supply."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_DEVICE_ID, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .chargers import ANY_ENTITIES, PROFILES, FoundCharger, Role, find_chargers
from .const import (
    CONF_CHARGER,
    CONF_CONNECTOR,
    CONF_ENTITIES,
    CONF_GROUP,
    CONF_MAX_CURRENT,
    CONF_MEASURED_PHASES,
    CONF_PARENT,
    CONF_PHASES,
    CONF_PROFILE,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    CONF_WIRING,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
)
from .forms import (
    DEFAULT_MAX_CURRENT,
    ENTITIES_SCHEMA,
    charger_schema,
    device_schema,
    group_schema,
)
from .model import SUPPLY_ID
from .site import (
    Errors,
    changed_group_errors,
    charger_errors,
    group_errors,
    limits_above,
    read_charger,
    read_group,
    read_supply,
)


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
            errors = self._errors(entry, user_input)
            if not errors:
                return self._finish(entry, user_input)
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                group_schema(
                    entry.data[CONF_VARIANT],
                    max_current=entry.options[CONF_SUPPLY_MAX_CURRENT],
                    phases=entry.data[CONF_MEASURED_PHASES],
                    nodes=self._possible_parents(entry),
                ),
                user_input or current,
            ),
            errors=errors,
        )

    def _errors(self, entry: ConfigEntry, user_input: dict[str, Any]) -> Errors:
        max_current, phases = limits_above(user_input[CONF_PARENT], entry)
        group = read_group(user_input, self._subentry_id)
        return changed_group_errors(group, entry) | group_errors(
            group, max_current_above=max_current, phases_above=phases
        )

    def _finish(self, entry: ConfigEntry, data: dict[str, Any]) -> SubentryFlowResult:
        title = data.pop(CONF_NAME)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                entry, self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data)

    @property
    def _subentry_id(self) -> str:
        if self.source != SOURCE_RECONFIGURE:
            return ""
        return self._get_reconfigure_subentry().subentry_id

    def _possible_parents(self, entry: ConfigEntry) -> dict[str, str]:
        """Return what the group can hang below: nothing that hangs below itself."""
        groups = _groups(entry)
        parents = {SUPPLY_ID: entry.title}
        for id_, group in groups.items():
            above = id_
            while above not in (SUPPLY_ID, self._subentry_id):
                above = read_group(groups[above].data).parent
            if above == SUPPLY_ID:
                parents[id_] = group.title
        return parents


IDENTITY = (CONF_DEVICE_ID, CONF_PROFILE, CONF_CONNECTOR, CONF_ENTITIES)
"""What says which charger it is, and how it is driven."""


class ChargerFlow(ConfigSubentryFlow):
    """Adds or changes a charger: first what it is, then how it is wired and limited."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._title = ""
        self._unique_id: str | None = None
        self._identity: dict[str, Any] = {}
        self._settings: dict[str, Any] = {}

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
        self._title, self._unique_id = subentry.title, subentry.unique_id
        self._settings = dict(subentry.data)
        self._identity = {
            key: subentry.data[key] for key in IDENTITY if key in subentry.data
        }
        if self._identity[CONF_PROFILE] == ANY_ENTITIES:
            return await self.async_step_entities()
        return await self.async_step_settings()

    async def async_step_device(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose one of the devices that are recognised."""
        taken = _configured_chargers(self.hass)
        chargers = {
            key: charger
            for charger in find_chargers(self.hass)
            if (key := _key(charger)) not in taken
        }
        if not chargers:
            return self.async_abort(reason="no_chargers_found")
        if user_input is None:
            return self.async_show_form(
                step_id="device", data_schema=device_schema(chargers)
            )
        self._unique_id = user_input[CONF_CHARGER]
        charger = chargers[self._unique_id]
        self._title = charger.name
        self._identity = {
            CONF_DEVICE_ID: charger.device_id,
            CONF_PROFILE: charger.profile,
            CONF_CONNECTOR: charger.connector,
        }
        self._settings = {CONF_MAX_CURRENT: charger.max_current or DEFAULT_MAX_CURRENT}
        if charger.phases == 1:
            self._settings[CONF_WIRING] = "1"
        return await self.async_step_settings()

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Pick the entities of any other charger."""
        errors: Errors = {}
        if user_input is not None:
            entities = _to_registry_ids(self.hass, user_input)
            unique_id = entities[Role.LIMIT.value]
            if unique_id in _configured_chargers(self.hass) - {self._unique_id}:
                errors = {Role.LIMIT.value: "already_configured"}
            else:
                self._title, self._unique_id = user_input[CONF_NAME], unique_id
                self._identity = {CONF_PROFILE: ANY_ENTITIES, CONF_ENTITIES: entities}
                return await self.async_step_settings()
        current = _to_entity_ids(self.hass, self._identity.get(CONF_ENTITIES, {}))
        return self.async_show_form(
            step_id="entities",
            data_schema=self.add_suggested_values_to_schema(
                ENTITIES_SCHEMA, user_input or {CONF_NAME: self._title, **current}
            ),
            errors=errors,
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say how the charger is wired and limited."""
        groups = _groups(self._get_entry())
        errors: Errors = {}
        if user_input is not None:
            data = self._identity | user_input
            group = read_group(groups[user_input[CONF_GROUP]].data)
            entry = self._get_entry()
            supply = read_supply(entry.options, entry.data[CONF_SOURCE])
            errors = charger_errors(read_charger(data), group, supply)
            if not errors:
                return self._finish(data)
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(
                charger_schema(
                    groups={id_: group.title for id_, group in groups.items()},
                    wiring=next(iter(groups.values())).data[CONF_PHASES],
                    max_current=PROFILES[self._identity[CONF_PROFILE]].max_current,
                ),
                user_input or self._settings,
            ),
            description_placeholders={"charger": self._title},
            errors=errors,
            last_step=True,
        )

    def _finish(self, data: dict[str, Any]) -> SubentryFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=self._title,
                unique_id=self._unique_id,
                data=data,
            )
        return self.async_create_entry(
            title=self._title, data=data, unique_id=self._unique_id
        )


def _groups(entry: ConfigEntry) -> dict[str, ConfigSubentry]:
    groups = entry.get_subentries_of_type(SUBENTRY_GROUP)
    return {group.subentry_id: group for group in groups}


def _key(charger: FoundCharger) -> str:
    """Return what tells a charger from every other; some have no device."""
    return f"{charger.device_id or charger.profile}_{charger.connector}"


def _configured_chargers(hass: HomeAssistant) -> set[str | None]:
    """Return what is balanced already, below any supply: two would fight over it."""
    return {
        subentry.unique_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    }


def _to_registry_ids(
    hass: HomeAssistant, user_input: Mapping[str, str]
) -> dict[str, str]:
    """Return the picked entities by role, by an id that survives their renaming."""
    registry = er.async_get(hass)
    return {
        role: entity.id if (entity := registry.async_get(entity_id)) else entity_id
        for role, entity_id in user_input.items()
        if role != CONF_NAME
    }


def _to_entity_ids(hass: HomeAssistant, entities: Mapping[str, str]) -> dict[str, str]:
    registry = er.async_get(hass)
    return {
        role: er.async_resolve_entity_id(registry, id_) or id_
        for role, id_ in entities.items()
    }
