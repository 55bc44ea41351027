"""What works of a charger, found without harm: nothing that it does is changed."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..model import ChargerReading, ChargerStatus
from .actions import ChargerActions, ChargerCommandError
from .charging_profile import Capabilities
from .config import ChargerConfig
from .entities import ChargerEntities
from .ocpp_limit import ask_capabilities, refusal_of
from .profile import FailSafe, Profile, Role
from .profiles import PROFILES
from .reading import can_pause, is_away, read_charger, read_set_limit

CHANGES_ARE_COUNTED = 300.0
"""s. A charger that asks for more between two changes counts them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerCheck:
    """What a charger reports now, and whether it can be commanded.

    `state` is its state in its own word, None where nothing reports it. `is_settable`
    is whether its current can be set now, `can_pause` whether it can be paused, and
    `fail_safe` what it does when nothing is heard of Home Assistant. `later` are the
    roles whose entities were disabled and are enabled now: they come within a minute.
    `refusals` say why it cannot be commanded.
    """

    reading: ChargerReading
    state: str | None
    is_settable: bool
    can_pause: bool
    fail_safe: FailSafe
    later: frozenset[Role] = frozenset()
    refusals: tuple[ChargerCommandError, ...] = ()

    @property
    def knows_state(self) -> bool:
        """Whether it is known if a car is there and charges."""
        return self.state is not None and self.reading.status not in (
            ChargerStatus.LOST,
            ChargerStatus.UNKNOWN,
        )


async def check_charger(hass: HomeAssistant, config: ChargerConfig) -> ChargerCheck:
    """Look at a charger as its driver would, and ask for the limit that it has."""
    profile = PROFILES[config.profile]
    entities = ChargerEntities.of(hass, config)
    actions = ChargerActions(hass, profile, config, entities)
    entities.start()
    entities.enable()
    try:
        reading = read_charger(
            profile,
            entities,
            phases=len(config.wiring),
            states={
                word.lower(): ChargerStatus(status)
                for word, status in config.states.items()
            },
            now=hass.loop.time(),
        )
        values = [entities.value(role) for role in profile.statuses]
        refusal = await _refusal(profile, entities, actions)
        can_be_paused = can_pause(profile, entities)
        refusals = [] if refusal is None else [refusal]
        if refusal is None and not can_be_paused:
            refusals = [ChargerCommandError("charger_cannot_pause")]
        by_profiles = profile.charging_profiles is not None
        return ChargerCheck(
            reading=reading,
            state=next((value for value in values if value is not None), None),
            is_settable=refusal is None,
            can_pause=can_be_paused and not (by_profiles and refusal),
            fail_safe=FailSafe.NONE if by_profiles and refusal else profile.fail_safe,
            later=frozenset(role for role in Role if entities.is_coming(role)),
            refusals=tuple(refusals),
        )
    finally:
        entities.stop()


async def _refusal(
    profile: Profile, entities: ChargerEntities, actions: ChargerActions
) -> ChargerCommandError | None:
    """Return why its current cannot be set, None where it can be, as far as is known."""
    if (uses := profile.charging_profiles) is not None:
        try:
            answered = await ask_capabilities(actions, uses)
        except ChargerCommandError as error:
            return error
        return refusal_of(answered or Capabilities())
    if (role := profile.limit_role) is None:
        return None
    if entities.state(role) is None:
        return ChargerCommandError("charger_unavailable")
    limit = read_set_limit(profile, entities)
    # What is not known, or not in force, would be changed by asking for it; a car that
    # is elsewhere, or a charger whose changes are counted, is left alone.
    if limit is None or Role.LIMIT_IN_FORCE in entities or is_away(entities):
        return None
    if profile.raise_interval > CHANGES_ARE_COUNTED:
        return None
    try:
        await actions.try_out(profile.set_limit, limit)
    except ChargerCommandError as error:
        return error
    return None
