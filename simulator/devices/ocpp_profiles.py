"""The charging profiles that an OCPP 1.6 charge point holds, and what they allow.

Written to the OCPP 1.6 specification, chapter 3.13 (Smart Charging), for the part that
a limit in A or W needs: no recurring schedules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any

from simulator.car import PHASE_VOLTAGE

CHARGE_POINT = 0
"""The connector id that stands for the whole charge point."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """A transaction that runs on the charge point's connector."""

    number: int
    started_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SmartCharging:
    """What a charge point takes; charge points differ in each of these.

    `rate_units` is what it says of `ChargingScheduleAllowedChargingRateUnit`, `refused`
    names purposes, or purposes with a kind, that it does not take. `switching` is the key
    by which it says that it can use one phase (None: it cannot), `takes_one` whether it
    takes a profile for one.
    """

    is_supported: bool = True
    rate_units: str = "Current"
    max_stack_level: int = 10
    refused: frozenset[str] = frozenset()
    switching: str | None = None
    takes_one: bool = True

    @property
    def features(self) -> str:
        """What it says of `SupportedFeatureProfiles`."""
        return "Core,RemoteTrigger" + (",SmartCharging" if self.is_supported else "")

    def takes(self, profile: dict[str, Any]) -> bool:
        """Say whether it takes such a profile at all."""
        purpose = profile["charging_profile_purpose"]
        kind = profile["charging_profile_kind"]
        unit = profile["charging_schedule"]["charging_rate_unit"]
        word = {"A": "Current", "W": "Power"}[unit]
        return (
            self.is_supported
            and word in self.rate_units.split(",")
            and 0 <= profile["stack_level"] <= self.max_stack_level
            and self.refused.isdisjoint({purpose, f"{purpose} {kind}"})
            and (self.takes_one or _phases_of(profile) != 1)
        )


@dataclass(kw_only=True, slots=True)
class ChargingProfiles:
    """The profiles of a charge point, keys as `ocpp` names them.

    `phases` is on how many it charges: a limit in W is shared by them.
    """

    takes: SmartCharging = field(default_factory=SmartCharging)
    phases: int = 3
    held: dict[tuple[int, str, int], dict[str, Any]] = field(default_factory=dict)
    """By connector, purpose and stack level: a newer one takes the place."""

    def accept(
        self, connector: int, profile: dict[str, Any], transaction: Transaction | None
    ) -> bool:
        """Hold a profile; return whether it may be held."""
        purpose = profile["charging_profile_purpose"]
        if not self.takes.takes(profile):
            return False
        if purpose == "ChargePointMaxProfile" and connector != CHARGE_POINT:
            return False
        if purpose == "TxProfile":
            if connector == CHARGE_POINT or transaction is None:
                return False
            if profile.get("transaction_id", transaction.number) != transaction.number:
                return False
        self.clear(profile["charging_profile_id"])
        self.held[connector, purpose, profile["stack_level"]] = profile
        return True

    def clear(self, profile_id: int | None = None) -> bool:
        """Drop a profile, or all of them; return whether there was one."""
        found = [
            place
            for place, profile in self.held.items()
            if profile_id in (None, profile["charging_profile_id"])
        ]
        for place in found:
            del self.held[place]
        return bool(found)

    def end_transaction(self, connector: int) -> None:
        """Drop what was for the transaction of a connector only."""
        for place in list(self.held):
            if place[:2] == (connector, "TxProfile"):
                del self.held[place]

    def phases_allowed(
        self, connector: int, transaction: Transaction | None, now: datetime
    ) -> int:
        """Return on how many phases the profile in force lets a connector charge."""
        for purpose in ("TxProfile", "TxDefaultProfile"):
            for profile in self._stack(connector, purpose):
                if _limit_of(profile, transaction, now) is not None:
                    return _phases_of(profile) or self.phases
        return self.phases

    def limit(
        self, connector: int, transaction: Transaction | None, now: datetime
    ) -> float:
        """Return A that a connector may offer at `now`; infinity: nothing limits it."""
        whole = self._highest(
            "ChargePointMaxProfile", (CHARGE_POINT,), transaction, now
        )
        own = self._highest("TxProfile", (connector,), transaction, now)
        if own is None:
            own = self._highest(
                "TxDefaultProfile", (connector, CHARGE_POINT), transaction, now
            )
        return min(inf if each is None else each for each in (whole, own))

    def _highest(
        self,
        purpose: str,
        connectors: tuple[int, ...],
        transaction: Transaction | None,
        now: datetime,
    ) -> float | None:
        """Return the limit of the highest profile that is in force, None without one.

        The first of `connectors` that has one in force decides.
        """
        for connector in connectors:
            for profile in self._stack(connector, purpose):
                limit = _limit_of(profile, transaction, now)
                if limit is not None:
                    return limit / self._units_of(profile)
        return None

    def _units_of(self, profile: dict[str, Any]) -> float:
        """Return how many of a profile's units an ampere on each phase is."""
        if profile["charging_schedule"]["charging_rate_unit"] == "A":
            return 1.0
        return PHASE_VOLTAGE * (_phases_of(profile) or self.phases)

    def _stack(self, connector: int, purpose: str) -> Iterator[dict[str, Any]]:
        places = [place for place in self.held if place[:2] == (connector, purpose)]
        for place in sorted(places, reverse=True):
            yield self.held[place]


def _phases_of(profile: dict[str, Any]) -> int | None:
    """Return on how many phases a profile says that it is to charge, None: on all."""
    first = profile["charging_schedule"]["charging_schedule_period"][0]
    said: int | None = first.get("number_phases")
    return said


def _limit_of(
    profile: dict[str, Any], transaction: Transaction | None, now: datetime
) -> float | None:
    """Return A that a profile allows at `now`, None where it is not in force."""
    if "valid_from" in profile and now < datetime.fromisoformat(profile["valid_from"]):
        return None
    if "valid_to" in profile and now >= datetime.fromisoformat(profile["valid_to"]):
        return None
    schedule = profile["charging_schedule"]
    if profile["charging_profile_kind"] == "Absolute" and "start_schedule" in schedule:
        start = datetime.fromisoformat(schedule["start_schedule"])
    else:
        start = transaction.started_at if transaction else now
    elapsed = (now - start).total_seconds()
    if not 0 <= elapsed < schedule.get("duration", inf):
        return None
    limit = None
    for period in schedule["charging_schedule_period"]:
        if period["start_period"] <= elapsed:
            limit = float(period["limit"])
    return limit
