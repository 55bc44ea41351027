"""What a charger's entities show, as a reading of the model."""

from collections.abc import Mapping
import math

from homeassistant.components.number import ATTR_MAX
from homeassistant.const import (
    STATE_HOME,
    STATE_UNKNOWN,
    UnitOfElectricCurrent,
    UnitOfPower,
)
from homeassistant.util.unit_conversion import ElectricCurrentConverter, PowerConverter

from ..const import NOMINAL_VOLTAGE
from ..model import (
    MINIMUM_SIGNALLED_CURRENT,
    NO_CURRENT,
    ChargerReading,
    ChargerStatus,
    PhaseValues,
)
from .entities import ChargerEntities
from .profile import CURRENT_ROLES, Pause, Profile, Role

LARGEST_CURRENT = 100.0
"""A. No AC charger draws more; more is a wrong unit or a broken sensor."""

DRAWING = 1.0
"""A above which a car charges, and is no standby, where the charger has no state."""

MISSED_REPORTS = 3
"""Reports that a charging charger may miss before what it draws is not known. It may
be well and draw the same: an equal state is not passed on by `mqtt`, `template` and
most integrations that push."""


def read_charger(
    profile: Profile,
    entities: ChargerEntities,
    *,
    phases: int,
    states: Mapping[str, ChargerStatus],
    now: float,
) -> ChargerReading:
    """Return what a charger wired to `phases` phases shows at loop time `now`.

    `states` are the user's own words for the state sensor, before the profile's.
    """
    current, current_time = _read_current(entities, phases)
    status = _read_status(profile, entities, states, current)
    if status is ChargerStatus.LOST:
        return ChargerReading(status=status)
    if status is ChargerStatus.CHARGING:
        silent = _is_silent(profile, entities, now)
        if silent or (profile.zero_is_unknown and current == NO_CURRENT):
            current = current_time = None
    return ChargerReading(
        status=status,
        current=current,
        current_time=current_time,
        limit=read_limit(profile, entities),
        socket_current=read_amperes(entities, Role.SOCKET_CURRENT),
    )


def read_phases_set(profile: Profile, entities: ChargerEntities) -> int | None:
    """Return how many phases a charger shows that it is set to use, if it does."""
    if profile.phases is None:
        return None
    if profile.phases.shown:
        return profile.phases.shown.get(entities.value(Role.PHASES) or "")
    count = read_number(entities, Role.PHASES)
    return None if count is None else int(count)


