"""The loop of the coordinator in virtual time: world -> snapshot -> decide -> world."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
import heapq
from math import inf
from time import process_time_ns
from typing import Protocol

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Ceiling,
    ChargerReading,
    Decision,
    Measurement,
    PhaseValues,
    Reason,
    Snapshot,
)
from simulator.car import Car
from simulator.charger import ChargerModel
from simulator.record import Record
from simulator.world import World

from .corruption import Corruption, given_by_phase
from .meter import VirtualMeter
from .reporting import Reporter
from .scenario import CarSetup, ChargerSetup, Scenario

WATCH_INTERVAL = 5.0
"""s. As the coordinator: so often it decides even where nothing happens."""
LEAST_WAIT = 0.1
"""s. As the coordinator: between decisions without news."""


@dataclass(kw_only=True, slots=True)
class Run:
    """What a run left behind: the judge's record, and what deciding cost."""

    record: Record
    commands: dict[str, int]
    """How often each charger was told something."""
    decide_ns: list[int] = field(default_factory=list)
    corruption: Corruption | None = None
    """Of the supply's meter."""


class Decider(Protocol):
    """Whoever decides in the loop."""

    def decide(self, snapshot: Snapshot, now: float) -> Decision:
        """Return what each charger is allocated from `now` (s) on."""


type MakeDecider = Callable[[Scenario, World], Decider]


def balancer(scenario: Scenario, _world: World) -> Decider:
    """Return ours; of the world it knows what meters and chargers say."""
    return Balancer(scenario.site)


type Watcher = Callable[[World, Decision], None]
"""Called after each decision has been sent; must leave the world alone."""


