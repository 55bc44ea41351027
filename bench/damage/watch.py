"""Looks on while a site runs: what is believed of its meter, and what truly flows."""

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Decision,
    MeterTrust,
    Phase,
    Worth,
)
from simulator.world import World

MISJUDGED = 2.0
"""A by which what a charger is taken to draw must be off to be wrong."""


class Watch:
    """Counts from `start` (s) on; what was doubted before is none of it.

    A·s are those that cars draw above the main fuse, by its own record.
    """

    def __init__(self, start: float, damaged: tuple[Phase, ...]) -> None:
        """Look whether one of the `damaged` phases is noticed."""
        self._start = start
        self._damaged = damaged
        self._doubted_before = frozenset[Phase]()
        self._over_at_start = 0.0
        self._trips_at_start = 0
        self._energy_at_start = 0.0
        self._misjudged_since: float | None = None
        self.detected: float | None = None
        """s at which it was."""
        self.over_until_detected = 0.0
        self.blamed = False
        """Whether a phase was doubted that is well."""
        self.offline = False
        """Whether the whole meter was."""
        self.misjudged = 0.0
        """s for which some charger was taken to draw other than it did."""

    def note(self, world: World, decision: Decision) -> None:
        """Take a decision; for the loop to call."""
        doubted = doubted_phases(decision)
        if world.now < self._start:
            self._doubted_before = doubted
            self._over_at_start = _over(world)
            self._trips_at_start = world.record.fuse_trips
            self._energy_at_start = _energy(world)
            return
        offline = decision.nodes[SUPPLY_ID].trust is not MeterTrust.ONLINE
        new = doubted - self._doubted_before
        self.blamed |= not new.issubset(self._damaged)
        self.offline |= offline
        if self.detected is None and (offline or not new.isdisjoint(self._damaged)):
            self.detected = world.now
            self.over_until_detected = self.over(world)
        if self._misjudged_since is not None:
            self.misjudged += world.now - self._misjudged_since
        self._misjudged_since = world.now if _is_misjudged(world, decision) else None

    def over(self, world: World) -> float:
        """Return A·s above the fuse since the start."""
        return _over(world) - self._over_at_start

    def trips(self, world: World) -> int:
        """Return how often the fuse went since the start."""
        return world.record.fuse_trips - self._trips_at_start

    def energy(self, world: World) -> float:
        """Return what the cars were given since the start, kWh."""
        return _energy(world) - self._energy_at_start


def doubted_phases(decision: Decision) -> frozenset[Phase]:
    """Return the phases that the supply's meter is not taken to measure now."""
    worth = decision.nodes[SUPPLY_ID].worth
    return frozenset(
        phase for phase in Phase if worth[phase].worth is not Worth.MEASURED
    )


def _is_misjudged(world: World, decision: Decision) -> bool:
    return any(
        abs(taken - true) > MISJUDGED
        for id_, charger in world.chargers.items()
        for taken, true in zip(decision.drawn[id_], charger.load, strict=True)
    )


def _over(world: World) -> float:
    return world.record.nodes[SUPPLY_ID].over.amp_seconds


def _energy(world: World) -> float:
    return sum(world.record.energy_kwh.values())
