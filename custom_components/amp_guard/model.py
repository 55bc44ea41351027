"""The words that all rooms share: what is measured, limited, decided.

Pure data, shared with the simulator too. Currents are in ampere, power
in watt, energy in watt hours, time in seconds of one monotonic clock that the caller
chooses. Nothing here computes a decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple

MINIMUM_SIGNALLED_CURRENT = 6.0
"""A. IEC 61851-1: the least current that a charger can signal to a car."""

SUPPLY_ID = "supply"
"""The root of every tree of limits: the main fuse, where the meter sits."""


UNBALANCE_ID = "unbalance"
"""The limit of the difference between phases."""


class Phase(IntEnum):
    """A phase of the supply; also the index into `PhaseValues`."""

    L1 = 0
    L2 = 1
    L3 = 2


class PhaseValues(NamedTuple):
    """One figure for each phase; the docstring of the user says its unit."""

    l1: float
    l2: float
    l3: float


NO_CURRENT = PhaseValues(0.0, 0.0, 0.0)


class FuseType(StrEnum):
    """What protects the supply."""

    GG = "gg"
    """Fuse of class gG, IEC 60269-1: carries a short overload by its heat."""
    BREAKER = "breaker"
    """Miniature circuit breaker, IEC 60898-1: no overload is planned on it."""


class EarthingSystem(StrEnum):
    """How the supply is earthed (IEC 60364-1), and so what a load hangs between."""

    TN = "tn"
    """230/400 V with neutral: a one-phase load uses one phase."""
    IT = "it"
    """230 V between lines, no neutral: a one-phase load uses two lines."""


class BalancerType(StrEnum):
    """How chargers of one priority share what there is."""

    FAIR_SHARE = "fair_share"
    PRIORITY_ORDER = "priority_order"
    FIRST_COME = "first_come"


class PhaseMode(StrEnum):
    """How many phases its owner lets a charger that can switch them charge on."""

    AUTOMATIC = "automatic"
    """All that it is wired to; one while all of them do not fit."""
    ONE = "one"
    ALL = "all"


class ChargerStatus(StrEnum):
    """What a charger says of itself, in the words every integration maps to.

    Each is *known*, but for two: UNKNOWN, where the worst is assumed of it, and LOST,
    which says nothing of what it does but that no command reaches it.
    """

    DISCONNECTED = "disconnected"
    """No car is connected: it draws nothing, and nothing is kept free for it."""
    WAITING = "waiting"
    """A car is connected and would charge, but draws nothing."""
    CHARGING = "charging"
    FULL = "full"
    """A car is connected and does not want to charge."""
    FAULT = "fault"
    UNKNOWN = "unknown"
    """Can be commanded, but its state says nothing that is understood. A car may be
    there: it is taken to draw its limit, else what it may hold, else its maximum."""
    LOST = "lost"
    """Cannot be commanded now: its entities are gone or unavailable. What it is allocated
    stands as an order until it arrives; what it may hold is kept free. A charger that is
    but silent is not lost: what it draws is not known, its status stays."""


class Reason(StrEnum):
    """Why a charger was allocated its current. A closed list; each is translated."""

    INACTIVE = "inactive"
    """Balancing of its group is switched off: it is left alone."""
    NOT_CONNECTED = "not_connected"
    NOT_WANTED = "not_wanted"
    """The car is full or does not ask."""
    FULL_CURRENT = "full_current"
    """Its own maximum: nothing limits it."""
    SHARED = "shared"
    """Its fair share of a node's phase."""
    OVERLOAD = "overload"
    """Cut, because a node's phase is, or would be, above its limit."""
    NO_ROOM = "no_room"
    """Paused: its minimum does not fit."""
    WAITING_TURN = "waiting_turn"
    """Paused: others have their turn."""
    MINIMUM_OFF = "minimum_off"
    """Paused: it was paused a moment ago."""
    STARTS_SPENT = "starts_spent"
    """Paused: it was started too often in the last hour."""
    STAGGERED = "staggered"
    """Starts in a moment: another one has just started."""
    RAISE_HELD = "raise_held"
    """Could be allocated more, once the headroom has lasted."""
    PHASE_SWITCH = "phase_switch"
    """Paused while it is switched between one phase and all."""
    RELEASE_PENDING = "release_pending"
    """Waits until what another charger gave up is seen to be free."""
    RECLAIMED = "reclaimed"
    """The car draws less than it was allocated; the rest goes to others."""
    CEILING = "ceiling"
    """A temporary ceiling, or what a planner asks for."""
    POWER_WINDOW = "power_window"
    """The mean power of a quarter or an hour that a tariff counts."""
    GRID_OPERATOR = "grid_operator"
    """What the grid's operator allows for a while."""
    UNBALANCE = "unbalance"
    """The greatest difference between phases that the grid's operator allows."""
    SURPLUS = "surplus"
    """It charges with what would be exported."""
    USER_LIMIT = "user_limit"
    """A limit that the user or the charger's own app has set."""
    METER_STALE = "meter_stale"
    """No raise: the meter has been silent for too long."""
    METER_OFFLINE = "meter_offline"
    """The group's AG Offline maximum, shared."""
    CHARGER_LOST = "charger_lost"
    """Reserved for, because it cannot be commanded now."""
    NOT_FOLLOWING = "not_following"
    """Draws, or may hold, more than it was allocated; others make room."""


