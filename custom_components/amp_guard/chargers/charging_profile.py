"""OCPP charging profiles: what a charge point takes, and what it is told for an order.

Pure; time is an argument. By OCPP 1.6, chapter 3.13: of one purpose the highest stack
level in force decides, a TxProfile goes above a TxDefaultProfile, and a
ChargePointMaxProfile caps both. Without any a charge point gives all that it can.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
import math
from typing import Any, Self

from ..const import NOMINAL_VOLTAGE

UNSAID_STACK_LEVEL = 1
"""The highest stack level of a charge point that does not say it: what `ocpp` takes."""
CLOCK_AHEAD = timedelta(minutes=1)
"""By how much a charge point's clock may be behind what is to hold from now on."""
SAME = 0.3
"""A by which a limit that is shown may differ from the one that was told ..."""
SAME_IN_WATTS = 0.1
"""... and the part of it where it was told W: at which voltage is not known."""
DRAWN_BEYOND = 1.5
"""A above its limit that a car which keeps to it may seem to draw."""
DRAWN_BELOW = 1.0
"""A that a car which uses all of its limit may seem to draw less."""
FAILURES_OF_HELD = 3
"""Times that a way which has held before must fail until another one is tried."""


class Purpose(StrEnum):
    """What a charging profile is for, in the order in which they are tried.

    A Halo on firmware 169 refuses the last [evcc#12953], a Timxon and a Huawei the
    first.
    """

    TX_PROFILE = "TxProfile"
    TX_DEFAULT_PROFILE = "TxDefaultProfile"
    CHARGE_POINT_MAX_PROFILE = "ChargePointMaxProfile"


PROFILE_IDS = {
    Purpose.TX_DEFAULT_PROFILE: 5100,
    Purpose.TX_PROFILE: 5200,
    Purpose.CHARGE_POINT_MAX_PROFILE: 5300,
}
"""A charge point has one profile of a number, whichever connector's it is: that of each
purpose, and the connector's added to it where there are several."""


KEYS = (
    "SupportedFeatureProfiles",
    "ChargingScheduleAllowedChargingRateUnit",
    "ChargeProfileMaxStackLevel",
    "MeterValueSampleInterval",
)
"""The configuration keys of OCPP 1.6 that say what a charge point takes."""
SWITCHES_PHASES = ("ConnectorSwitch3to1PhaseSupported", "ACPhaseSwitchingSupported")
"""Those that say whether it can be told on how many phases, the second one of Charge Amps
[evcc#10183, #16228]; neither is asked for by itself."""
OWN_OFFLINE_CURRENT = "InstallationOfflineCurrent"
"""A key of Charge Amps, which is not asked for by itself."""


class Version(StrEnum):
    """The OCPP version that a charge point speaks, as far as it matters."""

    V1_6 = "1.6"
    V2 = "2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What a charge point says that it takes; `sample_interval` is s.

    `own_offline_current` is the value of its key for that, as it stands.

    None, or the default, is what it does not say.
    """

    version: Version = Version.V1_6
    has_smart_charging: bool | None = None
    has_remote_trigger: bool = False
    switches_phases: bool = False
    takes_amperes: bool = True
    max_stack_level: int = UNSAID_STACK_LEVEL
    sample_interval: float | None = None
    own_offline_current: str | None = None

    @classmethod
    def read(cls, configuration: Mapping[str, str]) -> Self:
        """Return what its configuration keys say."""
        features, units, max_level, interval = (
            configuration.get(key, "") for key in KEYS
        )
        level = _whole(max_level)
        return cls(
            has_smart_charging="SmartCharging" in features if features else None,
            has_remote_trigger="RemoteTrigger" in features,
            switches_phases=any(
                configuration.get(key, "").strip().lower() == "true"
                for key in SWITCHES_PHASES
            ),
            takes_amperes="Power" not in units or "Current" in units,
            max_stack_level=UNSAID_STACK_LEVEL if level is None else level,
            sample_interval=_whole(interval),
            own_offline_current=configuration.get(OWN_OFFLINE_CURRENT),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way of limiting a charge point: a purpose, at a stack level.

    `connector` is its number where the charge point has several, else 0.
    """

    purpose: Purpose
    level: int
    connector: int = 0

    def __str__(self) -> str:
        """Return it for whoever reads diagnostics."""
        return f"{self.purpose} {self.level}"


