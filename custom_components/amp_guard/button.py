"""Buttons: charge now; take back a charger that was limited at the charger itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import CONF_BOOST_DURATION, SUBENTRY_CHARGER, AmpGuardConfigEntry
from .coordinator import AmpGuardCoordinator
from .entity import AmpGuardEntity, add_to_subentries
from .loop.state import SiteState
from .site.settings import DEFAULT_BOOST_DURATION

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class AmpGuardButtonDescription(ButtonEntityDescription):
    """Something that is done with a charger."""

    press_fn: Callable[[AmpGuardCoordinator, str], None]


def _charge_now(coordinator: AmpGuardCoordinator, charger: str) -> None:
    data = coordinator.entry.subentries[charger].data
    minutes = data.get(CONF_BOOST_DURATION, DEFAULT_BOOST_DURATION)
    coordinator.overrides.boost(charger, dt_util.utcnow() + timedelta(minutes=minutes))


BUTTONS = {
    SUBENTRY_CHARGER: (
        AmpGuardButtonDescription(
            key="charge_now", translation_key="charge_now", press_fn=_charge_now
        ),
        AmpGuardButtonDescription(
            key="release_user_limit",
            translation_key="release_user_limit",
            entity_category=EntityCategory.CONFIG,
            press_fn=AmpGuardCoordinator.release_user_limit,
        ),
    ),
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of each charger."""
    add_to_subentries(entry, async_add_entities, BUTTONS, AmpGuardButton)


class AmpGuardButton(AmpGuardEntity, ButtonEntity):
    """Does something with a charger."""

    entity_description: AmpGuardButtonDescription
    # It can be pressed whatever is published.
    _shows_settings = True

    @override
    async def async_press(self) -> None:
        """Do it."""
        self.entity_description.press_fn(self.coordinator, self.target)

    @override
    def _update_from(self, state: SiteState) -> bool:
        return False
