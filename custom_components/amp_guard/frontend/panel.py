"""The simulated home's dashboard: in the sidebar for as long as that home is there.

A set-up cannot lead to a page, so its last screen has a link to this one. A dashboard that
its owner can change is made as any other: see `docs/card.md`.
"""

from typing import Any, override

from homeassistant.components.frontend import (
    async_panel_exists,
    async_register_built_in_panel,
    async_remove_panel,
)
from homeassistant.components.lovelace.const import (
    DOMAIN as LOVELACE,
    LOVELACE_DATA,
    MODE_YAML,
)
from homeassistant.components.lovelace.dashboard import LovelaceConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import json_bytes, json_fragment

from ..const import AmpGuardConfigEntry

URL_PATH = "amp-guard-simulated"
ICON = "mdi:home-lightning-bolt"


class SimulatedDashboard(LovelaceConfig):
    """The integration's own dashboard, of one supply; it cannot be edited."""

    def __init__(self, hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
        """Be of an entry."""
        about = {
            "id": URL_PATH,
            "title": entry.title,
            "icon": ICON,
            "mode": MODE_YAML,
            "require_admin": False,
            "show_in_sidebar": True,
        }
        super().__init__(hass, URL_PATH, about)
        self._made_by = {
            "strategy": {"type": "custom:amp-guard", "entry_id": entry.entry_id}
        }

    @property
    @override
    def mode(self) -> str:
        """Nobody but its strategy makes it."""
        return MODE_YAML

    @override
    async def async_get_info(self) -> dict[str, Any]:
        """Return what Home Assistant counts of dashboards."""
        return {"mode": self.mode, "views": 0}

    @override
    async def async_load(self, force: bool) -> dict[str, Any]:
        """Return what makes it."""
        return self._made_by

    @override
    async def async_json(self, force: bool) -> json_fragment:
        """Return that as JSON."""
        return json_fragment(json_bytes(self._made_by))


@callback
def show_simulated_home(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Have its dashboard while the entry is set up; not where there are none at all."""
    if (lovelace := hass.data.get(LOVELACE_DATA)) is None:
        return
    if async_panel_exists(hass, URL_PATH):  # somebody's own
        return
    lovelace.dashboards[URL_PATH] = SimulatedDashboard(hass, entry)
    async_register_built_in_panel(
        hass,
        LOVELACE,
        sidebar_title=entry.title,
        sidebar_icon=ICON,
        frontend_url_path=URL_PATH,
        config={"mode": MODE_YAML},
    )

    @callback
    def take_away() -> None:
        async_remove_panel(hass, URL_PATH)
        lovelace.dashboards.pop(URL_PATH, None)

    entry.async_on_unload(take_away)
