"""What a charger profile is made of.

A profile is data: which entities of an integration play which part, which of their
states mean what, and which actions drive the charger. The driver reads it; nothing in
it is code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..model import MINIMUM_SIGNALLED_CURRENT, ChargerStatus

ANY_ENTITIES = "any_entities"
"""The profile whose entities the user picks."""


ASK_INTERVAL = 3.0
"""s between two times that an integration is asked anew while it matters."""
PHASE_TIME = 30.0
"""s that it takes to set one to one phase or to all: nobody tells, so twice what
contactors and a car's control pilot need."""
SETTLING_REPORTS = 2
"""Reports after a command that may still say what was before it."""


class Role(StrEnum):
    """The part that an entity plays for the driver."""

    LIMIT = "limit"
    """The charging current that is set, A."""
    LIMIT_IN_FORCE = "limit_in_force"
    """The limit that the charger shows as in force, where `LIMIT` does not show it."""
    ENABLE = "enable"
    """Stops charging and lets it go on."""
    STOP = "stop"
    """Stops charging, where another one lets it go on."""
    RESUME = "resume"
    STATE = "state"
    CHARGING = "charging"
    """On while the car draws."""
    CONNECTED = "connected"
    """On while a car is plugged in."""
    CURRENT_L1 = "current_l1"
    """What the car draws on the charger's own L1: A, mA, or by its unit W or kW."""
    CURRENT_L2 = "current_l2"
    CURRENT_L3 = "current_l3"
    SOCKET_CURRENT = "socket_current"
    """What the ordinary outlet beside the connector draws."""
    POWER = "power"
    """What the car draws in all: W or kW."""
    LOCATION = "location"
    """Where a car is: only at home it is one of the property's."""
    CIRCUIT = "circuit"
    """What it shares with other chargers of its kind, where it names that."""
    TRANSACTION = "transaction"
    """The number of the OCPP transaction that runs."""
    VOLTAGE = "voltage"
    PHASES = "phases"
    """How many phases it is set to use."""
    RECONNECTS = "reconnects"
    """How often it connected anew: it may have forgotten what it was told."""


CURRENT_ROLES = (Role.CURRENT_L1, Role.CURRENT_L2, Role.CURRENT_L3)
DRIVING_ROLES = (Role.LIMIT, Role.ENABLE, Role.STATE, Role.CHARGING, Role.CONNECTED)
"""What commands a charger, and what shows its state."""


class FailSafe(StrEnum):
    """What keeps the site safe when Home Assistant dies."""

    EXPIRING_LIMIT = "expiring_limit"
    """A limit that is not renewed gives way to the offline limit by itself."""
    OWN_OFFLINE_LIMIT = "own_offline_limit"
    """The charger has an offline limit of its own, set in the charger by its owner."""
    NONE = "none"
    """It goes on at its last limit; only a clean stop leaves the offline limit."""


class Placeholder(StrEnum):
    """Stands in an action's arguments for what is filled in when it is sent."""

    CURRENT = "current"
    """A."""
    VALID_MINUTES = "valid_minutes"
    """Whole minutes, rounded up."""
    DEVICE_ID = "device_id"
    IDENTIFIER = "identifier"
    """What the integration calls the charger: see `Profile.identifier`."""
    CONNECTOR = "connector"
    CHARGING_PROFILE = "charging_profile"
    """An OCPP charging profile."""
    CONFIGURATION_KEY = "configuration_key"
    """The name of an OCPP configuration key ..."""
    CONFIGURATION_VALUE = "configuration_value"
    """... and what it is to be."""


type Argument = str | int | float | Placeholder


