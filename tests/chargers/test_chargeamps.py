"""What Charge Amps' cloud has of its own: modes that are its owner's, and few requests."""

import pytest

from custom_components.amp_guard.chargers.pauses import BUSY_PAUSE_OF_CUT

from .contracts import CONTRACTS, set_value

AURA = next(c for c in CONTRACTS if c.profile == "chargeamps")
LIMIT = "chargeamps_1234567_1_max_current"
ENABLE, SCHEDULE = "chargeamps_1234567_1_enable", "chargeamps_1234567_1_schedule"


@pytest.mark.parametrize(
    ("enabled", "scheduled"), [("off", "off"), ("on", "on"), ("on", "off")]
)
async def test_the_owners_mode_is_left_alone(
    charger_of, later, enabled: str, scheduled: str
) -> None:
    """*On* after a pause of ours would end a schedule, or what its owner switched off."""
    charger = charger_of(AURA)
    charger.set(ENABLE, enabled)
    charger.set(SCHEDULE, scheduled)
    await charger.driver.start()

    for current in (10.0, 0.0, 16.0, 0.0, 8.0):
        await charger.order(current)
        await later(60.0)

    assert {name for name, _ in charger.taken()} == {"number.set_value"}
    assert (charger.state(ENABLE), charger.state(SCHEDULE)) == (enabled, scheduled)
    assert charger.driver.read().user_limit is None


async def test_a_cloud_that_was_asked_too_often_is_left_alone(
    charger_of, later
) -> None:
    charger = charger_of(AURA)
    await charger.driver.start()
    charger.refusal = "429, message='Too Many Requests'"
    await charger.order(0.0)
    assert charger.taken() == [set_value(LIMIT, 0)]

    await later(BUSY_PAUSE_OF_CUT - 1.0)
    assert charger.taken() == []
    charger.refusal = None
    await later(2.0)
    assert charger.taken() == [set_value(LIMIT, 0)]
    assert charger.driver.read().limit == 0.0
