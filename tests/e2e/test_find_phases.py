"""Find the phases as an owner does it, in a real browser with the real frontend.

The search itself takes minutes of real time, and is walked to its end in
`tests/integration/test_find_phases.py`. Here it is shown, and ended early.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from demo.browser import Browser
from simulator.scenario import evening
from tests.e2e.conftest import OWNER, LiveIn
from tests.e2e.frontend import owner_at_screen

CHARGER = "Simulated charger 2"


async def has_simulated_home(
    browser: Browser, _devices: Mapping[str, Any], _: float
) -> None:
    """Make the simulated home: nothing else is there."""
    flow = await browser.add_integration("amp_guard")
    await flow.choose("demonstration")
    await flow.fill_in()


@pytest.mark.timeout(200)
async def test_a_search_is_shown_and_goes_on_by_hand(
    live_in: LiveIn, tmp_path: Path
) -> None:
    async with live_in(evening(), has_simulated_home) as home:
        url, browser = home.home_assistant.url, home.browser
        assert browser is not None
        async with owner_at_screen(tmp_path) as owner:
            await owner.sign_in(url, OWNER)
            await owner.reconfigure(url, "amp_guard", CHARGER)
            await owner.sees("Pick the charger's entities")
            await owner.submit()
            await owner.sees(CHARGER)
            await owner.submit()
            await owner.sees("What works")
            await owner.choose("Find the phases")
            await owner.reads("is lowered by 4 to 6 A and lifted again, twice")
            # Whatever ends it is told, and the phases can be set by hand.
            [entry] = await browser.command("config_entries/get", domain="amp_guard")
            await browser.command(
                "call_service",
                domain="homeassistant",
                service="reload_config_entry",
                service_data={"entry_id": entry["entry_id"]},
            )
            await owner.sees("The phases")
            await owner.reads("The search was ended")
            await owner.choose("Go on")
            await owner.sees(CHARGER)