class MeterTrust(StrEnum):
    """What a node's measurements are worth now."""

    ABSENT = "absent"
    """The node has no meter: its limit is shared statically."""
    STARTING = "starting"
    """Too few good samples yet: nothing is raised."""
    ONLINE = "online"
    STALE = "stale"
    OFFLINE = "offline"


class Worth(StrEnum):
    """What one phase of a meter is worth."""

    MEASURED = "measured"
    BOUNDED = "bounded"
    """Not measured itself: the two other lines of an IT net bound it."""
    NOT_MEASURED = "not_measured"
    """What the meter shows of it is not what flows: its node counts as offline."""


class Doubt(StrEnum):
    """Why a phase of a meter is not believed. A closed list; each is translated."""

    NOT_SENT = "not_sent"
    """The meter sends nothing of it."""
    IMPOSSIBLE = "impossible"
    """It contradicts the two other lines of an IT net."""
    STANDS_STILL = "stands_still"
    """It did not answer when the chargers on it changed what they draw."""
    BELOW_CHARGERS = "below_chargers"
    """It shows less than the chargers on it draw, where nothing feeds in."""
    TURNED = "turned"
    """It falls when the chargers on it draw more: its current sensor is turned round."""
    SWAPPED = "swapped"
    """Another phase answers in its place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhaseWorth:
    """What a phase of a meter is worth, why, and since when (s).

    `on` is the phase that answers in its place, where it is swapped.
    """

    worth: Worth = Worth.MEASURED
    doubt: Doubt | None = None
    since: float | None = None
    on: Phase | None = None


MEASURED = PhaseWorth()


# --- the site: what is fixed until the owner changes it ---------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Supply:
    """The property's main fuse, with or without a meter at it.

    `supply_max_current` is the manual's Supply Max Current, A per phase. `generates`
    says whether something behind it feeds in (solar, wind, a battery): then a phase may
    show less than the chargers on it draw.
    """

    supply_max_current: float
    fuse_type: FuseType = FuseType.GG
    earthing_system: EarthingSystem = EarthingSystem.TN
    metered: bool = True
    generates: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A fuse below the supply, with the manual's load-balancing parameters.

    `parent` is `SUPPLY_ID` or another group's id. `max_current_online` and
    `max_current_offline` are the manual's Max Current Per Phase (AG Online / AG
    Offline), `min_current` its Min Current Per Phase, A. `phases` are those that take
    part, in their order. `chargers_included_in_measurements` says of the meter above
    (the group's own where `metered`, else the nearest one) whether it sees the group's
    chargers.
    """

    id: str
    parent: str = SUPPLY_ID
    phases: tuple[Phase, ...] = (Phase.L1, Phase.L2, Phase.L3)
    max_current_online: float
    max_current_offline: float
    min_current: float = MINIMUM_SIGNALLED_CURRENT
    chargers_included_in_measurements: bool = True
    metered: bool = False
    active: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Charger:
    """One connector that the balancer drives.

    `wiring` names the supply phase on the charger's own L1, L2 and L3 (one to three
    of them; in an IT net the lines it hangs between). Currents in A. `resolution` is
    the step in which its limit can be set. `priority` 1 is served first.
    `offline_current` is the manual's Load balancer offline current limit;
    `offline_phase` its offline phase (None: all the phases it is wired to).
    `command_lag` is the time in s from a command until the car has followed.
    `expiring_limit` says whether the charger falls back to `offline_current` by itself
    when it is no longer commanded. `socket_current` is kept free for the ordinary outlet
    beside the connector (the manual's Socket), which hangs on the charger's own L1; 0
    where there is none or it is switched off. One that does not take part (`active`) is
    left alone, and is part of the base load.

    `one_phase_choices` are the supply phases that it can use when it is set to one: none
    where it cannot be set, one where that is fixed (usually its own L1). `switch_time` is
    how long in s it takes to be set; `phase_mode` is its owner's choice.
    """

    id: str
    group: str
    wiring: tuple[Phase, ...] = (Phase.L1, Phase.L2, Phase.L3)
    min_current: float = MINIMUM_SIGNALLED_CURRENT
    max_current: float = 16.0
    resolution: float = 1.0
    priority: int = 1
    offline_current: float = MINIMUM_SIGNALLED_CURRENT
    offline_phase: Phase | None = None
    command_lag: float = 5.0
    expiring_limit: bool = False
    socket_current: float = 0.0
    active: bool = True
    one_phase_choices: tuple[Phase, ...] = ()
    switch_time: float = 30.0
    phase_mode: PhaseMode = PhaseMode.AUTOMATIC


