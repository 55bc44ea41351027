"""The state of the site: what was known, what was decided on it, and what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..chargers import FailSafe
from ..meters import MeterSample
from ..model import (
    SUPPLY_ID,
    ChargerReading,
    Decision,
    MeterTrust,
    NodeState,
    Phase,
    PhaseValues,
    PowerLimit,
    Reason,
    Site,
    Worth,
)
from ..site.reading import nodes_above
from .events import SiteEvent
from .overrides import TimedCeiling

NEAR_LIMIT = 1.0
"""A that may still be allocated when a limit counts as near."""
WORSE = 1.0
"""A by which an overload must grow to be shown at once."""
NO_PHASE = "none"
ASKS_NOTHING = (
    Reason.INACTIVE,
    Reason.NOT_CONNECTED,
    Reason.NOT_WANTED,
    Reason.CHARGER_LOST,
)
"""Why a charger has nothing that is not for balancing to give."""
WAITS = (Reason.WAITING_TURN, Reason.MINIMUM_OFF, Reason.STARTS_SPENT, Reason.STAGGERED)
"""Why a charger is paused that starts again by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteState:
    """One moment of the site, as it is published.

    `samples`, `connected` and `rejected_samples` are by node, `readings` and
    `fail_safes` by charger; so are `boosts`, each until its end, `energy`, kWh that a
    charger drew while it was balanced, and `power`, W that it draws (not of one that is
    not balanced, or lost). `plans` is what plans showed that the decision was made with, by
    their subentries, and `limits` what they allowed, W, by their limits on power. `loads_off`
    are the entities of the owner's loads that were switched off for want of room. `decided_at`
    is the wall clock's time of the decision. `events` are what happened since the state
    that was published before.
    """

    site: Site
    samples: Mapping[str, MeterSample]
    connected: Mapping[str, bool]
    rejected_samples: Mapping[str, int]
    readings: Mapping[str, ChargerReading]
    fail_safes: Mapping[str, FailSafe]
    decision: Decision
    decided_at: datetime
    ceilings: tuple[TimedCeiling, ...]
    boosts: Mapping[str, datetime]
    energy: Mapping[str, float]
    power: Mapping[str, float]
    plans: Mapping[str, object]
    limits: Mapping[str, float]
    loads_off: tuple[str, ...]
    events: tuple[SiteEvent, ...] = ()

    def meter_is_online(self, node: str) -> bool:
        """Say whether the measurements of a node are there and worth showing."""
        return (
            self.connected.get(node, False)
            and node in self.samples
            and self.decision.nodes[node].trust is not MeterTrust.OFFLINE
        )

    def measured_phases(self, node: str) -> tuple[Phase, ...]:
        """Return the phases that the newest sample of a node is of."""
        return self.samples[node].connected

    def meter_lives(self, node: str) -> bool:
        """Say whether a meter is reached and brings samples, whatever they are worth."""
        state = self.decision.nodes[node]
        return self.connected[node] and (
            state.trust is not MeterTrust.OFFLINE
            or any(phase.worth is Worth.NOT_MEASURED for phase in state.worth)
        )

    def is_measured(self, group: str) -> bool:
        """Say whether the supply's meter sees the chargers of a group."""
        groups = {each.id: each for each in self.site.groups}
        return all(
            groups[node].chargers_included_in_measurements
            for node in nodes_above(self.site, group)
            if node != SUPPLY_ID
        )

    def house_current(self) -> PhaseValues | None:
        """Return what flows at the main fuse beside the chargers, A; below 0 exported.

        None where it is not measured. A charger that reports late exports nothing.
        """
        if not self.meter_is_online(SUPPLY_ID):
            return None
        seen = [
            self.decision.drawn[charger.id]
            for charger in self.site.chargers
            if charger.id in self.decision.drawn and self.is_measured(charger.group)
        ]
        current = self.samples[SUPPLY_ID].current
        usual = self.decision.nodes[SUPPLY_ID].base_load
        rest = (current[phase] - sum(each[phase] for each in seen) for phase in Phase)
        return PhaseValues(
            *(
                max(left, 0.0) if usual[phase] >= 0 else left
                for phase, left in zip(Phase, rest, strict=True)
            )
        )

    def overloaded(self, node: str) -> bool:
        """Say whether the fuse of a node is overloaded, or one that it hangs on."""
        return any(each.overloaded for each in self._nodes_above(node))

    def available(self, group: str) -> PhaseValues:
        """Return what the fuse of a group, and those it hangs on, have left, A."""
        left = zip(*(node.available for node in self._nodes_above(group)), strict=True)
        return PhaseValues(*map(min, left))

    def utilisation(self, group: str) -> float | None:
        """Return how much of what a group may use is gone: allocated, or used above it, %.

        Of its fullest phase; None where it may use nothing.
        """
        limit = self.decision.nodes[group].limit
        if limit <= 0:
            return None
        available = self.available(group)
        least = min(available[phase] for phase in self._phases_of(group))
        return round(100 * min(max(1 - least / limit, 0.0), 1.0))

    def fuse_heat(self, node: str) -> float:
        """Return the heat of a node's hottest fuse, or of one that it hangs on, %.

        100 % is what a fuse has at its rated current, held for ever.
        """
        heats = (max(state.heat) for state in self._nodes_above(node))
        return float(round(100 * max(heats)))

    def limiting_phase(self, group: str) -> str:
        """Return the phase on which a group, or what feeds it, has nothing left."""
        for node in self._nodes_above(group):
            if node.limiting_phase is not None:
                return node.limiting_phase.name.lower()
        return NO_PHASE

    def meter_governs(self, node: str) -> bool:
        """Say whether the measurements that a node depends on can be relied on."""
        return self.decision.nodes[node].trust is MeterTrust.ONLINE

    def in_fallback(self, node: str) -> bool:
        """Say whether a node is held to what it may use without measurements."""
        return self.decision.nodes[node].trust is MeterTrust.OFFLINE

    def is_paused(self, charger: str) -> bool:
        """Say whether a charger is paused whose car would charge."""
        allocation = self.decision.allocations[charger]
        return allocation.current == 0 and allocation.reason not in ASKS_NOTHING

    def is_boosted(self, charger: str) -> bool:
        """Say whether a charger is served before all others now."""
        return charger in self.boosts

    def next_turn(self, charger: str) -> datetime | None:
        """Return when a paused charger may start again, where that is known."""
        allocation = self.decision.allocations[charger]
        if allocation.reason not in WAITS or allocation.look_again is None:
            return None
        wait = timedelta(seconds=allocation.look_again - self.decision.time)
        return self.decided_at + wait

    def bound_by(self, limit: PowerLimit) -> list[str]:
        """Return the chargers that a limit on power binds now."""
        allocations = self.decision.allocations
        return [
            id_ for id_ in limit.chargers if allocations[id_].reason is limit.reason
        ]

    def why(self, charger: str) -> dict[str, str]:
        """Return why a charger has what it has, and what limits it."""
        reason = self.decision.allocations[charger].reason
        return {"reason": reason.value} | self.limited_by(charger)

    def limited_by(self, charger: str) -> dict[str, str]:
        """Return the node and the phase that limit a charger, where one does."""
        allocation = self.decision.allocations[charger]
        told = {}
        if allocation.node is not None:
            told["limited_by"] = allocation.node
        if allocation.phase is not None:
            told["phase"] = allocation.phase.name
        return told

    def _phases_of(self, group: str) -> tuple[Phase, ...]:
        return next(each.phases for each in self.site.groups if each.id == group)

    def _nodes_above(self, group: str) -> Iterator[NodeState]:
        return (self.decision.nodes[node] for node in nodes_above(self.site, group))


def is_news(before: SiteState, now: SiteState) -> bool:
    """Say whether something changed that cannot wait for the next publication."""
    return _facts(before) != _facts(now) or _excess(now) >= _excess(before) + WORSE


def _excess(state: SiteState) -> float:
    """Return A by which the main fuse's worst phase is above its limit, 0 at least."""
    sample = state.samples.get(SUPPLY_ID)
    if sample is None:
        return 0.0
    limit = state.site.supply.supply_max_current
    return max(0.0, max(sample.current) - limit)


def _facts(state: SiteState) -> tuple[object, ...]:
    """Return what does not change by itself all the time, as measurements do."""
    decision = state.decision
    return (
        state.connected,
        state.samples.keys(),
        state.plans.keys(),
        {
            charger: (allocation.current, allocation.reason)
            for charger, allocation in decision.allocations.items()
        },
        {
            charger: (reading.status, reading.user_limit)
            for charger, reading in state.readings.items()
        },
        {
            id_: (node.trust, node.overloaded, min(node.available) < NEAR_LIMIT)
            for id_, node in decision.nodes.items()
        },
        decision.not_following,
        state.ceilings,
        state.boosts,
        state.loads_off,
    )