def read_number(entities: ChargerEntities, role: Role) -> float | None:
    """Return a role's value as a number, None where it is none."""
    try:
        number = float(entities.value(role) or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def read_limit(profile: Profile, entities: ChargerEntities) -> float | None:
    """Return the limit that the charger shows as in force, A; 0 while paused."""
    if is_paused(profile.pause, entities):
        return 0.0
    limit = (
        read_amperes(entities, Role.LIMIT_IN_FORCE)
        if Role.LIMIT_IN_FORCE in entities
        else read_set_limit(profile, entities)
    )
    if limit is None and _is_unset(profile, entities):
        limit = _read_most(entities)
    if limit is None:
        return None
    return limit if limit >= MINIMUM_SIGNALLED_CURRENT else 0.0


def read_set_limit(profile: Profile, entities: ChargerEntities) -> float | None:
    """Return the limit that is set, A, None where none is, or it is not known."""
    limit = read_amperes(entities, Role.LIMIT)
    return None if limit in (profile.unknown_limit, profile.unset_limit) else limit


def _is_unset(profile: Profile, entities: ChargerEntities) -> bool:
    """Whether no limit is set, and its own maximum is in force."""
    limit = read_amperes(entities, Role.LIMIT)
    return limit is not None and limit == profile.unset_limit


def _read_most(entities: ChargerEntities) -> float | None:
    """Return the most that the limit can be set to, A, None where it is not known."""
    state = entities.state(Role.LIMIT)
    most = None if state is None else state.attributes.get(ATTR_MAX)
    if not isinstance(most, int | float):
        return None
    return to_amperes(most, entities.unit(Role.LIMIT))


def is_paused(pause: Pause | None, entities: ChargerEntities) -> bool:
    """Whether the entity that pauses shows a pause."""
    if pause is None or pause.role is None:
        return False
    return entities.value(pause.role) in pause.paused


def pause_of(profile: Profile, entities: ChargerEntities) -> Pause | None:
    """Return how a charger pauses, None where only a limit of 0 A can do it."""
    pause = profile.pause
    if pause is None or pause.role is None or pause.role in entities:
        return pause
    return None


def takes_zero(entities: ChargerEntities) -> bool:
    """Whether the limit can be set to 0 A, as far as is known."""
    state = entities.state(Role.LIMIT)
    least = 0.0 if state is None else state.attributes.get("min")
    return not isinstance(least, int | float) or least <= 0.0


def can_pause(profile: Profile, entities: ChargerEntities) -> bool:
    """Whether charging can be stopped now."""
    pause = pause_of(profile, entities)
    if pause is None:
        return takes_zero(entities)
    if pause.role is not None:
        return entities.state(pause.role) is not None
    needed = (pause.stop.role, pause.resume.role)
    return all(role is None or role in entities for role in needed)


def is_away(entities: ChargerEntities) -> bool:
    """Whether it is a car that is known to be somewhere else."""
    place = entities.value(Role.LOCATION)
    return place not in (None, STATE_UNKNOWN, STATE_HOME)


def _read_status(
    profile: Profile,
    entities: ChargerEntities,
    states: Mapping[str, ChargerStatus],
    current: PhaseValues | None,
) -> ChargerStatus:
    if is_away(entities):
        return ChargerStatus.DISCONNECTED
    roles = [role for role in profile.statuses if role in entities]
    if all(entities.state(role) is None for role in (*roles, Role.LIMIT)):
        return ChargerStatus.LOST
    for role in roles:
        value = entities.value(role)
        if value is None:
            continue
        for statuses in (states, profile.statuses[role]):
            if (status := statuses.get(value.lower())) is not None:
                return status
    if roles or profile.entities:
        return ChargerStatus.UNKNOWN
    # The user has picked no state: a car may be there at any time.
    if current is not None and max(current) > DRAWING:
        return ChargerStatus.CHARGING
    return ChargerStatus.WAITING


def _is_silent(profile: Profile, entities: ChargerEntities, now: float) -> bool:
    newest = entities.newest_report()
    return newest is None or now - newest > MISSED_REPORTS * profile.report_interval


def _read_current(
    entities: ChargerEntities, phases: int
) -> tuple[PhaseValues | None, float | None]:
    """Return A on the charger's L1, L2, L3 and when it last told of one of them.

    Integrations that push pass on only what changes: a phase that says nothing meanwhile is
    as it was, so that the two unused phases of a car do not make its draw old.
    """
    roles = [role for role in CURRENT_ROLES[:phases] if role in entities]
    if Role.CURRENT_L1 not in roles:
        return _current_from_power(entities, phases)
    amperes = [read_phase(entities, role) for role in roles]
    times = [entities.last_reported(role) for role in roles]
    known = [value for value in amperes if value is not None]
    if len(known) < len(roles):
        return _current_from_power(entities, phases)
    # A phase that the integration has no entity for is not there.
    padded = known + [0.0] * (3 - len(known))
    return PhaseValues(*padded), max((t for t in times if t is not None), default=None)


def read_phase(entities: ChargerEntities, role: Role) -> float | None:
    """Return A; nothing where the state, of which a phase is an attribute, is 0.

    At a session's end `ocpp` zeroes the state and leaves the attributes as they were.
    """
    state = entities.state(role)
    if state is not None and _is_zero(state.state):
        return 0.0
    return read_amperes(entities, role)


def _is_zero(state: str) -> bool:
    try:
        return float(state) == 0.0
    except ValueError:
        return False


def _current_from_power(
    entities: ChargerEntities, phases: int
) -> tuple[PhaseValues | None, float | None]:
    """Return the current where the total power shows which phases carry it."""
    power = read_amperes(entities, Role.POWER)
    if power is None or (phases > 1 and power > 0):
        return None, None
    return PhaseValues(power, 0.0, 0.0), entities.last_reported(Role.POWER)


def read_amperes(entities: ChargerEntities, role: Role) -> float | None:
    """Return a role's value in A by its unit, None where it is impossible.

    A power counts as the current that it is on one phase.
    """
    value = read_number(entities, role)
    if value is None:
        return None
    value = to_amperes(value, entities.unit(role))
    if not -DRAWING <= value <= LARGEST_CURRENT:
        return None
    return max(0.0, value)


def to_amperes(value: float, unit: str | None) -> float:
    """Return a value of that unit in A, a power as the current of one phase."""
    if unit in PowerConverter.VALID_UNITS:
        return PowerConverter.convert(value, unit, UnitOfPower.WATT) / NOMINAL_VOLTAGE
    if unit in ElectricCurrentConverter.VALID_UNITS:
        return ElectricCurrentConverter.convert(
            value, unit, UnitOfElectricCurrent.AMPERE
        )
    return value


def from_amperes(current: float, unit: str | None) -> float:
    """Return A in a unit of current; any other unit is taken for A."""
    if unit not in ElectricCurrentConverter.VALID_UNITS:
        return current
    return ElectricCurrentConverter.convert(current, UnitOfElectricCurrent.AMPERE, unit)