class ClosedLoop:
    """One scenario under way."""

    def __init__(
        self,
        scenario: Scenario,
        watcher: Watcher | None = None,
        make_decider: MakeDecider = balancer,
    ) -> None:
        self.scenario = scenario
        self.world = World(
            scenario.house,
            [_build_charger(setup, scenario) for setup in scenario.chargers],
            scenario.site.supply,
            scenario.site.groups,
            scenario.group_houses,
        )
        self._watcher = watcher
        self._make_decider = make_decider
        self._decider: Decider | None = make_decider(scenario, self.world)
        self._reporters = {
            setup.charger.id: Reporter(
                self.world.chargers[setup.charger.id], setup.report
            )
            for setup in scenario.chargers
        }
        self._measurements: dict[str, Measurement] = {}
        self._readings: dict[str, ChargerReading] = {}
        self._ceilings: list[Ceiling] = []
        self._news = True
        self._look_again = inf
        self._decide_ns: list[int] = []
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._noted = 0
        self._corruption = _build_corruption(scenario)
        self._wiring = {
            setup.charger.id: tuple(map(int, setup.charger.wiring))
            for setup in scenario.chargers
        }
        self._given = dict.fromkeys(self._wiring, 0.0)
        self._fill_agenda()

    def run(self) -> Run:
        """Run to the scenario's end."""
        end = self.scenario.duration
        while True:
            now = min(self._agenda[0][0] if self._agenda else inf, self._look_again)
            if now >= end:
                break
            self.world.advance(now)
            while self._agenda and self._agenda[0][0] <= now:
                heapq.heappop(self._agenda)[2]()
            if self._news or now >= self._look_again:
                self._decide()
        self.world.advance(end)
        return Run(
            record=self.world.record,
            commands={
                charger.id: charger.commands for charger in self.world.chargers.values()
            },
            decide_ns=self._decide_ns,
            corruption=self._corruption,
        )

    # --- what happens ---

    def _fill_agenda(self) -> None:
        # What stands first here comes first where two things happen at once.
        for car in self.scenario.cars:
            self._at(car.departure, partial(self._depart, car))
        for car in self.scenario.cars:
            self._at(car.arrival, partial(self._arrive, car))
        for timed in self.scenario.ceilings:
            self._at(timed.start, partial(self._impose, timed.ceiling))
        for down, up in self.scenario.restarts:
            self._at(down, self._shut_down)
            self._at(up, self._start_up)
        for number, (node, model) in enumerate(self.scenario.meters.items()):
            meter = VirtualMeter(model, self.scenario.seed + number)
            self._at(meter.first_sample, partial(self._measure, node, meter))
        for id_, reporter in self._reporters.items():
            self._at(reporter.model.offset, partial(self._read, id_, reporter))

    def _at(self, time: float, action: Callable[[], None]) -> None:
        self._noted += 1
        heapq.heappush(self._agenda, (time, self._noted, action))

    def _arrive(self, car: CarSetup) -> None:
        self.world.plug_in(car.charger, Car(car.model, car.id))

    def _depart(self, car: CarSetup) -> None:
        self.world.unplug(car.charger)

    def _impose(self, ceiling: Ceiling) -> None:
        self._ceilings.append(ceiling)
        self._news = True

    def _shut_down(self) -> None:
        self._decider = None
        self._look_again = inf

    def _start_up(self) -> None:
        """Begin anew: nothing is known but what the chargers say."""
        self._decider = self._make_decider(self.scenario, self.world)
        self._measurements.clear()
        self._news = True

    def _measure(self, node: str, meter: VirtualMeter) -> None:
        now = self.world.now
        self._at(now + meter.model.interval, partial(self._measure, node, meter))
        current = meter.sample(self.world.measured_current(node), now)
        if current is not None and node == SUPPLY_ID and self._corruption is not None:
            current = self._corruption.pass_on(current, self._drawn(), now)
        if current is None:
            return
        if meter.model.delay:
            arrives = now + meter.model.delay
            self._at(arrives, partial(self._receive, node, meter, current, now))
        else:
            self._receive(node, meter, current, now)

    def _receive(
        self, node: str, meter: VirtualMeter, current: PhaseValues, taken: float
    ) -> None:
        time = taken if meter.model.timestamped else self.world.now
        self._measurements[node] = Measurement(
            time=time, current=current, measured=meter.model.measured
        )
        self._news = True

    def _read(self, charger: str, reporter: Reporter) -> None:
        now = self.world.now
        self._at(now + reporter.interval, partial(self._read, charger, reporter))
        before = self._readings.get(charger)
        reading = self._readings[charger] = reporter.read(now)
        if before is None or _differ(before, reading):
            self._news = True

    # --- what is decided ---

    def _decide(self) -> None:
        self._news = False
        if self._decider is None:
            return
        now = self.world.now
        snapshot = Snapshot(
            measurements=dict(self._measurements),
            chargers=dict(self._readings),
            ceilings=tuple(self._ceilings),
        )
        before = process_time_ns()
        decision = self._decider.decide(snapshot, now)
        self._decide_ns.append(process_time_ns() - before)
        self._judge_raises(decision)
        for allocation in decision.allocations.values():
            id_ = allocation.charger
            balanced = allocation.reason is not Reason.INACTIVE
            if balanced and allocation.send and self._reporters[id_].reachable(now):
                charger = self.world.chargers[id_]
                charger.set_limit(allocation.current, now, allocation.valid_for)
                if allocation.phases is not None:
                    charger.set_phases(len(allocation.phases), now)
        wait = WATCH_INTERVAL
        if decision.look_again is not None:
            wait = min(max(decision.look_again - now, LEAST_WAIT), WATCH_INTERVAL)
        self._look_again = now + wait
        if self._watcher:
            self._watcher(self.world, decision)

    def _judge_raises(self, decision: Decision) -> None:
        """Hold each raise against what the meter should have said."""
        if self._corruption is None:
            return
        before = self._given
        self._given = {
            id_: allocation.current for id_, allocation in decision.allocations.items()
        }
        if any(self._given[id_] > before.get(id_, 0.0) for id_ in self._given):
            given = given_by_phase(self._given, self._wiring)
            limit = self.scenario.site.supply.supply_max_current
            self._corruption.judge_raise(given, limit)

    def _drawn(self) -> PhaseValues:
        """Return what the cars truly draw, A on the supply's phases."""
        loads = [charger.load for charger in self.world.chargers.values()]
        return PhaseValues(*(sum(phase) for phase in zip(*loads, strict=True)))


def _build_corruption(scenario: Scenario) -> Corruption | None:
    model = scenario.meters.get(SUPPLY_ID)
    if model is None or not model.corrupted:
        return None
    return Corruption(model.corrupted, all_told=model.all_told, seed=scenario.seed)


def _differ(one: ChargerReading, other: ChargerReading) -> bool:
    """Return whether two readings differ by more than the time of their draw."""
    return (
        one.status is not other.status
        or one.limit != other.limit
        or one.phases_set != other.phases_set
        or one.current != other.current
    )


def _build_charger(setup: ChargerSetup, scenario: Scenario) -> ChargerModel:
    charger, user_limit = setup.charger, setup.report.user_limit
    return ChargerModel(
        id=charger.id,
        group=charger.group,
        wiring=charger.wiring,
        max_current=min(charger.max_current, user_limit or charger.max_current),
        resolution=setup.rounds_to or charger.resolution,
        command_lag=setup.command_lag,
        offline_current=charger.offline_current,
        offline_phase=charger.offline_phase,
        limit=setup.limit,
        earthing_system=scenario.site.supply.earthing_system,
    )
