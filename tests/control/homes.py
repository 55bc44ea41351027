"""Random homes in which the phases are looked for: the simulator's physics, any wiring.

Nothing here is shared with what is tested but the words; the law is in charge of the
cars, as in a real home.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import permutations
from random import Random

from bench.meter import MeterModel, VirtualMeter
from bench.reporting import Reporter, ReportModel
from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.control.phase_answers import PhaseFinding
from custom_components.amp_guard.control.phase_search import Moment, PhaseSearch
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Ceiling,
    Charger,
    Decision,
    Group,
    Measurement,
    Phase,
    PhaseValues,
    Site,
    Snapshot,
    Supply,
)
from simulator.car import Car, CarModel
from simulator.charger import ChargerModel
from simulator.house import House, Step, constant
from simulator.world import World

SETTLES = 120.0
"""s that a home has before anything is looked for."""
AFTERWARDS = 180.0
"""s that are lived on after the search."""
ORDERS = list(permutations(Phase))


@dataclass(frozen=True, kw_only=True)
class Sensor:
    """What one phase of a meter shows: of which conductor, which way round (0: dead)."""

    conductor: Phase
    factor: int = 1


@dataclass(frozen=True, kw_only=True)
class Connector:
    """A charger as it is wired (`true`) and as it is `set`, and its car."""

    true: tuple[Phase, ...]
    set: tuple[Phase, ...]
    car: CarModel
    report: ReportModel


@dataclass(kw_only=True)
class Home:
    """A home with its truth."""

    fuse: float
    house: House
    sensors: tuple[Sensor, Sensor, Sensor]
    meter: MeterModel
    connectors: dict[str, Connector]
    seed: int = 0
    offline: float | None = None
    """A that the group may take without a meter; None for half of its fuse."""

    def shown_on(self, conductor: Phase) -> Phase:
        """Return the phase of the meter that shows a conductor."""
        [phase] = (p for p in Phase if self.sensors[p].conductor is conductor)
        return phase

    def truth(self, charger: str) -> tuple[Phase, ...]:
        """Return the phases of the meter that show each line of a charger."""
        return tuple(map(self.shown_on, self.connectors[charger].true))

    def is_wrong(self, finding: PhaseFinding) -> bool:
        """Say whether anything that is told is not so."""
        if not finding.possible:
            return bool(finding.phases or finding.turned)
        connector = self.connectors[finding.charger]
        truth = self.truth(finding.charger)
        used = truth[: min(connector.car.phases, len(truth))]
        turned = {p for p in used if self.sensors[p].factor < 0}
        alive = {p for p in used if self.sensors[p].factor}
        answering = set(finding.phases) == alive
        wired = {wiring[: len(truth)] for wiring in finding.possible}
        return (
            truth[: len(finding.possible[0])] not in wired
            or not answering
            or set(finding.turned) != (turned if self.meter.signed else set())
        )


@dataclass(kw_only=True)
class Life:
    """A home that is lived in, second by second, under the law."""

    home: Home
    world: World = field(init=False)
    decision: Decision = field(init=False)
    ceilings: tuple[Ceiling, ...] = ()

    def __post_init__(self) -> None:
        home = self.home
        supply = Supply(supply_max_current=home.fuse)
        self.site = Site(
            supply=supply,
            groups=(
                Group(
                    id="all",
                    max_current_online=home.fuse,
                    max_current_offline=(
                        home.fuse / 2 if home.offline is None else home.offline
                    ),
                ),
            ),
            chargers=tuple(
                Charger(id=id_, group="all", wiring=each.set)
                for id_, each in home.connectors.items()
            ),
        )
        chargers = [
            ChargerModel(id=id_, wiring=each.true)
            for id_, each in home.connectors.items()
        ]
        self.world = World(home.house, chargers, supply)
        for id_, each in home.connectors.items():
            self.world.plug_in(id_, Car(each.car, id_))
        self.reporters = {
            charger.id: Reporter(charger, home.connectors[charger.id].report)
            for charger in chargers
        }
        self.meter = VirtualMeter(home.meter, home.seed)
        self.balancer = Balancer(self.site)
        self.sample: Measurement | None = None
        self.under_way: list[tuple[float, PhaseValues]] = []
        self.now = 0.0
        self.step()

    def step(self) -> Moment:
        """Let a second pass."""
        self.now += 1.0
        self.world.advance(self.now)
        interval = self.home.meter.interval
        if (self.now - 1.0) % interval < 1.0:
            flowing = self.world.measured_current()
            shown = [s.factor * flowing[s.conductor] for s in self.home.sensors]
            current = self.meter.sample(PhaseValues(*shown), self.now)
            assert current is not None
            self.under_way.append((self.now + self.home.meter.delay, current))
        while self.under_way and self.under_way[0][0] <= self.now:
            _, current = self.under_way.pop(0)
            self.sample = Measurement(time=self.now, current=current)
        return self.decide()

    def decide(self) -> Moment:
        """Decide on what is known, and command the chargers."""
        readings = {id_: each.read(self.now) for id_, each in self.reporters.items()}
        measurements = {} if self.sample is None else {SUPPLY_ID: self.sample}
        self.decision = self.balancer.decide(
            Snapshot(
                measurements=measurements, chargers=readings, ceilings=self.ceilings
            ),
            self.now,
        )
        for allocation in self.decision.allocations.values():
            if allocation.send:
                self.world.chargers[allocation.charger].set_limit(
                    allocation.current, self.now, allocation.valid_for
                )
        return Moment(
            time=self.now,
            supply=self.decision.nodes[SUPPLY_ID],
            sample=self.sample,
            signed=self.home.meter.signed,
            allocated={
                id_: each.current for id_, each in self.decision.allocations.items()
            },
            readings=readings,
        )

    def change(self, charger: str, wiring: tuple[Phase, ...]) -> None:
        """Set how a charger is wired."""
        self.site = replace(
            self.site,
            chargers=tuple(
                replace(each, wiring=wiring) if each.id == charger else each
                for each in self.site.chargers
            ),
        )
        self.balancer.change(self.site)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds)):
            self.step()

    def find(
        self, charger: str, watch: Callable[[PhaseSearch], None] = lambda _: None
    ) -> PhaseFinding:
        """Look for the phases of a charger."""
        search = PhaseSearch(self.site, charger, self.now)
        moment = self.decide()
        while (finding := search.observe(moment)) is None:
            watch(search)
            asked = tuple(
                Ceiling(target=id_, current=amps, expires=search.ends_at)
                for id_, amps in search.ceilings.items()
            )
            changed, self.ceilings = asked != self.ceilings, asked
            moment = self.decide() if changed else self.step()
        self.ceilings = ()
        return finding


def any_home(
    seed: int,
    *,
    dead: bool = False,
    chargers: int | None = None,
    rightly_wired: bool = False,
    calm: bool = False,
) -> Home:
    """Return a home of that seed."""
    random = Random(seed)
    fuse = 50.0 if calm else random.choice((16.0, 20.0, 25.0, 35.0, 50.0))
    signed = random.random() < 0.7
    sensors = [Sensor(conductor=phase) for phase in Phase]
    if not rightly_wired:
        sensors = [
            Sensor(
                conductor=phase,
                factor=-1 if signed and random.random() < 0.1 else 1,
            )
            for phase in random.choice(ORDERS + 4 * [tuple(Phase)])
        ]
    if dead:
        broken = random.randrange(3)
        sensors[broken] = Sensor(conductor=sensors[broken].conductor, factor=0)
    interval = random.choice((1.0, 1.0, 1.0, 2.0, 3.0, 5.0, 10.0, 10.0, 30.0))
    meter = MeterModel(
        interval=interval,
        delay=random.choice((0.0, 0.0, 1.0, 3.0)),
        resolution=random.choice((0.1, 0.1, 1.0)),
        noise=random.choice((0.0, 0.1, 0.3)),
        signed=signed,
    )
    count = chargers or random.choice((1, 1, 2, 3))
    return Home(
        fuse=fuse,
        house=any_house(random, loads=0 if calm else None),
        sensors=tuple(sensors),
        meter=meter,
        connectors={
            f"charger {number}": _any_connector(random, rightly_wired=rightly_wired)
            for number in range(count)
        },
        seed=seed,
    )


def any_house(random: Random, loads: int | None = None) -> House:
    """Return a base load, and some loads that come and go."""
    sources = [constant(PhaseValues(*(random.uniform(0.3, 4.0) for _ in Phase)))]
    for _ in range(random.choice((0, 0, 1, 2, 4, 7)) if loads is None else loads):
        phase, amps = random.choice(list(Phase)), random.uniform(1.0, 16.0)
        every = random.choice((20.0, 60.0, 200.0, 600.0))
        regular = random.random() < 0.5
        steps, time, on = [], random.uniform(0, every), False
        while time < 3000.0:
            on = not on
            load = [0.0, 0.0, 0.0]
            load[phase] = amps * on
            steps.append(Step(time, PhaseValues(*load)))
            time += every if regular else random.expovariate(1 / every) + 1.0
        sources.append(steps)
    return House(*sources)


def _any_connector(random: Random, *, rightly_wired: bool) -> Connector:
    lines = random.choice((3, 3, 3, 2, 1))
    true = random.choice(ORDERS)[:lines]
    as_set = random.choice((true, tuple(Phase)[:lines], random.choice(ORDERS)[:lines]))
    draws = random.random() < 0.75
    return Connector(
        true=true,
        set=true if rightly_wired else as_set,
        car=CarModel(
            energy_wh=60_000.0,
            phases=random.choice((1, 1, 2, 3, 3)),
            max_current=random.choice((10.0, 13.0, 16.0, 16.0, 32.0)),
            start_delay=random.uniform(2.0, 20.0),
            raise_delay=random.uniform(0.0, 12.0),
            ramp_up=random.choice((0.5, 1.0, 2.0, 10.0)),
            follow_down=random.uniform(0.5, 5.0),
        ),
        report=ReportModel(
            draw=draws,
            draw_interval=random.choice((1.0, 1.0, 5.0, 10.0, 30.0)),
            draw_delay=random.choice((0.0, 0.0, 2.0, 8.0, 15.0)),
            draw_resolution=random.choice((0.1, 0.1, 1.0)),
        ),
    )
