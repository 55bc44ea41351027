"""Each damage at each kind of site: when it is noticed, and what flowed.

The judge is the simulated fuse: A·s by which the cars pass its limit, and whether it
goes. A damage is noticed when a phase that it befell is not `MEASURED` any more, or the
meter not `ONLINE`. The same home without the damage is run beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from custom_components.amp_guard.model import SUPPLY_ID, Phase
from simulator.world import World

from ..closed_loop import ClosedLoop
from ..scenario import Scenario
from .signals import METER_FAULTS, REPORT_FAULTS, damaged_phases
from .sites import Kind, Place, draw_place
from .watch import Watch

HARM = 60.0
"""A·s over the fuse, beyond those without the damage, that count as harm: what a cut
of 15 A costs in its 4 s."""
CHARGER = "charger: "
"""Before the name of a charger's fault."""
DAMAGES = (*METER_FAULTS, *(CHARGER + fault for fault in REPORT_FAULTS))
"""By name; the first is none."""
AFTER_A_SESSION = {"charger: current left over", "charger: status stuck"}
"""Damages that show when a car has left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of one damage at one site.

    `detected_after` is in s from its beginning (None: never); `before` and `after` are
    A·s that cars drew above the fuse from the damage until it was noticed, and from
    then on; `undamaged` is the same of the home without it. `trips` are those of the
    fuse from the damage on, less those without it; `peak` is in A. `blamed` says
    whether the meter was doubted where it was well. `misjudged` is the time in s for
    which a charger was taken to draw 2 A less or more than it did, less that without
    the damage; `energy` is what the cars were given, and `undamaged_energy` that without
    it, kWh.
    """

    kind: Kind
    seed: int
    damage: str
    phase: Phase
    start: float
    detected_after: float | None
    before: float
    after: float
    undamaged: float
    trips: int
    peak: float
    blamed: bool
    misjudged: float
    energy: float
    undamaged_energy: float

    @property
    def harmed(self) -> bool:
        """Whether more flowed above the fuse than without the damage, or it went."""
        return self.trips > 0 or self.before + self.after > self.undamaged + HARM


@dataclass(frozen=True, kw_only=True, slots=True)
class _Result:
    """What is left of a run."""

    world: World
    watch: Watch


def run_kind(kind: Kind, seed: int, damages: Sequence[str]) -> list[Outcome]:
    """Return what comes of each damage at one site of a kind."""
    place = draw_place(kind, seed)
    places = {False: place, True: place.with_a_car_that_leaves()}
    undamaged = {
        leaves: _run(places[leaves], places[leaves].with_meter_fault("none"), ())
        for leaves in {damage in AFTER_A_SESSION for damage in damages}
    }
    return [
        _compare(places[leaves], damage, undamaged[leaves])
        for damage in damages
        for leaves in [damage in AFTER_A_SESSION]
    ]


def _compare(place: Place, damage: str, undamaged: _Result) -> Outcome:
    """Run a damage, and hold it against the run without."""
    of_charger = damage.startswith(CHARGER)
    if of_charger:
        scenario = place.with_report_fault(damage.removeprefix(CHARGER))
    else:
        scenario = place.with_meter_fault(damage)
    meter_damage = scenario.meters[SUPPLY_ID].damage
    damaged = damaged_phases(meter_damage) if meter_damage else ()
    result = _run(place, scenario, damaged)
    world, watch = result.world, result.watch
    over, detected = watch.over(world), watch.detected
    if not damaged:
        detected = None
    before = over if detected is None else watch.over_until_detected
    well = undamaged.watch
    return Outcome(
        kind=place.kind,
        seed=place.scenario.seed,
        damage=damage,
        phase=place.phase,
        start=place.start,
        detected_after=None if detected is None else detected - place.start,
        before=before,
        after=over - before,
        undamaged=well.over(undamaged.world),
        trips=max(0, watch.trips(world) - well.trips(undamaged.world)),
        peak=world.record.nodes[SUPPLY_ID].peak,
        blamed=watch.blamed or (not damaged and watch.offline),
        misjudged=max(0.0, watch.misjudged - well.misjudged),
        energy=watch.energy(world),
        undamaged_energy=well.energy(undamaged.world),
    )


def _run(place: Place, scenario: Scenario, damaged: tuple[Phase, ...]) -> _Result:
    watch = Watch(place.start, damaged)
    loop = ClosedLoop(scenario, watch.note)
    loop.run()
    return _Result(world=loop.world, watch=watch)
