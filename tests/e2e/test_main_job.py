"""The main job: a household's evening under its main fuse.

Every figure is the simulator's own record of what truly flowed.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bench.replay import read_recording, replay
from demo.browser import Browser
from demo.set_up import set_up
from simulator.scenario import evening
from simulator.site import Addresses, Site
from tests.e2e.conftest import LiveIn

EVENING = 180.0
"""s, after set-up. The oven, the pump and the kettle all come on within it."""
HALF_A_MINUTE_AT_6_A = 3 * 230 * 6.0 * 30 / 3600 / 1000
"""kWh. The least that either car gets, though one of them may have to pause."""


async def unattended(seconds: float) -> dict[str, Any]:
    """Return the figures of the same evening with nobody in charge, as fast as can be.

    Each charger then stays at the 6 A with which it wakes.
    """
    site = Site(evening(), Addresses(), speed=1e6)
    await site.run(seconds)
    return site.judge.figures


@pytest.mark.timeout(400)
async def test_an_evening_under_the_main_fuse(live_in: LiveIn, tmp_path: Path) -> None:
    downloaded = tmp_path / "diagnostics.json"

    async def set_up_and_stay(browser: Browser, *devices: Any) -> None:
        await set_up(browser, *devices)
        await asyncio.sleep(EVENING)
        downloaded.write_text(json.dumps(await browser.diagnostics("amp_guard")))

    async with live_in(evening(), set_up_and_stay) as home:
        pass

    figures = home.figures
    assert figures["seconds"] > EVENING
    assert figures["supply_max_current"] == 25.0

    # The job was there to be done: nobody could foresee what came on.
    missed = await unattended(figures["seconds"])
    assert missed["overload"]["longest"] > 20.0
    assert figures["peak_current"] > 25.0

    assert figures["fuse"]["trips"] == 0
    assert figures["fuse"]["heat_max"] < 1.25
    assert figures["overload"]["longest"] <= 6.0
    assert figures["overload"]["seconds"] < missed["overload"]["seconds"] / 3
    assert figures["overload"]["amp_seconds"] < missed["overload"]["amp_seconds"] / 2

    assert set(figures["cars"]) == {"garage car", "carport car"}
    for car in figures["cars"].values():
        assert car["energy_kwh"] >= HALF_A_MINUTE_AT_6_A
    for commands in figures["commands"].values():
        assert 1 <= commands <= 20

    # What was decided can be decided again, byte for byte.
    turns = list(replay(read_recording(downloaded)))
    assert turns[-1].now - turns[0].now > EVENING - 10.0
    assert all(turn.same for turn in turns)
