"""The main job: a household's evening under its main fuse.

Every figure is the simulator's own record of what truly flowed.
"""

from typing import Any

import pytest

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
async def test_an_evening_under_the_main_fuse(live_in: LiveIn) -> None:
    async with live_in(evening()) as home:
        await home.live(EVENING)

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
