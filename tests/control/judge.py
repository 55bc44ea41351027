"""The judge: what the plant's main fuse truly carried, whatever the law says of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from custom_components.amp_guard.model import Supply
from simulator.fuse import FuseModel

from .plant import Moment, Plant

TOLERANCE = 0.05
"""A above a limit that nobody can tell from the limit."""


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What a fuse went through.

    `seconds` and `amp_seconds` are above its limit, `heat` is the highest (1 at the
    rated current for ever), `trips` how often it went.
    """

    seconds: float = 0.0
    amp_seconds: float = 0.0
    heat: float = 0.0
    trips: int = 0


def judge(plant: Plant, moments: Iterable[Moment]) -> Verdict:
    """Let the moments pass; return what the main fuse went through meanwhile."""
    supply: Supply = plant.site.supply
    limit = supply.supply_max_current
    fuse, verdict, before = FuseModel(limit, supply.fuse_type), Verdict(), plant.now
    for moment in moments:
        seconds, before = moment.now - before, moment.now
        carried = plant.carried(0)
        fuse.step(seconds, carried)
        over = max(carried) - limit
        if over > TOLERANCE:
            verdict.seconds += seconds
            verdict.amp_seconds += over * seconds
    verdict.heat, verdict.trips = fuse.heat_max, fuse.trips
    return verdict
