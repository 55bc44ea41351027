"""A home in virtual time that has faults, and the judge of it."""

from dataclasses import dataclass
from functools import partial
from random import Random

from custom_components.amp_guard.meters import MeterSample
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Charger,
    Group,
    Phase,
    PhaseValues,
    Site,
    Supply,
)
from simulator.appliances import switch
from simulator.car import Car, CarModel
from simulator.charger import ChargerModel
from simulator.house import House, constant
from simulator.world import World

from .agenda import Agenda
from .assistant import Assistant, Told
from .driver import Stored
from .heater import Heater
from .kinds import AssistantFault, ChargerFault, Fault, MeterFault, NetworkFault
from .link import Link, Manner
from .meter import INTERVAL, FaultyMeter

LIMIT = 25.0
"""A of the main fuse."""
GROUP = "chargers"
LAG = 1.0
"""s from a command to the signal for the car."""
STARTS = (180.0, 200.0)
"""s between which the first fault begins: both cars draw all that is left."""
AFTERWARDS = 240.0
"""s that are looked at after the last fault."""
COMES_ON = (-3.0, 30.0)
"""s from the first fault's beginning until something large comes on."""
STAYS = (60.0, 240.0)
MOST = 21.0
"""A of the house on one phase."""
NEVER_MELTS = 1.25
"""Times its rating that a gG fuse carries for an hour (IEC 60269-1)."""
REACTS_WITHIN = 10.0
"""s that a cut may take: a sample, a command, and a car that follows within 5 s."""
CAR = CarModel(energy_wh=1e6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A home, drawn by a seed, and the moment at which its first fault begins."""

    seed: int
    site: Site
    house: House
    manners: dict[str, Manner]
    start: float
    comes_on: float
    victim: str
    """The charger that has the faults of one."""
    cars: CarModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Trip:
    """The fuse went at a time (s).

    `excess` is how long (s) in a row until then something flowed that would melt it,
    and Home Assistant could see it and tell chargers enough to end it; `lateness` by
    how much (s) these are slower than others.
    """

    time: float
    excess: float
    lateness: float

    @property
    def could_be_helped(self) -> bool:
        """Whether there was time to cut."""
        return self.excess > REACTS_WITHIN + self.lateness


@dataclass(kw_only=True, slots=True)
class Story:
    """What a home did: its drawn A at each second, and the judge's figures."""

    drawn: list[float]
    trips: list[Trip]
    told: Told
    seconds_over: float
    amp_seconds: float
    heat: float
    energy: float


def draw_place(seed: int) -> Place:
    """Return a home; the same seed gives the same."""
    random = Random(seed)
    base = PhaseValues(*(random.uniform(0.5, 3.0) for _ in Phase))
    start = random.uniform(*STARTS)
    comes_on = start + random.uniform(*COMES_ON)
    loads = [_load(random, comes_on)]
    if random.random() < 0.5:
        later = comes_on + random.uniform(0.0, 40.0)
        loads.append(_load(random, later))
    manners = {
        name: Manner(
            interval=random.choice((1.0, 5.0, 10.0, 30.0, None)),
            reports_current=random.random() < 0.7,
            expires=random.random() < 0.3,
        )
        for name in ("garage", "carport")
    }
    phases = random.choice((1, 3, 3))
    return Place(
        seed=seed,
        site=_site(manners, random.choice((6.0, 6.0, 10.0, 12.0))),
        house=_house(base, loads),
        manners=manners,
        start=start,
        comes_on=comes_on,
        victim=random.choice(("garage", "carport")),
        cars=CarModel(energy_wh=1e6, phases=phases),
    )


def _load(
    random: Random, begins: float
) -> tuple[tuple[Phase, ...], float, float, float]:
    phases = tuple(Phase) if random.random() < 0.3 else (random.choice(list(Phase)),)
    if random.random() < 0.5:
        phases = tuple({*phases, Phase.L1})  # where a car of one phase draws
    amps = random.uniform(8.0, 15.0)
    return phases, amps, begins, begins + random.uniform(*STAYS)


def _house(
    base: PhaseValues, loads: list[tuple[tuple[Phase, ...], float, float, float]]
) -> House:
    """Return the house, never above what is left of the fuse by itself."""
    sources, taken = [constant(base)], list(base)
    for phases, amps, begins, ends in loads:
        for phase in phases:
            drawn = min(amps, MOST - taken[phase])
            taken[phase] += drawn
            sources.append(switch(phase, drawn, [(begins, ends)]))
    return House(*sources)


def _site(manners: dict[str, Manner], max_current_offline: float) -> Site:
    return Site(
        supply=Supply(supply_max_current=LIMIT),
        groups=(
            Group(
                id=GROUP,
                max_current_online=LIMIT,
                max_current_offline=max_current_offline,
            ),
        ),
        chargers=tuple(
            Charger(id=name, group=GROUP, expiring_limit=manner.expires)
            for name, manner in manners.items()
        ),
    )


class FaultyHome:
    """One home with its faults under way."""

    def __init__(
        self, place: Place, faults: list[Fault], heater: Heater | None = None
    ) -> None:
        self.place = place
        self._heater = heater
        self.faults = faults
        self.agenda = Agenda()
        chargers = [
            ChargerModel(id=each.id, group=GROUP, command_lag=LAG)
            for each in place.site.chargers
        ]
        house = place.house if heater is None else heater.house
        self.world = World(house, chargers, place.site.supply, place.site.groups)
        if heater is not None:
            heater.take = self._live_in
        self.meter = FaultyMeter(self.agenda, self._receive, place.seed)
        self.links = {
            each.id: Link(self.agenda, each, place.manners[each.id])
            for each in chargers
        }
        self.stored = {each.id: Stored() for each in chargers}
        self.told: Told = {}
        self.assistant: Assistant | None = None
        self._random = Random(place.seed)
        self._drawn: list[float] = []
        self._trips: list[Trip] = []
        self._since: float | None = None
        self._shown_of = 0.0
        """When the newest true sample that has arrived was taken, s."""
        self._changes = [step.time for step in place.house.steps]
        self._over_before = (0.0, 0.0, 0.0)

    def run(self, until: float = 0.0) -> Story:
        """Live through it, at least to the end of faults at `until` (s)."""
        agenda, place = self.agenda, self.place
        for number, each in enumerate(self.links):
            car = Car(place.cars, each)
            agenda.at(1.0 + number, partial(self.world.plug_in, each, car))
        self._start()
        agenda.each(INTERVAL, self._measure, first=INTERVAL / 2)
        agenda.each(1.0, self._look, first=1.0)
        for fault in self.faults:
            agenda.at(fault.start, partial(self._begin, fault))
            agenda.at(fault.end, partial(self._end, fault))
        ends = max([until, place.start, *(fault.end for fault in self.faults)])
        before = place.start - 30.0
        agenda.at(before, self._begin_judging)
        agenda.run(ends + AFTERWARDS, self.world.advance)
        over = self.world.record.nodes[SUPPLY_ID].over
        return Story(
            drawn=self._drawn,
            trips=self._trips,
            told=self.told,
            seconds_over=over.seconds - self._over_before[0],
            amp_seconds=over.amp_seconds - self._over_before[1],
            heat=self.world.record.theta_max,
            energy=sum(self.world.record.energy_kwh.values()) - self._over_before[2],
        )

    # --- what happens ---------------------------------------------------------------

    def _receive(self, sample: MeterSample, is_true: bool) -> None:
        if self.assistant is not None and self.assistant.alive:
            if is_true and sample.stamp is not None:
                self._shown_of = sample.stamp
            self.assistant.receive(sample)

    def _live_in(self, house: House) -> None:
        self.world.house = house

    def _measure(self) -> None:
        self.meter.measure(self.world.measured_current())
        if self.assistant is None or not self.assistant.alive:
            self.meter.forget()

    def _start(self, *, at_once: bool = True) -> None:
        self.assistant = Assistant(
            self.agenda,
            self.place.site,
            self.links,
            self.stored,
            self.told,
            heater=self._heater,
        )
        setting_up = {
            each: 0.0 if at_once else self._random.uniform(0.0, 15.0)
            for each in self.links
        }
        self.assistant.start(setting_up)

    def _begin(self, fault: Fault) -> None:
        match fault.kind:
            case MeterFault():
                self.meter.faults.add(fault.kind)
            case ChargerFault():
                self.links[self.place.victim].begin(fault.kind)
            case NetworkFault():
                for link in self.links.values():
                    link.begin(ChargerFault.CUT_OFF)
                if fault.kind is NetworkFault.ALL_CUT_OFF:
                    self.meter.faults.add(MeterFault.CUT_OFF)
            case AssistantFault():
                self._befall(fault)

    def _end(self, fault: Fault) -> None:
        match fault.kind:
            case MeterFault():
                self.meter.faults.discard(fault.kind)
            case ChargerFault():
                self.links[self.place.victim].end(fault.kind)
            case NetworkFault():
                for link in self.links.values():
                    link.end(ChargerFault.CUT_OFF)
                self.meter.faults.discard(MeterFault.CUT_OFF)
            case AssistantFault.KILLED | AssistantFault.STOPPED:
                self._start(at_once=False)

    def _befall(self, fault: Fault) -> None:
        assistant = self.assistant
        assert assistant is not None
        match fault.kind:
            case AssistantFault.KILLED:
                assistant.kill()
            case AssistantFault.STOPPED:
                # In mid-cut: the sample has come, the command has left or is to.
                delay = max(self.place.comes_on - fault.start, 0.0)
                in_mid_cut = delay + self._random.uniform(0.5, 2.0)
                self.agenda.later(
                    min(in_mid_cut, fault.end - fault.start - 15.0), assistant.stop
                )
            case AssistantFault.RELOADED:
                assistant.kill()
                self.agenda.later(fault.end - fault.start, self._start)
            case _:
                assistant.freeze(fault.end)

    # --- the judge ------------------------------------------------------------------

    def _begin_judging(self) -> None:
        over = self.world.record.nodes[SUPPLY_ID].over
        energy = sum(self.world.record.energy_kwh.values())
        self._over_before = (over.seconds, over.amp_seconds, energy)
        self.told.clear()

    def _look(self) -> None:
        world = self.world
        chargers = world.chargers.values()
        self._drawn.append(sum(max(each.load) for each in chargers))
        if world.record.fuse_trips > len(self._trips):
            since = self.agenda.now if self._since is None else self._since
            trip = Trip(
                time=self.agenda.now,
                excess=self.agenda.now - since,
                lateness=max(link.lateness for link in self.links.values()),
            )
            missing = world.record.fuse_trips - len(self._trips)
            self._trips += [trip] * missing
        if not self._could_help():
            self._since = None
        elif self._since is None:
            self._since = self.agenda.now

    def _could_help(self) -> bool:
        """Whether what flows would melt the fuse, is seen, and can be ended."""
        flows, melts = self.world.supply_current, NEVER_MELTS * LIMIT
        assistant, now = self.assistant, self.agenda.now
        is_seen = not any(self._shown_of < at <= now for at in self._changes)
        if max(flows) <= melts or not is_seen:
            return False
        if assistant is None or not assistant.is_awake:
            return False
        could = [
            link
            for name, link in self.links.items()
            if link.can_be_told and assistant.has_set_up(name)
        ]
        left = (
            amps - sum(link.charger.load[phase] for link in could)
            for phase, amps in zip(Phase, flows, strict=True)
        )
        return max(left) <= melts
