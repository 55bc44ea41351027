"""Selects: how chargers share, which phases take part, who is served first, with what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import (
    CONF_BALANCER_TYPE,
    CONF_OFFLINE_PHASE,
    CONF_PHASE_MODE,
    CONF_PHASES,
    CONF_PRIORITY,
    CONF_SOLAR_MODE,
    CONF_WIRING,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    SUBENTRY_SOLAR,
    AmpGuardConfigEntry,
)
from .coordinator import AmpGuardCoordinator
from .entity import AmpGuardEntity, AmpGuardSettingEntity, add_to_subentries
from .loop.state import SiteState
from .model import BalancerType, PhaseMode
from .plans.surplus import SolarMode
from .site.phases import PHASE_ORDERS, parse_phases
from .site.reading import ALL_PHASES, phases_of
from .site.settings import PRIORITIES, Setting
from .site.solar import solar_mode

PARALLEL_UPDATES = 0


def _measured_orders(entry: AmpGuardConfigEntry, subentry: ConfigSubentry) -> list[str]:
    measured = set(phases_of(entry))
    return [order for order in PHASE_ORDERS if measured.issuperset(parse_phases(order))]


def _priorities(entry: AmpGuardConfigEntry, subentry: ConfigSubentry) -> list[str]:
    return [str(priority) for priority in PRIORITIES]


def _wired_phases(entry: AmpGuardConfigEntry, subentry: ConfigSubentry) -> list[str]:
    return [ALL_PHASES, *sorted(subentry.data[CONF_WIRING].split(","))]


def _phase_modes(entry: AmpGuardConfigEntry, subentry: ConfigSubentry) -> list[str]:
    return list(PhaseMode)


@dataclass(frozen=True, kw_only=True)
class AmpGuardSelectDescription(SelectEntityDescription):
    """One of several that is set; `stored_fn` makes of an option what is stored.

    `default` is what counts while nothing is.
    """

    options_fn: Callable[[AmpGuardConfigEntry, ConfigSubentry], list[str]]
    stored_fn: Callable[[Any], Setting] = str
    default: str | None = None
    entity_category: EntityCategory | None = EntityCategory.CONFIG
    entity_registry_enabled_default: bool = False


SELECTS: Mapping[str, tuple[AmpGuardSelectDescription, ...]] = {
    SUBENTRY_GROUP: (
        AmpGuardSelectDescription(
            key=CONF_PHASES, translation_key=CONF_PHASES, options_fn=_measured_orders
        ),
    ),
    SUBENTRY_CHARGER: (
        AmpGuardSelectDescription(
            key=CONF_PRIORITY,
            translation_key=CONF_PRIORITY,
            options_fn=_priorities,
            stored_fn=int,
        ),
        AmpGuardSelectDescription(
            key=CONF_OFFLINE_PHASE,
            translation_key=CONF_OFFLINE_PHASE,
            options_fn=_wired_phases,
        ),
    ),
}

SOLAR_MODE = SelectEntityDescription(
    key=CONF_SOLAR_MODE, translation_key=CONF_SOLAR_MODE, options=list(SolarMode)
)
PHASE_MODES: Mapping[str, tuple[AmpGuardSelectDescription, ...]] = {
    SUBENTRY_CHARGER: (
        AmpGuardSelectDescription(
            key=CONF_PHASE_MODE,
            translation_key=CONF_PHASE_MODE,
            options_fn=_phase_modes,
            default=PhaseMode.AUTOMATIC,
            entity_registry_enabled_default=True,
        ),
    ),
}
"""Of a charger that can be set to one phase."""

BALANCER_TYPE = SelectEntityDescription(
    key=CONF_BALANCER_TYPE,
    translation_key=CONF_BALANCER_TYPE,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
    options=list(BalancerType),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects of the supply and of each group and charger."""
    async_add_entities([BalancerTypeSelect(entry.runtime_data, BALANCER_TYPE)])
    add_to_subentries(entry, async_add_entities, SELECTS, AmpGuardSelect)
    add_to_subentries(
        entry,
        async_add_entities,
        PHASE_MODES,
        AmpGuardSelect,
        belongs=entry.runtime_data.can_switch_phases,
    )
    if entry.get_subentries_of_type(SUBENTRY_SOLAR):
        modes = {SUBENTRY_CHARGER: (SOLAR_MODE,)}
        add_to_subentries(entry, async_add_entities, modes, SolarModeSelect)
    else:
        _remove_solar_modes(hass, entry)


@callback
def _remove_solar_modes(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Remove what was there while solar charging was set up."""
    registry = er.async_get(hass)
    for known in er.async_entries_for_config_entry(registry, entry.entry_id):
        if known.unique_id == f"{known.config_subentry_id}_{CONF_SOLAR_MODE}":
            registry.async_remove(known.entity_id)


class AmpGuardSelect(AmpGuardSettingEntity, SelectEntity):
    """One of several that is set."""

    entity_description: AmpGuardSelectDescription

    def __init__(
        self,
        coordinator: AmpGuardCoordinator,
        description: AmpGuardSelectDescription,
        subentry: ConfigSubentry,
    ) -> None:
        """Find the options."""
        super().__init__(coordinator, description, subentry)
        self._attr_options = description.options_fn(coordinator.entry, subentry)

    @override
    async def async_select_option(self, option: str) -> None:
        """Set it, unless that breaks a rule."""
        stored = self.entity_description.stored_fn
        self._change(stored(option), possible=map(stored, self.options))

    @override
    def _show(self, setting: Setting) -> bool:
        # A form stores a priority as 2.0.
        description = self.entity_description
        option = description.default
        if setting is not None:
            option = str(description.stored_fn(setting))
        changed = option != self._attr_current_option
        self._attr_current_option = option
        return changed


class SolarModeSelect(AmpGuardSettingEntity, SelectEntity):
    """With what a charger charges."""

    @override
    async def async_select_option(self, option: str) -> None:
        """Set it."""
        self._change(option)

    @override
    def _show(self, setting: Setting) -> bool:
        entry = self.coordinator.entry
        option = solar_mode(entry, entry.subentries[self.target]).value
        changed = option != self._attr_current_option
        self._attr_current_option = option
        return changed


class BalancerTypeSelect(AmpGuardEntity, SelectEntity):
    """How chargers of one priority share what there is."""

    @override
    async def async_select_option(self, option: str) -> None:
        """Set it."""
        entry = self.coordinator.entry
        self.hass.config_entries.async_update_entry(
            entry, options={**entry.options, CONF_BALANCER_TYPE: option}
        )

    @override
    def _update_from(self, state: SiteState) -> bool:
        option = state.site.balancer_type.value
        changed = not self._attr_available or option != self._attr_current_option
        self._attr_available, self._attr_current_option = True, option
        return changed
