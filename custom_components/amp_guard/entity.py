"""What all entities share: a device of the tree, one way to be told, and to be added."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN, AmpGuardConfigEntry
from .coordinator import AmpGuardCoordinator
from .loop.state import SiteState
from .model import SUPPLY_ID
from .site.devices import meter_id
from .site.reading import connected_subentries
from .site.settings import Setting, change_setting


class AmpGuardEntity(Entity):
    """An entity of one node or charger, `target`, told at each publication.

    It is unavailable while nothing is state, unless it shows only what is set
    (`_shows_settings`). An unchanged state costs as much to write as a changed one, so
    `_update_from` says whether there is anything to write.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False
    _shows_settings = False

    def __init__(
        self,
        coordinator: AmpGuardCoordinator,
        description: EntityDescription,
        subentry: ConfigSubentry | None = None,
    ) -> None:
        """Belong to the device of a subentry, or to the meter's."""
        self.coordinator = coordinator
        self.entity_description = description
        self.target = subentry.subentry_id if subentry else SUPPLY_ID
        device = subentry.subentry_id if subentry else meter_id(coordinator.entry)
        self._attr_unique_id = f"{device}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, device)})
        self._attr_available = self._shows_settings

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to publications; there were none before, or it was only renamed."""
        self.async_on_remove(self.coordinator.async_add_listener(self._on_state))

    @callback
    def _on_state(self, state: SiteState | None) -> None:
        """Show what was published; where that fails, nothing rather than what was."""
        try:
            changed = self._lose() if state is None else self._update_from(state)
            if changed:
                self.async_write_ha_state()
        except Exception:
            self._attr_available = False
            self.async_write_ha_state()
            raise

    def _lose(self) -> bool:
        """Show nothing that is not known any more; return whether the state changed."""
        before, self._attr_available = self._attr_available, self._shows_settings
        return before is not self._attr_available

    @abstractmethod
    def _update_from(self, state: SiteState) -> bool:
        """Take over what was published; return whether the state changed."""


class AmpGuardSettingEntity(AmpGuardEntity):
    """An entity that shows and changes what is set of a group or charger.

    Its description's key is the setting's.
    """

    _shows_settings = True

    @override
    async def async_added_to_hass(self) -> None:
        """Show what is set, also before anything is published."""
        self._show(self._setting)
        await super().async_added_to_hass()

    @override
    def _update_from(self, state: SiteState) -> bool:
        return self._show(self._setting)

    @property
    def _setting(self) -> Setting:
        data = self.coordinator.entry.subentries[self.target].data
        setting: Setting = data.get(self.entity_description.key)
        return setting

    @abstractmethod
    def _show(self, setting: Setting) -> bool:
        """Show what is stored; return whether the state changed."""

    @callback
    def _change(self, setting: Setting, possible: Iterable[Setting] = ()) -> None:
        change_setting(
            self.hass,
            self.coordinator.entry,
            self.target,
            {self.entity_description.key: setting},
            possible=possible,
        )


@callback
def add_to_subentries[D: EntityDescription](
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    descriptions: Mapping[str, Iterable[D]],
    entity: Callable[[AmpGuardCoordinator, D, ConfigSubentry], Entity],
    *,
    belongs: Callable[[str], bool] = lambda _id: True,
) -> None:
    """Add an entity for each description of each subentry's type, where it `belongs`."""
    for id_, subentry in connected_subentries(entry).items():
        async_add_entities(
            (
                entity(entry.runtime_data, description, subentry)
                for description in descriptions.get(subentry.subentry_type, ())
                if belongs(id_)
            ),
            config_subentry_id=id_,
        )
