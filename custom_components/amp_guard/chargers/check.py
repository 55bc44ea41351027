"""What works of a charger, found without harm: nothing that it does is changed."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..model import ChargerReading, ChargerStatus
from .actions import ChargerActions, ChargerCommandError
from .charging_profile import Capabilities
from .config import ChargerConfig
from .driver import ChargerDriver
from .entities import ChargerEntities
from .ocpp_limit import ask_capabilities, refusal_of
from .own_offline_current import OwnOfflineCurrent
from .profile import ChargingProfileActions, FailSafe, Profile, Role
from .profiles import PROFILES
from .reading import can_pause, is_away, pause_of, read_charger, read_set_limit

CHANGES_ARE_COUNTED = 300.0
"""s. A charger that asks for more between two changes counts them."""


type Refusals = tuple[ChargerCommandError, ...]
type Tried = tuple[bool | None, Refusals]
"""Whether something works, None where it could not be tried, and why not."""
NOT_TRIED: Tried = (None, ())


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerCheck:
    """What a charger reports now, and whether it can be commanded.

    `state` is its state in its own word, None where nothing reports it. `is_settable`
    is whether its current can be set now, `can_pause` whether it can be paused, and
    `fail_safe` what it does when nothing is heard of Home Assistant; None is what could
    not be tried. `later` are the roles whose entities were disabled and are enabled now:
    they come within a minute. `refusals` say why it cannot be commanded.
    `own_offline_current` is what it keeps itself, where it says that.
    """

    reading: ChargerReading
    state: str | None
    is_settable: bool | None
    can_pause: bool | None
    fail_safe: FailSafe | None
    later: frozenset[Role] = frozenset()
    refusals: Refusals = ()
    own_offline_current: OwnOfflineCurrent | None = None

    @property
    def knows_state(self) -> bool:
        """Whether it is known if a car is there and charges."""
        return self.state is not None and self.reading.status not in (
            ChargerStatus.LOST,
            ChargerStatus.UNKNOWN,
        )


async def check_charger(
    hass: HomeAssistant, config: ChargerConfig, driver: ChargerDriver | None = None
) -> ChargerCheck:
    """Look at a charger as its driver would, and ask for the limit that it has.

    Where it is balanced already its `driver` knows more: what it has seen.
    """
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
        said: Capabilities | None = None
        if (uses := profile.charging_profiles) is not None:
            said, is_settable, refusals = await _ask(uses, actions, driver)
        else:
            is_settable, refusals = await _try_limit(profile, entities, actions, driver)
        can_be_paused: bool | None = can_pause(profile, entities)
        if not can_be_paused and not refusals:
            refusals = (ChargerCommandError("charger_cannot_pause"),)
        if profile.limit_role is None and pause_of(profile, entities) is None:
            can_be_paused = is_settable  # it is a limit of 0 A, sent in the same way
        return ChargerCheck(
            reading=reading,
            state=next((value for value in values if value is not None), None),
            is_settable=is_settable,
            can_pause=can_be_paused,
            fail_safe=_fail_safe(profile, is_settable, driver),
            later=frozenset(role for role in Role if entities.is_coming(role)),
            refusals=refusals,
            own_offline_current=OwnOfflineCurrent.read(
                None if said is None else said.own_offline_current
            ),
        )
    finally:
        entities.stop()


async def _ask(
    uses: ChargingProfileActions, actions: ChargerActions, driver: ChargerDriver | None
) -> tuple[Capabilities | None, bool | None, Refusals]:
    """Ask a charge point what it takes; whether it takes it, only a car shows."""
    try:
        said = await ask_capabilities(actions, uses)
    except ChargerCommandError as error:
        return None, False, (error,)
    if (refusal := refusal_of(said or Capabilities())) is not None:
        return said, False, (refusal,)
    return said, *_as_seen(driver)


async def _try_limit(
    profile: Profile,
    entities: ChargerEntities,
    actions: ChargerActions,
    driver: ChargerDriver | None,
) -> Tried:
    """Try whether its current can be set, by what changes nothing."""
    if (role := profile.limit_role) is None:
        return _as_seen(driver)
    if entities.state(role) is None:
        return False, (ChargerCommandError("charger_unavailable"),)
    limit = read_set_limit(profile, entities)
    # What is not known, or not in force, would be changed by asking for it; a car that
    # is elsewhere, or a charger whose changes are counted, is left alone.
    if limit is None or Role.LIMIT_IN_FORCE in entities or is_away(entities):
        return _as_seen(driver)
    if profile.raise_interval > CHANGES_ARE_COUNTED:
        return _as_seen(driver)
    try:
        answered = await actions.try_out(profile.set_limit, limit)
    except ChargerCommandError as error:
        return False, (error,)
    return (True, ()) if answered else _as_seen(driver)


def _as_seen(driver: ChargerDriver | None) -> Tried:
    """Return what was seen of its limits while it was balanced: some refuse silently."""
    if driver is None:
        return NOT_TRIED
    if (heeded := driver.is_heeded) is False:
        return False, (ChargerCommandError("charger_heeds_no_limit"),)
    return heeded, ()


def _fail_safe(
    profile: Profile, is_settable: bool | None, driver: ChargerDriver | None
) -> FailSafe | None:
    """Return what it does when nothing is heard, None where that was not tried."""
    if profile.fail_safe is not FailSafe.EXPIRING_LIMIT:
        return profile.fail_safe
    if is_settable is None:
        return None
    if not is_settable:
        return FailSafe.NONE
    return profile.fail_safe if driver is None else driver.fail_safe
