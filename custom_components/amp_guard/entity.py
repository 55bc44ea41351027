"""What all entities share: a device of the tree, and one way to be told."""

from collections.abc import Iterable, Mapping

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import (
    CONNECTION_NETWORK_MAC,
    DeviceEntryType,
    DeviceInfo,
)
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import (
    CONF_DESCRIPTION,
    CONF_FIRMWARE,
    CONF_MAC,
    CONF_MODEL,
    CONF_SOURCE,
    CONF_VARIANT,
    DOMAIN,
)
from .coordinator import AmpGuardConfigEntry, AmpGuardCoordinator
from .meters import Source
from .model import SUPPLY_ID
from .published import Published
from .settings import Setting, change_setting


class AmpGuardEntity(Entity):
    """An entity of one node or charger, `target`, told at each publication.

    An unchanged state costs as much to write as a changed one, so `_update_from` says
    whether there is anything to write.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False

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
        self._attr_available = False

    async def async_added_to_hass(self) -> None:
        """Listen to publications."""
        self.async_on_remove(self.coordinator.async_add_listener(self._on_published))
        if self.coordinator.published is not None:
            self._update_from(self.coordinator.published)

    @callback
    def _on_published(self) -> None:
        if self.coordinator.published is None:
            return
        if self._update_from(self.coordinator.published):
            self.async_write_ha_state()

    def _update_from(self, published: Published) -> bool:
        """Take over what was published; return whether the state changed."""
        raise NotImplementedError


class AmpGuardSettingEntity(AmpGuardEntity):
    """An entity that shows and changes what is set of a group or charger.

    Its description's key is the setting's.
    """

    async def async_added_to_hass(self) -> None:
        """Show what is set, also before anything is published."""
        self._attr_available = True
        self._show(self._setting)
        await super().async_added_to_hass()

    def _update_from(self, published: Published) -> bool:
        return self._show(self._setting)

    @property
    def _setting(self) -> Setting:
        data = self.coordinator.entry.subentries[self.target].data
        setting: Setting = data.get(self.entity_description.key)
        return setting

    def _show(self, setting: Setting) -> bool:
        """Show what is stored; return whether the state changed."""
        raise NotImplementedError

    @callback
    def _change(self, setting: Setting, possible: Iterable[Setting] = ()) -> None:
        change_setting(
            self.hass,
            self.coordinator.entry,
            self.target,
            {self.entity_description.key: setting},
            possible=possible,
        )


def meter_id(entry: AmpGuardConfigEntry) -> str:
    """Return what tells the meter from every other: some have no serial number."""
    return entry.unique_id or entry.entry_id


@callback
def device_of(
    hass: HomeAssistant, entry: AmpGuardConfigEntry, target: str
) -> dr.DeviceEntry | None:
    """Return the device that stands for a node or charger."""
    identifier = meter_id(entry) if target == SUPPLY_ID else target
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identifier), entry.entry_id
    )


@callback
def register_devices(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Register the meter, its groups and their chargers, each below the one before."""
    registry = dr.async_get(hass)
    is_amp_guard = entry.data[CONF_SOURCE] == Source.AMP_GUARD
    meter = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, meter_id(entry))},
        connections=(
            {(CONNECTION_NETWORK_MAC, mac)}
            if (mac := entry.data.get(CONF_MAC))
            else set()
        ),
        manufacturer="Charge Amps" if is_amp_guard else None,
        model=entry.data[CONF_MODEL],
        hw_version=entry.data[CONF_VARIANT].capitalize(),
        name=entry.data[CONF_MODEL],
        serial_number=entry.unique_id if is_amp_guard else None,
        sw_version=entry.data.get(CONF_FIRMWARE),
    )
    site = entry.runtime_data.site
    parents = {group.id: group.parent for group in site.groups}
    parents |= {charger.id: charger.group for charger in site.chargers}
    device_ids = {SUPPLY_ID: meter.id}
    for target in sorted(parents, key=lambda id_: _depth(parents, id_)):
        subentry = entry.subentries[target]
        device_ids[target] = registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=target,
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, target)},
            name=subentry.title,
            model=subentry.data.get(CONF_DESCRIPTION),
            via_device_id=device_ids[parents[target]],
        ).id


def _depth(parents: Mapping[str, str], target: str) -> int:
    return 0 if target == SUPPLY_ID else 1 + _depth(parents, parents[target])