def ways(capabilities: Capabilities, *, connector: int | None) -> tuple[Way, ...]:
    """Return the ways to try, in turn; some take no profile at the level they report.

    `connector` is None where the charge point has one only. A ChargePointMaxProfile is for all connectors of a charge point together, so it
    is none where there are several. [ABB Terra: lbbrhzn/ocpp#1737]
    """
    highest = capabilities.max_stack_level
    return tuple(
        Way(purpose=purpose, level=level, connector=connector or 0)
        for level in range(highest, max(-1, highest - 2), -1)
        for purpose in Purpose
        if connector is None or purpose is not Purpose.CHARGE_POINT_MAX_PROFILE
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """In what a charge point takes limits: A, or W in all that an A on each phase is."""

    name: str = "A"
    per_ampere: float = 1.0

    @classmethod
    def of(
        cls, capabilities: Capabilities, phases: int, voltage: float = NOMINAL_VOLTAGE
    ) -> Self:
        """Return the unit for a car on so many phases, V."""
        if capabilities.takes_amperes:
            return cls()
        return cls(name="W", per_ampere=voltage * phases)

    def tolerance(self, current: float) -> float:
        """Return by how much A may differ from what is shown of it."""
        return SAME if self.name == "A" else SAME + SAME_IN_WATTS * current

    def limit(self, current: float) -> float:
        """Return A in it, no more than that."""
        if self.name == "A":
            return int(current) if current.is_integer() else round(current, 1)
        return math.floor(current * self.per_ampere)


AMPERES = Unit()


def offline_profile(
    above: Way, current: float, unit: Unit, now: datetime, phases: int | None = None
) -> dict[str, Any]:
    """Return what is in force under a TxProfile, and when that is over.

    On as many phases (None: without a word of them): it comes while a car draws.
    """
    way = replace(above, purpose=Purpose.TX_DEFAULT_PROFILE)
    return _profile(way, ((0, current),), unit, now - CLOCK_AHEAD, phases)


def limiting_profile(
    way: Way,
    current: float,
    unit: Unit,
    now: datetime,
    *,
    valid_for: float | None,
    offline_current: float,
    transaction: int | None = None,
    phases: int | None = None,
) -> dict[str, Any]:
    """Return a profile for A, which holds for s (None: for good), on so many phases.

    After its time a TxProfile is none. The others stand alone: they go on with the
    offline limit.
    """
    if valid_for is None:
        profile = _profile(way, ((0, current),), unit, now - CLOCK_AHEAD, phases)
    elif way.purpose is Purpose.TX_PROFILE:
        profile = _profile(way, ((0, current),), unit, now, phases)
        profile["chargingSchedule"]["duration"] = math.ceil(valid_for)
    else:
        periods = ((0, current), (math.ceil(valid_for), offline_current))
        profile = _profile(way, periods, unit, now, phases)
    if transaction is not None:
        profile["transactionId"] = transaction
    return profile


def _profile(
    way: Way,
    periods: tuple[tuple[int, float], ...],
    unit: Unit,
    start: datetime,
    phases: int | None,
) -> dict[str, Any]:
    """Return a profile of A by s from its start, as it goes over the wire.

    Absolute: a Huawei refuses a TxDefaultProfile that is relative.
    """
    on = {} if phases is None else {"numberPhases": phases}
    return {
        "chargingProfileId": PROFILE_IDS[way.purpose] + way.connector,
        "stackLevel": way.level,
        "chargingProfilePurpose": way.purpose.value,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "chargingRateUnit": unit.name,
            "startSchedule": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "chargingSchedulePeriod": [
                {"startPeriod": at, "limit": unit.limit(current), **on}
                for at, current in periods
            ],
        },
    }


class Ladder:
    """Which of several ways holds, by what the charge point shows; a refusal is silent.

    `is_overruled` says that something else is in force above what it was told, `has_held`
    that the way was seen to hold.
    """

    def __init__(self, ways_to_try: tuple[Way, ...]) -> None:
        """Start with the first."""
        self.is_overruled = False
        self.has_held = False
        self.ways = ways_to_try
        self._at = 0
        self._failures = 0
        self._shown: float | None = None
        self._all_tried = False
        self._exceeded: set[Way] = set()

    @property
    def way(self) -> Way:
        """The way to take now."""
        return self.ways[self._at]

    @property
    def is_in_vain(self) -> bool:
        """Whether it gave more than it was told, whichever way was taken."""
        return self._exceeded.issuperset(self.ways)

    def judge(
        self,
        told: float,
        shown: float | None,
        drawn: float,
        offline_current: float,
        unit: Unit = AMPERES,
    ) -> None:
        """Take what it shows and draws, A, when it has had the time to follow."""
        if shown is None:
            self._judge_drawn(told, drawn, offline_current)
        elif abs(shown - told) <= unit.tolerance(told):
            self.is_overruled = False
            self._note_held(told, offline_current)
        elif shown > told:
            self.is_overruled = True
            self._exceed()
        else:
            self.is_overruled = False
            if self._may_search:
                self._fail()

    def _judge_drawn(self, told: float, drawn: float, offline_current: float) -> None:
        """Take what its car draws, A, where it does not show its limit."""
        if drawn > told + DRAWN_BEYOND:
            self._exceed()
        elif abs(drawn - told) <= DRAWN_BELOW:
            self._note_held(told, offline_current)
        elif abs(drawn - offline_current) <= DRAWN_BELOW and self._may_search:
            self._fail()  # what lies below the profile may be in force

    @property
    def _may_search(self) -> bool:
        """Whether a lower limit may be a refusal: each way is tried once for that.

        The charge point's own limit, or the car's, may be lower as well.
        """
        return not self.has_held and not self._all_tried

    def _note_held(self, told: float, offline_current: float) -> None:
        """Take that it shows what it was told; twice, for it may be so by chance.

        What it shows may be what lies below the profile, or all that it has.
        """
        if abs(told - offline_current) <= SAME:
            return
        if self._shown is not None and abs(self._shown - told) > SAME:
            self.has_held, self._failures = True, 0
            self._exceeded.clear()
        self._shown = told

    def _exceed(self) -> None:
        self._exceeded.add(self.way)
        self._fail()

    def _fail(self) -> None:
        self._failures, self._shown = self._failures + 1, None
        if self.has_held and self._failures < FAILURES_OF_HELD:
            return
        self.has_held, self._failures = False, 0
        self._at = (self._at + 1) % len(self.ways)
        self._all_tried |= self._at == 0


def _whole(value: str) -> int | None:
    return int(value) if value.strip().isdecimal() else None