@dataclass(frozen=True, kw_only=True, slots=True)
class PowerLimit:
    """A limit on what chargers draw together on all their phases, beside the fuses'.

    There is none until a `Ceiling` of its `id` says how many A, summed over the phases:
    the power in W over the voltage of a phase. `reason` is told where it binds.
    """

    id: str
    chargers: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """The whole tree of limits and what hangs in it.

    `unbalance` is what chargers may load a phase with together beyond what they load all
    phases with, A (None: any; an IT net has no such limit). `turn` is the time in s that
    a charger keeps its turn when not all fit; a home's is 30 min, an association's 15 min.
    """

    supply: Supply
    groups: tuple[Group, ...]
    chargers: tuple[Charger, ...]
    power_limits: tuple[PowerLimit, ...] = ()
    unbalance: float | None = None
    balancer_type: BalancerType = BalancerType.FAIR_SHARE
    turn: float = 1800.0


# --- the snapshot: what is known now -----------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """One sample of a meter: A per phase, signed (export is negative) if known.

    `measured` are the phases that the meter sends; another one reads 0. In a TN net that
    is a phase the property does not have, in an IT net a line that the two others bound.
    """

    time: float
    current: PhaseValues
    measured: tuple[Phase, ...] = tuple(Phase)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargerReading:
    """What a charger says of itself.

    `current` is A on the charger's own L1, L2, L3, sampled at `current_time`. None: not
    known, since it never reports it or has been silent for too long; then the meter
    alone tells, and where none does, it is taken to draw what it was commanded.
    `limit` is the limit that it says is in force, A (0 while paused). None: not known;
    then what it may hold counts. `user_limit` is a ceiling that the user has set there,
    A (None: none is). `socket_current` is what its outlet draws, A. None: not known,
    and taken to be nothing, so that all of it is kept free. `phases` is how many of its
    phases the car that is connected was seen to use before a restart (None: not known).
    `phases_set` is how many it says that it is set to use (None: it does not say, and is
    not switched), `switched_at` when it was told last to use another number, also before a
    restart (s; None: not known).
    """

    status: ChargerStatus
    current: PhaseValues | None = None
    current_time: float | None = None
    limit: float | None = None
    user_limit: float | None = None
    socket_current: float | None = None
    phases: int | None = None
    phases_set: int | None = None
    switched_at: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Commanded:
    """What became of what was allocated to a charger, on its way there; A per phase.

    `current` was sent last (None: nothing was yet). `may_hold` is the highest limit
    that may be in force (None: nothing is known): what is shown or was taken, and all
    that was sent and that nothing shows to be gone. `waits_until` is the time in s
    until which a newer allocation is held back (None: none is).
    """

    current: float | None = None
    may_hold: float | None = None
    waits_until: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ceiling:
    """A temporary limit on a node or on one charger, A per phase, until `expires`.

    Of a `PowerLimit` it is A summed over the phases.
    """

    target: str
    current: float
    expires: float
    reason: Reason = Reason.CEILING


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """All that is known at one moment.

    `measurements` holds the newest sample of each meter by the id of its node
    (`SUPPLY_ID` or a group's id); `chargers` the newest reading by charger id, and
    `commands` what became of its commands (one that is missing is taken to have been
    commanded all that it was allocated). `boosts` names the chargers that are served
    before all others, each until a time in s.
    """

    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    chargers: Mapping[str, ChargerReading] = field(default_factory=dict)
    commands: Mapping[str, Commanded] = field(default_factory=dict)
    ceilings: tuple[Ceiling, ...] = ()
    boosts: Mapping[str, float] = field(default_factory=dict)


# --- the decision: what is allocated, and why --------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Allocation:
    """What one charger is allocated.

    `current` is A per phase, 0 pauses. `send` says that the charger must be commanded
    now (the value is new, or it has not followed and is commanded again). `node` and
    `phase` limit it, where something does. `look_again` is the time at which the
    decision may change without new information. `valid_for` is how long in s the
    allocation may stand without being renewed (None: for ever, since it is no more than
    the offline limit or the charger's limits do not expire). `phases` are those that the
    charger is to be set to use (None: it stays as it is), only ever while it is paused.
    """

    charger: str
    current: float
    reason: Reason
    send: bool
    node: str | None = None
    phase: Phase | None = None
    look_again: float | None = None
    valid_for: float | None = None
    phases: tuple[Phase, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeState:
    """What the balancer sees at one node, A per phase.

    `available` is what chargers could still be allocated, `allocated` what they are,
    `base_load` everything else behind the node, `heat` the fuse's heat (1 at its rated
    current held for ever; a gG fuse may melt from 1.5625): by its own meter, else a
    group's by what its chargers draw. `worth` is what each phase of its meter is worth.
    """

    trust: MeterTrust
    limit: float
    available: PhaseValues
    allocated: PhaseValues
    base_load: PhaseValues
    heat: PhaseValues
    overloaded: bool
    limiting_phase: Phase | None = None
    worth: tuple[PhaseWorth, PhaseWorth, PhaseWorth] = (MEASURED, MEASURED, MEASURED)


class Minimum(NamedTuple):
    """The least that a charger's car can be given, A summed over the phases.

    `counted` is that of the phases that it is taken to use, `fewest` of one alone where
    it may turn out to use no more, or its charger can be set to one.
    """

    counted: float
    fewest: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Everything that was decided on one snapshot.

    `drawn` is what each charger is taken to draw, A on the supply's phases, `minimums`
    the least that each can be given, as a `PowerLimit` counts it.
    `not_following` names chargers that ignore their limit: alarm the owner. `to_refresh`
    names those whose integration is to be asked for a fresh reading now: what they truly
    do is in doubt, and a fuse that they load is tight. `seen_wiring` has, for each charger
    whose draw shows again and again on other phases than its wiring says, the wiring that
    it shows. `look_again` is the time by which to decide again even without a new sample.
    """

    time: float
    allocations: Mapping[str, Allocation]
    nodes: Mapping[str, NodeState]
    drawn: Mapping[str, PhaseValues]
    minimums: Mapping[str, Minimum] = field(default_factory=dict)
    not_following: frozenset[str] = frozenset()
    to_refresh: frozenset[str] = frozenset()
    seen_wiring: Mapping[str, tuple[Phase, ...]] = field(default_factory=dict)
    look_again: float | None = None


class SiteError(ValueError):
    """The site cannot be balanced as it is described; the message says what to mend."""