@dataclass(frozen=True, kw_only=True, slots=True)
class EntityMatch:
    """How an entity is recognised in the registry; its entity id plays no part.

    `unique_id` holds shell patterns, tried in order; `{connector}` stands for the
    number of the connector. One of `attributes`, in `unit`, is read in place of the
    state.
    """

    domain: str
    unique_id: tuple[str, ...]
    translation_key: str | None = None
    attributes: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownModel:
    """What is known of a model of charger: by shell patterns, upper or lower case.

    `max_current` (A) is proposed; `outlet` is the connector that is an ordinary socket.
    """

    model: str
    maker: str = "*"
    max_current: float | None = None
    outlet: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """An action with its arguments.

    With a `role` it is an action of that entity's own domain, aimed at the entity;
    otherwise `name` is the full name of an integration's action.
    """

    name: str
    role: Role | None = None
    data: Mapping[str, Argument] = field(default_factory=dict)


SET_LIMIT = Action(
    name="set_value", role=Role.LIMIT, data={"value": Placeholder.CURRENT}
)
TURN_ON = Action(name="turn_on", role=Role.ENABLE)
TURN_OFF = Action(name="turn_off", role=Role.ENABLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """How charging is stopped and let go on.

    `paused` are the states of `role` that mean paused. Where `limit_resumes`, a limit
    that is set while the entity does not show a pause ends one, so that only the
    entity's state decides whether `resume` is sent. Where `only_own`, the entity shows
    the same while a car waits for its own schedule: only who has paused it resumes it.
    Where `loses_limit`, a limit that is set during a pause may be ignored, and is set
    again after it.
    """

    stop: Action = TURN_OFF
    resume: Action = TURN_ON
    role: Role | None = Role.ENABLE
    paused: frozenset[str] = frozenset({"off"})
    limit_resumes: bool = False
    only_own: bool = False
    loses_limit: bool = False


BY_SWITCH = Pause()


@dataclass(frozen=True, kw_only=True, slots=True)
class CircuitActions:
    """The actions by which the circuit of a charger is told a limit that ends.

    `set_limit` is valid for a time, in whole `step` s (0: for good), after which
    `set_offline_limit` is in force. `set_own_limit` limits one of several chargers that
    share the circuit.
    """

    set_limit: Action
    set_offline_limit: Action
    set_own_limit: Action
    step: float = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargingProfileActions:
    """The actions by which an OCPP charge point is told charging profiles.

    `configure` writes a key. `ask_all` answers with all its configuration keys, `ask_one` with a key's value;
    `read` has it tell what its meter reads. A profile may say on how many phases: within
    `phase_time` s a charge point that can is set to that.
    """

    set_profile: Action
    clear: Action
    ask_all: Action
    ask_one: Action
    configure: Action
    read: Action
    phase_time: float = PHASE_TIME


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseActions:
    """The actions by which a charger is set to use one phase, its own L1, or all.

    `shown` is what the states of the entity `PHASES` mean; where it is empty they are
    the number itself. In a state of `never` it cannot be set at all. `time` is how long
    (s) it takes.
    """

    use_one: Action
    use_all: Action
    shown: Mapping[str, int] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    time: float = PHASE_TIME


PHASES_BY_SWITCH = PhaseActions(
    use_one=Action(name="turn_on", role=Role.PHASES),
    use_all=Action(name="turn_off", role=Role.PHASES),
    shown={"on": 1, "off": 3},
)


def phases_by_select(
    one: str, all_: str, *may_use_all: str, never: frozenset[str] = frozenset()
) -> PhaseActions:
    """Return how a select's options `one` and `all_` set it.

    With `may_use_all` the charger chooses itself: it counts as one that uses all.
    """
    return PhaseActions(
        use_one=_select_phases(one),
        use_all=_select_phases(all_),
        shown={one: 1, **dict.fromkeys((all_, *may_use_all), 3)},
        never=never,
    )


def _select_phases(option: str) -> Action:
    return Action(name="select_option", role=Role.PHASES, data={"option": option})


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """How the chargers of one integration are read and driven.

    `models` narrows the integration's devices, `known_models` says more of some; unless
    it `makes_only_chargers`, others may be meters.
    `identifier` is a regular expression for the
    device's identifier; its groups `identifier` and `connector` fill in arguments.
    `statuses` gives for each role what its states mean, the one that decides first.
    `pause` is None where a limit of 0 A pauses. Where there are `charging_profiles`, or
    the actions of its `circuit`, it is limited by these, and not by `set_limit`.
    `phases` sets how many phases it uses, None where that is not known to be possible.

    Currents in A, times in s: `command_lag` until the car has followed,
    `raise_interval` the least time from a write to a raise (IEC 61851 lets the signal
    change each 5 s; longer where writing wears or is counted), `report_interval` within
    which a charging charger reports. Where `refresh_after_command`, a reading is
    cheap and asked for when the car has followed; `refresh_interval` is how often one
    is asked for while a car is there (None: the integration's own schedule will do).
    `ask_interval` lies at least between two times that one is asked for because it
    matters: each costs a cloud that counts requests all of its integration's.
    `zero_is_unknown`: 0 A on all phases of a charging charger is no measurement.
    `unknown_limit` is the limit (A) that is shown where it is not known, `unset_limit`
    where none is set: the most that can be is in force then. `settles` is for how long (s) after a command it may show what was before, where that is not a
    matter of its reports but pushed. `falls_back_on_one_phase`: what it uses when it is
    not reached is on its offline phase alone. No fail-safe that is driven here does that:
    an Easee's offline limit, an OCPP profile and a KEBA's failsafe are one current for
    all phases, and a charger without one goes on with all of them.
    """

    name: str
    integration: str
    entities: Mapping[Role, EntityMatch]
    statuses: Mapping[Role, Mapping[str, ChargerStatus]]
    set_limit: Action = SET_LIMIT
    pause: Pause | None = None
    circuit: CircuitActions | None = None
    charging_profiles: ChargingProfileActions | None = None
    phases: PhaseActions | None = None
    fail_safe: FailSafe = FailSafe.NONE
    makes_only_chargers: bool = True
    models: frozenset[str] | None = None
    known_models: tuple[KnownModel, ...] = ()
    identifier: str = "(?P<identifier>.+)"
    min_current: float = MINIMUM_SIGNALLED_CURRENT
    max_current: float = 32.0
    resolution: float = 1.0
    command_lag: float = 5.0
    raise_interval: float = 5.0
    refresh_after_command: bool = False
    refresh_interval: float | None = None
    ask_interval: float = ASK_INTERVAL
    report_interval: float = 30.0
    zero_is_unknown: bool = False
    unknown_limit: float | None = None
    unset_limit: float | None = None
    settles: float | None = None
    falls_back_on_one_phase: bool = False

    @property
    def settling_time(self) -> float:
        """For how long in s after a command what it shows may be of before it."""
        reports = SETTLING_REPORTS * self.report_interval
        return reports if self.settles is None else self.settles

    @property
    def limit_role(self) -> Role | None:
        """The entity that its limit is set by, None where an action takes it."""
        by_others = self.charging_profiles or self.circuit
        return None if by_others else self.set_limit.role

    @property
    def needed_roles(self) -> tuple[Role, ...]:
        """What commands it, and what shows its state: it is not driven without."""
        state = next(iter(self.statuses))
        return (self.limit_role, state) if self.limit_role else (state,)

    @property
    def phase_time(self) -> float | None:
        """The s that it takes to set how many phases it uses, None where it cannot be."""
        if self.charging_profiles is not None:
            return self.charging_profiles.phase_time
        return None if self.phases is None else self.phases.time

    @property
    def has_connectors(self) -> bool:
        """Whether one device has several connectors, each a charger of its own."""
        return any(
            "{connector}" in pattern
            for match in self.entities.values()
            for pattern in match.unique_id
        )


def entity(
    domain: str,
    *unique_id: str,
    key: str | None = None,
    attributes: tuple[str, ...] = (),
    unit: str | None = None,
) -> EntityMatch:
    """Return an EntityMatch: profiles read as tables."""
    return EntityMatch(
        domain=domain,
        unique_id=unique_id,
        translation_key=key,
        attributes=attributes,
        unit=unit,
    )
