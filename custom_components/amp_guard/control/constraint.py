"""A constraint is one phase of one node: what one of a fuse's three poles carries.

A figure for each constraint stands in a plain list, since a decision goes through it
several times for each charger. Where in the list is known to this file alone: all
others are handed their constraints, and ask here what they need to know of one.
"""

from collections.abc import Iterator
from functools import cache
from math import inf
from typing import NewType

from ..model import Phase, PhaseValues

Constraint = NewType("Constraint", int)

type Currents = list[float]
"""A for each constraint."""
type Load = tuple[tuple[Constraint, float], ...]
"""The constraints that a charger loads, each with its weight: A for each A it draws."""
type Reserved = tuple[tuple[Constraint, float], ...]
"""Constraints of which something is not to be shared out, each with its A."""

EPSILON = 1e-6
"""A. What is smaller is the arithmetic's, not the fuse's."""
PHASES = tuple(Phase)
_PHASES = len(PHASES)


def constraint_of(node: int, phase: Phase) -> Constraint:
    """Return a phase of the node with this index."""
    return Constraint(_PHASES * node + phase)


@cache
def constraints_of(node: int) -> tuple[Constraint, ...]:
    """Return the phases of the node with this index, in their order."""
    first = _PHASES * node
    return tuple(map(Constraint, range(first, first + _PHASES)))


@cache
def place_of(constraint: Constraint) -> tuple[int, Phase]:
    """Return the index of a constraint's node, and its phase."""
    node, phase = divmod(constraint, _PHASES)
    return node, PHASES[phase]


def phase_of(constraint: Constraint) -> Phase:
    """Return a constraint's phase."""
    return PHASES[constraint % _PHASES]


def no_currents(nodes: int) -> Currents:
    """Return 0 A for each constraint of so many nodes."""
    return [0.0] * (_PHASES * nodes)


def at_node(currents: Currents, node: int) -> PhaseValues:
    """Return what stands there for a node's phases."""
    first = _PHASES * node
    return PhaseValues(*currents[first : first + _PHASES])


def each(currents: Currents) -> Iterator[tuple[Constraint, float]]:
    """Return every constraint with what stands there for it."""
    return ((Constraint(number), current) for number, current in enumerate(currents))


def add(currents: Currents, load: Load, current: float) -> None:
    """Add what `current` A loads each constraint with."""
    for constraint, weight in load:
        currents[constraint] += weight * current


def take(left: Currents, load: Load, current: float) -> None:
    """Take from what is `left` what `current` A loads it with."""
    for constraint, weight in load:
        left[constraint] -= weight * current


def fits(left: Currents, load: Load, current: float) -> bool:
    """Return whether what is `left` carries `current` A."""
    for constraint, weight in load:
        if left[constraint] + EPSILON < weight * current:
            return False
    return True


def most(left: Currents, load: Load) -> float:
    """Return the A that what is `left` carries."""
    return min(left[constraint] / weight for constraint, weight in load)


def tightest(left: Currents, load: Load) -> Constraint:
    """Return the first of those constraints of which what is `left` carries least."""
    least, found = inf, load[0][0]
    for constraint, weight in load:
        room = left[constraint] / weight
        if room < least:
            least, found = room, constraint
    return found
