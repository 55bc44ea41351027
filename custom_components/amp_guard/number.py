"""Numbers: the limits of groups and chargers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .chargers import PROFILES
from .const import (
    CONF_BOOST_DURATION,
    CONF_MAX_CURRENT,
    CONF_MAX_CURRENT_OFFLINE,
    CONF_MAX_CURRENT_ONLINE,
    CONF_MIN_CURRENT,
    CONF_OFFLINE_CURRENT,
    CONF_PROFILE,
    CONF_REQUEST_DURATION,
    CONF_SOCKET_CURRENT,
    CONF_VARIANT,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
    AmpGuardConfigEntry,
)
from .coordinator import AmpGuardCoordinator
from .demonstration.entities import simulated_numbers
from .entity import AmpGuardEntity, AmpGuardSettingEntity, add_to_subentries
from .loop.requests import requested_current
from .loop.state import SiteState
from .meters import MAX_MEASURED_CURRENT
from .model import MINIMUM_SIGNALLED_CURRENT
from .site.reading import DEFAULT_SOCKET_CURRENT, MAX_SOCKET_CURRENT
from .site.settings import DEFAULT_BOOST_DURATION, DEFAULT_REQUEST_DURATION, Setting

PARALLEL_UPDATES = 0


def _most_measured(entry: AmpGuardConfigEntry, subentry: ConfigSubentry) -> float:
    return MAX_MEASURED_CURRENT[entry.data[CONF_VARIANT]]


def _most_of_charger(entry: AmpGuardConfigEntry, subentry: ConfigSubentry) -> float:
    return PROFILES[subentry.data[CONF_PROFILE]].max_current


@dataclass(frozen=True, kw_only=True)
class AmpGuardNumberDescription(NumberEntityDescription):
    """A figure that is set; `default` where nothing is stored.

    `most_fn` bounds it where that depends on the meter or the charger.
    """

    default: float | None = None
    most_fn: Callable[[AmpGuardConfigEntry, ConfigSubentry], float] | None = None
    entity_category: EntityCategory | None = EntityCategory.CONFIG
    entity_registry_enabled_default: bool = False
    mode: NumberMode | None = NumberMode.BOX


def _current(key: str, least: float, **settings: Any) -> AmpGuardNumberDescription:
    return AmpGuardNumberDescription(
        key=key,
        translation_key=key,
        device_class=NumberDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        native_min_value=least,
        native_step=1.0,
        **settings,
    )


def _minutes(key: str, most: float, **settings: Any) -> AmpGuardNumberDescription:
    return AmpGuardNumberDescription(
        key=key,
        translation_key=key,
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_min_value=5.0,
        native_max_value=most,
        native_step=5.0,
        **settings,
    )


NUMBERS: Mapping[str, tuple[AmpGuardNumberDescription, ...]] = {
    SUBENTRY_GROUP: (
        _current(
            CONF_MAX_CURRENT_ONLINE, MINIMUM_SIGNALLED_CURRENT, most_fn=_most_measured
        ),
        _current(CONF_MAX_CURRENT_OFFLINE, 0.0, most_fn=_most_measured),
        _current(CONF_MIN_CURRENT, MINIMUM_SIGNALLED_CURRENT, most_fn=_most_measured),
    ),
    SUBENTRY_CHARGER: (
        _current(CONF_MAX_CURRENT, MINIMUM_SIGNALLED_CURRENT, most_fn=_most_of_charger),
        _current(CONF_OFFLINE_CURRENT, 0.0, most_fn=_most_of_charger),
        _current(
            CONF_SOCKET_CURRENT,
            1.0,
            native_max_value=MAX_SOCKET_CURRENT,
            default=DEFAULT_SOCKET_CURRENT,
        ),
        _minutes(CONF_REQUEST_DURATION, 10080.0, default=DEFAULT_REQUEST_DURATION),
        _minutes(CONF_BOOST_DURATION, 1440.0, default=DEFAULT_BOOST_DURATION),
    ),
}


REQUESTED_CURRENT = AmpGuardNumberDescription(
    key="requested_current",
    translation_key="requested_current",
    device_class=NumberDeviceClass.CURRENT,
    entity_category=None,
    native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
    native_min_value=0.0,
    native_step=0.1,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of each group and charger."""
    for subentry_id, numbers in simulated_numbers(hass, entry).items():
        async_add_entities(numbers, config_subentry_id=subentry_id)
    add_to_subentries(entry, async_add_entities, NUMBERS, AmpGuardNumber)
    requested = {SUBENTRY_CHARGER: (REQUESTED_CURRENT,)}
    add_to_subentries(entry, async_add_entities, requested, RequestedCurrent)


class RequestedCurrent(AmpGuardEntity, NumberEntity):
    """What a planner asks that a charger be given at most; 0 A pauses it."""

    _attr_native_value: float | None = None

    @property
    @override
    def native_max_value(self) -> float:
        """What the charger may use."""
        subentry = self.coordinator.entry.subentries[self.target]
        return float(subentry.data[CONF_MAX_CURRENT])

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Ask for it."""
        self.coordinator.requests.ask(self.target, value)

    @override
    def _update_from(self, state: SiteState) -> bool:
        asked = requested_current(state.ceilings, self.target)
        value = self.native_max_value if asked is None else asked
        if self._attr_available and value == self._attr_native_value:
            return False
        self._attr_available, self._attr_native_value = True, value
        return True


class AmpGuardNumber(AmpGuardSettingEntity, NumberEntity):
    """A figure that is set."""

    entity_description: AmpGuardNumberDescription

    def __init__(
        self,
        coordinator: AmpGuardCoordinator,
        description: AmpGuardNumberDescription,
        subentry: ConfigSubentry,
    ) -> None:
        """Bound the figure."""
        super().__init__(coordinator, description, subentry)
        if description.most_fn is not None:
            self._attr_native_max_value = description.most_fn(
                coordinator.entry, subentry
            )

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set it, unless that breaks a rule."""
        least, most = int(self.native_min_value), int(self.native_max_value)
        self._change(value, possible=range(least, most + 1))

    @override
    def _show(self, setting: Setting) -> bool:
        value = self.entity_description.default if setting is None else float(setting)
        changed = value != self._attr_native_value
        self._attr_native_value = value
        return changed
