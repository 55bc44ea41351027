"""What everybody sees: the dashboard that the integration brings, and the energy pages."""

from .browser import Browser
from .entities import Entities

TITLE = "Amp Guard"
DASHBOARD = "amp-guard"


async def make_dashboard(browser: Browser) -> None:
    """Make the integration's own dashboard the one that is seen first."""
    await browser.command(
        "lovelace/dashboards/create",
        url_path=DASHBOARD,
        title=TITLE,
        icon="mdi:transmission-tower",
    )
    await browser.command(
        "lovelace/config/save",
        url_path=DASHBOARD,
        config={"strategy": {"type": "custom:amp-guard"}},
    )
    await browser.command(
        "frontend/set_system_data", key="core", value={"default_panel": DASHBOARD}
    )


async def fill_energy_pages(browser: Browser, entities: Entities) -> None:
    """Show the property and each charger on Home Assistant's own energy pages."""
    [imported] = entities.of_meter("total_energy_import")
    [exported] = entities.of_meter("total_energy_export")
    [power] = entities.of_meter("total_power")
    grid = {
        "type": "grid",
        "stat_energy_from": imported,
        "stat_energy_to": exported,
        "power_config": {"stat_rate": power},
        "cost_adjustment_day": 0,
    }
    chargers = [
        {
            "stat_consumption": charger["energy"],
            "stat_rate": charger["charging_power"],
            "name": charger.name,
        }
        for charger in entities.chargers
    ]
    await browser.command(
        "energy/save_prefs", energy_sources=[grid], device_consumption=chargers
    )
