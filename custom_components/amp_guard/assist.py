"""Assist: "why is the garage not charging?" is answered in words.

What Home Assistant itself answers to a question about a state is the bare state, such as
`no_room`, in any language. So these sentences are listened for as those of an automation
are, in all languages of the translations, and before it: each by the names of the chargers,
so that no other question is taken. The one about the reason is its own, as it is asked for
the sensor of that name.
"""

from collections.abc import Iterable, Mapping
import logging
import re
from typing import Any

from homeassistant.const import CONF_PLATFORM
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.trigger import (
    async_initialize_triggers,
    async_validate_trigger_config,
)

from .const import DOMAIN, SUBENTRY_CHARGER, AmpGuardConfigEntry
from .loop.state import SiteState
from .model import SUPPLY_ID
from .rights import require_sight
from .site.devices import device_of

_LOGGER = logging.getLogger(__name__)

CONVERSATION = "conversation"
CARS = "(car|bilen|elbilen|auto)"
"""What is meant by all chargers."""
SENTENCES = (
    "why (is|isn't|is not) [the|my] {charger} [not] charging [faster]",
    "why (does|doesn't|does not) [the|my] {charger} [not] charge [faster]",
    "what is [the|my] {charger} waiting for",
    "what is [the state of] [the|my] {charger} reason",
    "what is the reason (for|of) [the|my] {charger}",
    "varför laddar [inte] {charger} [inte] [snabbare|fortare]",
    "vad väntar {charger} på",
    "vad är {charger} orsak",
    "vad är orsaken (för|till) {charger}",
    "hvorfor (lader|oplader) [ikke] {charger} [ikke] [raskere|fortere|hurtigere]",
    "(hva|hvad) venter {charger} på",
    "(hva|hvad) er {charger} (årsak|årsag)",
    "(hva|hvad) er (årsaken|årsagen) (for|til) {charger}",
    "miksi {charger} (ei lataa|lataa) [nopeammin|hitaasti]",
    "mitä {charger} odottaa",
    "mikä on {charger} syy",
    "warum lädt [der|die|das] {charger} [nicht|so] [schneller|langsam]",
    "worauf wartet [der|die|das] {charger}",
    "was ist [der|die|das] {charger} grund",
    "was ist der grund für [den|die|das] {charger}",
    "waarom laadt [de|het] {charger} [niet|zo] [sneller|langzaam]",
    "waar wacht [de|het] {charger} op",
    "wat is [de|het] {charger} reden",
    "wat is de reden voor [de|het] {charger}",
)
"""In the order of the translations; see hassil for how they are written."""


async def listen(hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
    """Answer what is asked about the chargers of a supply, while it is set up."""
    names = {
        charger.subentry_id: _names(hass, entry, charger.subentry_id)
        for charger in entry.get_subentries_of_type(SUBENTRY_CHARGER)
    }
    spoken = sorted({name for each in names.values() for name in each})
    if not spoken or CONVERSATION not in hass.config.components:
        return

    async def answer(asked: Mapping[str, Any], _: Context | None = None) -> Any:  # noqa: ANN401 - what a script gives
        question = asked["trigger"]["user_input"]
        context = Context(user_id=question["context"]["user_id"])
        try:
            await require_sight(hass, context, entry)
        except Unauthorized:
            return None
        sentence = f" {_spoken(question['text'])} "
        meant = [
            charger
            for charger, known in names.items()
            if any(f" {name} " in sentence for name in known)
        ]
        words = await _words(
            hass, entry, meant or names, question["language"] or hass.config.language
        )
        return ScriptRunResult(
            conversation_response=words, service_response=None, variables={}
        )

    commands = [
        sentence.replace("{charger}", f"({CARS}|{'|'.join(spoken)})")
        for sentence in SENTENCES
    ]
    triggers = await async_validate_trigger_config(
        hass, [{CONF_PLATFORM: CONVERSATION, "command": commands}]
    )
    stop = await async_initialize_triggers(
        hass, triggers, answer, DOMAIN, entry.title, _log
    )
    if stop is not None:
        entry.async_on_unload(stop)


async def _words(
    hass: HomeAssistant,
    entry: AmpGuardConfigEntry,
    chargers: Iterable[str],
    language: str,
) -> str:
    """Return why each charger has what it has, in a sentence each."""
    state = entry.runtime_data.state
    if state is None:
        texts = await async_get_translations(hass, language, "exceptions", [DOMAIN])
        return texts[f"component.{DOMAIN}.exceptions.nothing_decided.message"]
    texts = await async_get_translations(hass, language, "entity", [DOMAIN])
    return " ".join(
        f"{entry.subentries[charger].title}: {_why(entry, state, charger, texts)}."
        for charger in chargers
        if charger in state.decision.allocations
    )


def _why(
    entry: AmpGuardConfigEntry,
    state: SiteState,
    charger: str,
    texts: Mapping[str, str],
) -> str:
    reason = state.decision.allocations[charger].reason
    why = texts[f"component.{DOMAIN}.entity.sensor.reason.state.{reason.value}"]
    names = {SUPPLY_ID: entry.title} | {
        id_: part.title for id_, part in entry.subentries.items()
    }
    where = (names.get(told, told) for told in state.limited_by(charger).values())
    return f"{why} ({', '.join(where)})" if state.limited_by(charger) else why


def _names(hass: HomeAssistant, entry: AmpGuardConfigEntry, charger: str) -> set[str]:
    """Return what a charger is called, as it is spoken."""
    device = device_of(hass, entry, charger)
    called = (entry.subentries[charger].title, device and device.name_by_user)
    return {spoken for name in called if name and (spoken := _spoken(name))}


def _spoken(text: str) -> str:
    """Return a text without what is not spoken, nor means something in a sentence."""
    return " ".join(re.findall(r"\w+(?:'\w+)*", text.casefold().replace("’", "'")))


def _log(level: int, message: str, **about: Any) -> None:
    """Log what goes wrong; that it listens is no news."""
    if level > logging.INFO:
        _LOGGER.log(level, message, **about)
