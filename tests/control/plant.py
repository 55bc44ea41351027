"""A toy plant: loads, cars and meters that close the loop around a `Balancer`.

No physics beyond what the law has to cope with: a car follows its limit after a lag,
up by a ramp and down at once; a meter shows the sum of what flows, or fails to.
Currents in A, times in s.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import cycle
from math import sqrt
from typing import Any

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.control.tree import Tree
from custom_components.amp_guard.model import (
    MINIMUM_SIGNALLED_CURRENT,
    NO_CURRENT,
    Allocation,
    Ceiling,
    Charger,
    ChargerReading,
    ChargerStatus,
    Decision,
    EarthingSystem,
    Measurement,
    Phase,
    PhaseValues,
    Site,
    Snapshot,
)

from .driver import Driver

LATE_SWITCH = 45.0
"""s after which a charger opens its contacts that says so at once."""
DRAWS = 1.0
"""A from which a car draws: less is none that its phases could be seen by."""
ABSURD = 1e6
"""A: no meter means that."""


class MeterMode(StrEnum):
    """What a meter does."""

    GOOD = "good"
    SILENT = "silent"
    FROZEN = "frozen"
    NOT_A_NUMBER = "not a number"
    ABSURD = "absurd"


class Switching(StrEnum):
    """What a charger does that is set to other phases."""

    HONEST = "honest"
    LIES = "lies"
    """It says that it is set, and its car draws on all phases as before."""
    IGNORES = "ignores"
    LATE = "late"
    """It says so at once, and is set long after that."""


@dataclass(slots=True, kw_only=True)
class Outlet:
    """One charger and the car at it.

    The car uses `phases` phases and loads the supply's by `weights` for each A it draws.
    `wants` is the most the car takes now, A per phase (0: it sleeps); `ramp` is in A/s.
    It starts `start_delay` s after it may, if the limit is at least `starts_from`.
    `report_age` is how old its reports are, s (None: it never reports its draw); if it
    `tells_when`, they say so, else they and its status carry the time of their arrival.
    With `only_changes` one that is like the one before is none; it is asked each
    `asked_each` s. Set to other phases it is `switching`; `switched_at` is when it was
    told, and `switched_under_load` says whether it ever was while its car drew.
    `limit` is the limit in force in the charger; its car `draws_since` then, s.
    """

    charger: Charger
    phases: int = 3
    weights: PhaseValues
    connected: bool = True
    full: bool = False
    wants: float = 32.0
    ramp: float = 32.0
    start_delay: float = 0.0
    starts_from: float = MINIMUM_SIGNALLED_CURRENT
    lag: float = 0.0
    obeys: bool = True
    reachable: bool = True
    report_age: float | None = 0.0
    tells_when: bool = True
    only_changes: bool = False
    asked_each: float = 0.0
    tells_limit: bool = True
    user_limit: float | None = None
    socket_current: float | None = None
    limit: float = 0.0
    draw: float = 0.0
    driver: Driver | None = None
    switching: Switching = Switching.HONEST
    phases_set: int | None = None
    switched_at: list[float] = field(default_factory=list)
    switched_under_load: bool = False
    draws_since: float | None = None
    _being_set: tuple[Phase, ...] | None = None
    _last_set: tuple[Phase, ...] = tuple(Phase)
    _to_be_set: deque[tuple[float, tuple[Phase, ...]]] = field(default_factory=deque)
    _expires: float = float("inf")
    _starts_at: float | None = None
    _told: deque[tuple[float, float]] = field(default_factory=deque)
    _past: deque[tuple[float, float]] = field(default_factory=deque)
    _said: tuple[float, PhaseValues] | None = None
    _answered: tuple[float, ChargerReading] | None = None

    def tell(self, limit: float, now: float) -> None:
        """Receive a new limit; the car follows it after the lag."""
        self._told.append((now + self.lag, limit))

    def take(self, allocation: Allocation, now: float) -> None:
        """Take what it is to be commanded; what is lost hears a driver at most."""
        if allocation.phases is not None and self.reachable:
            self._be_set(allocation.phases, now)
        if self.driver is not None:
            self.driver.command(allocation.current, allocation.valid_for, now)
        elif self.reachable:
            self.tell(allocation.current, now)
        if allocation.phases is None:
            self._being_set = None

    def _be_set(self, phases: tuple[Phase, ...], now: float) -> None:
        """Receive that it is to use other phases."""
        if self._being_set == phases:
            return
        self._being_set = self._last_set = phases
        self.switched_at.append(now)
        self.switched_under_load |= self.draw > 0.0
        if self.switching is Switching.IGNORES:
            return
        if self.switching is not Switching.HONEST:
            self.phases_set = len(phases)
        if self.switching is not Switching.LIES:
            late = self.switching is Switching.LATE
            self._to_be_set.append((now + (LATE_SWITCH if late else self.lag), phases))

    @property
    def lies(self) -> bool:
        """Return whether its car uses others than it was last set to, by its own word."""
        return self.phases_set == 1 and any(
            weight and phase not in self._last_set
            for phase, weight in enumerate(self.weights)
        )

    def be_set_by_hand(self, phases: tuple[Phase, ...]) -> None:
        """Use other phases from now on."""
        self.phases_set = len(phases)
        of_car = self.charger.wiring[: self.phases]
        used = phases if len(phases) == 1 else of_car
        self.weights = PhaseValues(*(float(phase in used) for phase in Phase))

    def live(self, now: float, seconds: float) -> None:
        """Let the car follow until `now`."""
        while self._to_be_set and self._to_be_set[0][0] <= now:
            self.be_set_by_hand(self._to_be_set.popleft()[1])
        while self._told and self._told[0][0] <= now:
            self.limit = self._told.popleft()[1]
        if self.driver is not None:
            self._obey(self.driver, now)
        allowed = self._allowed()
        if allowed == 0.0:
            self._starts_at = None
        elif self.draw == 0.0:
            if self._starts_at is None:
                self._starts_at = now + self.start_delay
            if now < self._starts_at:
                allowed = 0.0
        self.draw = min(allowed, self.draw + self.ramp * seconds)
        if self.draw < DRAWS:
            self.draws_since = None
        elif self.draws_since is None:
            self.draws_since = now
        self._past.append((now, self.draw))
        while len(self._past) > 1 and self._past[1][0] <= now - 60:
            self._past.popleft()

    def _obey(self, driver: Driver, now: float) -> None:
        while (landed := driver.land(now)) is not None:
            self.limit, self._expires = landed.current, landed.expires
        if self._expires <= now:
            self.limit = min(self.limit, self.charger.offline_current)
        driver.live(now)

    def may_be_in_force(self) -> float:
        """Return the highest limit that is in force or on its way, A."""
        landing = self.driver.landing if self.driver is not None else ()
        return max([self.limit, *(each.current for each in landing)])

    def _allowed(self) -> float:
        """Return what the car would draw in the end, A per phase."""
        if not self.connected:
            return 0.0
        if not self.obeys:
            return self.draw
        limit = self.limit
        if self.user_limit is not None:
            limit = min(limit, self.user_limit)
        least = MINIMUM_SIGNALLED_CURRENT if self.draw else self.starts_from
        return 0.0 if self.full or limit < least else min(limit, self.wants)

    def status(self) -> ChargerStatus:
        """Return what the charger says of itself."""
        if not self.reachable:
            return ChargerStatus.LOST
        if not self.connected:
            return ChargerStatus.DISCONNECTED
        if self.full:
            return ChargerStatus.FULL
        return ChargerStatus.CHARGING if self.draw else ChargerStatus.WAITING

    def may_charge(self) -> bool:
        """Return whether a car is there that would charge."""
        return self.status() in {ChargerStatus.WAITING, ChargerStatus.CHARGING}

    def reading(self, now: float, shift: float) -> ChargerReading:
        """Return what it tells at `now`, in the clock that is `shift` s ahead."""
        current = current_time = None
        if self.report_age is not None:
            latest = now - self.report_age
            old_enough = (each for each in reversed(self._past) if each[0] <= latest)
            taken, draw = next(old_enough, self._past[0])
            # On its own lines, in the order of its wiring.
            own = [self.weights[phase] * draw for phase in self.charger.wiring]
            own += [0.0] * (len(Phase) - len(own))
            current = PhaseValues(*own)
            current_time = taken if self.tells_when else now
            if self.only_changes and self._said is not None:
                said_at, said = self._said
                current_time = said_at if said == current else current_time
            self._said = current_time, current
            current_time += shift
        user_limit = self.user_limit
        if user_limit is None and self.driver is not None:
            user_limit = self.driver.user_limit
        status = self.status()
        if not self.tells_when and self.may_charge() and current is not None:
            drew = max(current)
            status = ChargerStatus.CHARGING if drew else ChargerStatus.WAITING
        if self._answered is not None and self.may_charge():
            answered_at, before = self._answered
            if now - answered_at < self.asked_each:
                status, current = before.status, before.current
                current_time = before.current_time
        reading = ChargerReading(
            status=status,
            current=current,
            current_time=current_time,
            limit=self.limit if self.tells_limit else None,
            user_limit=user_limit,
            socket_current=self.socket_current,
            phases_set=self.phases_set,
            switched_at=self.switched_at[-1] + shift if self.switched_at else None,
        )
        if self._answered is None or now - self._answered[0] >= self.asked_each:
            self._answered = now, reading
        return reading


@dataclass(slots=True, kw_only=True)
class Moment:
    """One decision with what it was made from.

    `before` is the decision before it (None after a restart). `fresh` names the nodes
    whose meter showed a new and possible sample. `now` is the plant's time, `told` the
    caller's, whose clock may step back.
    """

    now: float
    told: float
    snapshot: Snapshot
    decision: Decision
    before: Decision | None
    fresh: frozenset[str]


class Plant:
    """A site that lives around a `Balancer`."""

    def __init__(
        self, site: Site, *, phases: Iterable[int] = (3,), driven: bool = False
    ) -> None:
        """Start dark and unplugged; `phases` says how many each car uses.

        `driven` puts a driver between the balancer and each charger, which tells what
        becomes of commands.
        """
        self.site = site
        self.tree = Tree(site)
        self.branches = {b.charger.id: b for b in self.tree.branches}
        self.balancer = Balancer(site)
        self.now = 0.0
        self.shift = 0.0
        self.resolution = 0.0
        self.damage: Callable[[Measurement], Measurement] = _no_damage
        """What becomes of the supply's samples on their way."""
        self.nodes = [node.id for node in self.tree.fuses]
        self.loads = dict.fromkeys(self.nodes, NO_CURRENT)
        self.modes = dict.fromkeys(self.nodes, MeterMode.GOOD)
        self.ceilings: dict[str, Ceiling] = {}
        self.boosts: dict[str, float] = {}
        self.samples: dict[str, Measurement] = {}
        self.last: Moment | None = None
        self._sampled_at: dict[str, float] = {}
        self._highest = {
            node: deque[tuple[float, float]](maxlen=2) for node in self.nodes
        }
        used = cycle(phases)
        self.outlets = {
            charger.id: _outlet(charger, next(used), site.supply.earthing_system)
            for charger in sorted(site.chargers, key=lambda charger: charger.id)
        }
        if driven:
            for name in self.outlets:
                self.drive(name)

    def drive(self, name: str, **how: Any) -> Driver:
        """Put a driver, who does it so, before a charger."""
        outlet = self.outlets[name]
        charger = outlet.charger
        usual = {"lag": outlet.lag, "offline_current": charger.offline_current}
        outlet.driver = driver = Driver(**{**usual, **how})
        return driver

    def restart(self) -> None:
        """Forget everything but what is stored, as a crash of Home Assistant does."""
        self.balancer = Balancer(self.site)
        self.last = None
        for name, outlet in self.outlets.items():
            if (before := outlet.driver) is not None:
                may_hold = before.commanded(self.now).may_hold
                self.drive(name, may_hold=may_hold).go_on_from(before)
        for highest in self._highest.values():
            highest.clear()

    def change(self, site: Site) -> None:
        """Change figures of the site, as its owner may at any time."""
        self.balancer.change(site)
        self.site = site
        self.tree = Tree(site)
        self.branches = {b.charger.id: b for b in self.tree.branches}
        for charger in site.chargers:
            self.outlets[charger.id].charger = charger

    def step(self, seconds: float = 1.0) -> Moment:
        """Let time pass, measure, decide, and tell the chargers."""
        self.now += seconds
        for outlet in self.outlets.values():
            outlet.live(self.now, seconds)
        sampled = {n.id for n in self.tree.fuses if n.metered and self._sample(n.index)}
        readings = self._read()
        snapshot = Snapshot(
            measurements=dict(self.samples),
            chargers=readings,
            commands={
                name: outlet.driver.commanded(self.now)
                for name, outlet in self.outlets.items()
                if outlet.driver is not None
            },
            ceilings=tuple(self.ceilings.values()),
            boosts=dict(self.boosts),
        )
        if self.last is None:  # after a start, even an old sample is new
            sampled |= {n for n, sample in self.samples.items() if _possible(sample)}
        told = self.now + self.shift
        decision = self.balancer.decide(snapshot, told)
        last = self.last
        # A clock that steps back makes the first sample after it no newer.
        stepped_back = last is not None and told <= last.told
        moment = Moment(
            now=self.now,
            told=told,
            snapshot=snapshot,
            decision=decision,
            before=last.decision if last is not None else None,
            fresh=frozenset() if stepped_back else frozenset(sampled),
        )
        self.last = moment
        for node in moment.fresh:
            highest = max(self.samples[node].current)
            self._highest[node].append((self._sampled_at[node], highest))
        for name, allocation in decision.allocations.items():
            if allocation.send:
                self.outlets[name].take(allocation, self.now)
        return moment

    def _read(self) -> dict[str, ChargerReading]:
        """Return what the chargers say; tell it their drivers."""
        readings = {}
        for name, outlet in self.outlets.items():
            reading = outlet.reading(self.now, self.shift)
            if outlet.driver is not None:
                outlet.driver.see(reading, self.now)
                reading = outlet.reading(self.now, self.shift)
            readings[name] = reading
        return readings

    def run(self, seconds: float, each: float = 1.0) -> Iterable[Moment]:
        """Step until `seconds` have passed."""
        end = self.now + seconds
        while self.now < end:
            yield self.step(each)

    def settle(self, seconds: float, each: float = 1.0) -> Moment:
        """Step until `seconds` have passed and return the last moment."""
        (last,) = deque(self.run(seconds, each), maxlen=1)
        return last

    def last_two(self, node: str) -> list[tuple[float, float]]:
        """Return (time, highest current) of a meter's last two samples since a start."""
        return list(self._highest[node])

    def flow(self, index: int) -> PhaseValues:
        """Return what flows through a node's meter, A."""
        total = [0.0, 0.0, 0.0]
        for node in self.tree.fuses:
            if index in self._lineage(node.index):
                total = [a + b for a, b in zip(total, self.loads[node.id], strict=True)]
        for name, branch in self.branches.items():
            if index in branch.seen_by:
                outlet = self.outlets[name]
                total = [
                    a + w * outlet.draw
                    for a, w in zip(total, outlet.weights, strict=True)
                ]
        return PhaseValues(*total)

    def carried(self, index: int) -> PhaseValues:
        """Return what a node's fuse truly carries, A, whoever measures it."""
        total = [0.0, 0.0, 0.0]
        for node in self.tree.fuses:
            if index in self._lineage(node.index):
                total = [a + b for a, b in zip(total, self.loads[node.id], strict=True)]
        for name, branch in self.branches.items():
            if index in branch.path:
                outlet = self.outlets[name]
                weights = outlet.weights
                total = [
                    a + w * outlet.draw for a, w in zip(total, weights, strict=True)
                ]
        return PhaseValues(*total)

    def _lineage(self, index: int) -> list[int]:
        lineage = [index]
        while (parent := self.tree.fuses[lineage[-1]].parent) is not None:
            lineage.append(parent)
        return lineage

    def _sample(self, index: int) -> bool:
        """Take a meter's sample; return whether it is a new and possible one."""
        node = self.nodes[index]
        mode = self.modes[node]
        if mode is MeterMode.SILENT:
            return False
        current = self.flow(index)
        if self.resolution:
            current = PhaseValues(
                *(round(v / self.resolution) * self.resolution for v in current)
            )
        if mode is MeterMode.FROZEN:
            last = self.samples.get(node)
            current = last.current if last is not None else current
        if mode is MeterMode.NOT_A_NUMBER:
            current = current._replace(l2=float("nan"))
        if mode is MeterMode.ABSURD:
            current = current._replace(l3=ABSURD)
        sample = Measurement(time=self.now + self.shift, current=current)
        if index == 0:
            sample = self.damage(sample)
        self.samples[node] = sample
        self._sampled_at[node] = self.now
        return _possible(sample)


def _no_damage(sample: Measurement) -> Measurement:
    return sample


def _possible(sample: Measurement) -> bool:
    return all(abs(value) < ABSURD for value in sample.current)


def _outlet(charger: Charger, phases: int, earthing_system: EarthingSystem) -> Outlet:
    """Return a charger with a car that uses at most so many of its phases."""
    wiring = charger.wiring
    if earthing_system is EarthingSystem.IT:
        phases = len(wiring)
    weights = [0.0, 0.0, 0.0]
    for phase in wiring[:phases]:
        weights[phase] = 1.0
    if earthing_system is EarthingSystem.IT and phases == len(Phase):
        weights[wiring[-1]] = sqrt(3.0)
    return Outlet(
        charger=charger,
        phases_set=len(wiring) if charger.one_phase_choices else None,
        phases=min(phases, len(wiring)),
        weights=PhaseValues(*weights),
    )
