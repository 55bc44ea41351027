"""Assist answers in words: the real conversation, asked in sentences."""

from homeassistant.components.conversation.agent_manager import async_converse
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.amp_guard.model import Reason

from .helpers import PlainCharger, Property, add_charger, device_id


@pytest.fixture
async def _conversation(hass: HomeAssistant) -> None:
    """Have Assist, as every Home Assistant has it."""
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def pair(
    hass: HomeAssistant,
    _conversation: None,
    entry: ConfigEntry,
    house: Property,
    chargers: dict[str, PlainCharger],
) -> dict[str, str]:
    """Two chargers, of which the left one is paused; their ids, by name."""
    left, right = chargers.values()
    ids = {}
    for charger in (left, right):
        ids[charger.name] = await add_charger(hass, entry, charger)
    right.says("disconnected")
    await house.passes(hass, 90, 1.0, 1.0, 1.0, cars=[left])
    await house.passes(hass, 20, 24.0, 1.0, 1.0, cars=[left])
    assert left.limit == 0
    return ids


async def ask(
    hass: HomeAssistant, text: str, language: str = "en", user: MockUser | None = None
) -> str:
    """Ask Assist; return what it says."""
    answer = await async_converse(
        hass, text, None, Context(user_id=user and user.id), language
    )
    return answer.response.speech["plain"]["speech"]


PAUSED = "Paused a moment ago, starts again soon"


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("Why is the left not charging?", "en", f"Left: {PAUSED}"),
        ("why isn't left charging", "en", f"Left: {PAUSED}"),
        ("What is Left waiting for?", "en", f"Left: {PAUSED}"),
        ("Varför laddar inte left?", "sv", "Left: Pausades nyss"),
        ("Warum lädt left nicht?", "de", "Left: "),
        ("Waarom laadt left niet?", "nl", "Left: "),
        ("Hvorfor lader left ikke?", "nb", "Left: "),
        ("Hvorfor oplader left ikke?", "da", "Left: "),
        ("Miksi left ei lataa?", "fi", "Left: "),
    ],
)
async def test_why_a_charger_does_not_charge_is_said_in_words(
    hass: HomeAssistant, pair: dict[str, str], question: str, language: str, said: str
) -> None:
    answer = await ask(hass, question, language)
    assert answer.startswith(said)
    assert "_" not in answer
    assert "Right" not in answer


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What is the state of Left Reason?", "en"),
        ("What is the Left Reason?", "en"),
        ("What is the reason for left?", "en"),
        ("Vad är left orsak?", "sv"),
        ("Hva er left årsak?", "nb"),
        ("Hvad er årsagen til left?", "da"),
        ("Mikä on left syy?", "fi"),
        ("Was ist der Grund für left?", "de"),
        ("Wat is de left reden?", "nl"),
    ],
)
async def test_the_sensor_of_the_reason_is_not_asked_for_its_bare_state(
    hass: HomeAssistant, pair: dict[str, str], question: str, language: str
) -> None:
    """Home Assistant's own answer is `minimum_off`, in all languages."""
    answer = await ask(hass, question, language)
    assert answer.startswith("Left: ")
    assert Reason.MINIMUM_OFF not in answer


async def test_a_charger_is_known_by_the_name_that_its_owner_gave_it(
    hass: HomeAssistant, entry: ConfigEntry, pair: dict[str, str]
) -> None:
    device = device_id(hass, entry, pair["left"])
    dr.async_get(hass).async_update_device(device, name_by_user="Anna's (old) garage")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    answer = await ask(hass, "Why is Anna's old garage not charging?")
    assert answer.startswith("Left: ")


async def test_of_the_car_all_are_told(
    hass: HomeAssistant, pair: dict[str, str]
) -> None:
    answer = await ask(hass, "Why is the car not charging?")
    assert answer == f"Left: {PAUSED}. Right: No car connected."


async def test_other_questions_are_left_to_others(
    hass: HomeAssistant, entry: ConfigEntry, pair: dict[str, str]
) -> None:
    assert PAUSED not in await ask(hass, "Why is my phone not charging?")
    await hass.config_entries.async_unload(entry.entry_id)
    assert "Left" not in await ask(hass, "Why is left not charging?")


async def test_who_may_not_read_is_told_nothing(
    hass: HomeAssistant, pair: dict[str, str]
) -> None:
    stranger = MockUser(groups=[]).add_to_hass(hass)
    assert "Left" not in await ask(hass, "Why is left not charging?", user=stranger)


async def test_it_says_so_where_nothing_is_decided(
    hass: HomeAssistant, pair: dict[str, str], entry: ConfigEntry, house: Property
) -> None:
    house.decisions.error = RuntimeError("a bug")
    await hass.config_entries.async_reload(entry.entry_id)
    assert "decided" in await ask(hass, "Why is left not charging?")
