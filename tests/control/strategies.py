"""Random sites and random histories.

A history is a list of events; each is a small change to the plant, or time that
passes. What shrinks is the list, so a failure reads as a story.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Protocol

from hypothesis import strategies as st

from custom_components.amp_guard.model import (
    BalancerType,
    Ceiling,
    Charger,
    EarthingSystem,
    FuseType,
    Group,
    Phase,
    PhaseMode,
    PhaseValues,
    PowerLimit,
    Reason,
    Site,
    SiteError,
    Supply,
)
from tests.properties import examples  # noqa: F401 - used by all

from .driver import Line
from .plant import MeterMode, Moment, Plant, Switching

MOST_CHARGERS = 5
FUSES = (16.0, 20.0, 25.0, 35.0, 50.0, 63.0)


class Event(Protocol):
    """Something that happens to a plant."""

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Change the plant; yield the moments of the time that passes."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Time passes, a decision each `each` s."""

    steps: int
    each: float = 1.0

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Step."""
        for _ in range(self.steps):
            yield plant.step(self.each)


@dataclass(frozen=True, slots=True)
class Load:
    """The own load of a node steps, A."""

    node: int
    current: PhaseValues

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Switch it."""
        plant.loads[_pick(sorted(plant.nodes), self.node)] = self.current
        return ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One property of one charger or its car changes."""

    charger: int
    name: str
    value: Any

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Set it."""
        outlet = plant.outlets[_pick(sorted(plant.outlets), self.charger)]
        setattr(outlet, self.name, self.value)
        return ()


@dataclass(frozen=True, slots=True)
class Tell:
    """One charger's way to report: how late, whether it says so, when anew."""

    charger: int
    report_age: float | None
    tells_when: bool
    only_changes: bool
    asked_each: float

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Set it."""
        outlet = plant.outlets[_pick(sorted(plant.outlets), self.charger)]
        outlet.report_age, outlet.tells_when = self.report_age, self.tells_when
        outlet.only_changes, outlet.asked_each = self.only_changes, self.asked_each
        return ()


@dataclass(frozen=True, slots=True)
class Drive:
    """One property of the line to one charger changes, where it has a driver."""

    charger: int
    name: str
    value: Any

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Set it."""
        outlet = plant.outlets[_pick(sorted(plant.outlets), self.charger)]
        if outlet.driver is not None:
            setattr(outlet.driver, self.name, self.value)
        return ()


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter begins to do something else."""

    node: int
    mode: MeterMode

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Switch it."""
        plant.modes[_pick(sorted(plant.nodes), self.node)] = self.mode
        return ()


@dataclass(frozen=True, slots=True)
class Ceil:
    """A ceiling is set on a node or charger for some s, or taken away (None)."""

    target: int
    current: float | None
    seconds: float

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Set it."""
        targets = sorted(plant.nodes) + sorted(plant.outlets)
        targets += [limit.id for limit in plant.site.power_limits]
        target = _pick(targets, self.target)
        plant.ceilings.pop(target, None)
        if self.current is not None:
            expires = plant.now + plant.shift + self.seconds
            plant.ceilings[target] = Ceiling(
                target=target, current=self.current, expires=expires
            )
        return ()


@dataclass(frozen=True, slots=True)
class Allow:
    """A plan lets the chargers of its limit draw so much together, A over their phases.

    None: as the fuses allow.
    """

    limit: int
    current: float | None

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Allow it, where there is a limit."""
        if not (limits := plant.site.power_limits):
            return ()
        target = limits[self.limit % len(limits)].id
        plant.ceilings.pop(target, None)
        if self.current is not None:
            plant.ceilings[target] = Ceiling(
                target=target, current=self.current, expires=inf
            )
        return ()


@dataclass(frozen=True, slots=True)
class Boost:
    """A charger is served before all others for some s."""

    charger: int
    seconds: float

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Set it."""
        charger = _pick(sorted(plant.outlets), self.charger)
        plant.boosts[charger] = plant.now + plant.shift + self.seconds
        return ()


@dataclass(frozen=True, slots=True)
class StepBack:
    """The caller's clock steps back, s."""

    seconds: float

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Shift it."""
        plant.shift -= self.seconds
        return ()


@dataclass(frozen=True, slots=True)
class Change:
    """The owner changes a figure of the supply, a group or a charger."""

    part: int
    current: float

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Change it, where that leaves a site that can be balanced."""
        changed = self._changed(plant.site)
        with suppress(SiteError):
            plant.change(changed)
        return ()

    def _changed(self, site: Site) -> Site:
        at, kind = divmod(self.part, 7)
        if kind == 0:
            supply = replace(site.supply, supply_max_current=self.current)
            return replace(site, supply=supply)
        if kind <= 3:
            picked = _pick(sorted(group.id for group in site.groups), at)
            groups = (
                self._of_group(group, kind) if group.id == picked else group
                for group in site.groups
            )
            return replace(site, groups=tuple(groups))
        picked = _pick(sorted(charger.id for charger in site.chargers), at)
        chargers = (
            self._of_charger(charger, kind) if charger.id == picked else charger
            for charger in site.chargers
        )
        return replace(site, chargers=tuple(chargers))

    def _of_group(self, group: Group, kind: int) -> Group:
        if kind == 1:
            offline = min(group.max_current_offline, self.current)
            return replace(
                group, max_current_online=self.current, max_current_offline=offline
            )
        if kind == 2:
            return replace(group, min_current=self.current)
        return replace(group, active=not group.active)

    def _of_charger(self, charger: Charger, kind: int) -> Charger:
        if kind == 4:
            return replace(charger, max_current=self.current)
        if kind == 5:
            return replace(charger, priority=3 - charger.priority)
        return replace(charger, active=not charger.active)


@dataclass(frozen=True, slots=True)
class Restart:
    """The balancer starts anew."""

    def happen(self, plant: Plant) -> Iterable[Moment]:
        """Forget all."""
        plant.restart()
        return ()


def _pick(names: list[str], number: int) -> str:
    return names[number % len(names)]


def live(plant: Plant, history: Iterable[Event]) -> Iterator[Moment]:
    """Let a history happen and yield its moments."""
    for event in history:
        yield from event.happen(plant)


# --- sites ------------------------------------------------------------------------


def currents(low: float, high: float) -> st.SearchStrategy[float]:
    """Return currents with one decimal, A."""
    return st.integers(round(low * 10), round(high * 10)).map(lambda n: n / 10)


def orders(
    phases: tuple[Phase, ...], least: int = 1
) -> st.SearchStrategy[tuple[Phase, ...]]:
    """Return some of the phases in any order."""
    return st.lists(
        st.sampled_from(phases), min_size=least, max_size=len(phases), unique=True
    ).map(tuple)


ALL = tuple(Phase)


@st.composite
def groups(draw: st.DrawFn, *, most: int = 3) -> tuple[Group, ...]:
    """Return nested groups."""
    made: list[Group] = []
    for number in range(draw(st.integers(1, most))):
        parent = draw(st.sampled_from([None, *made]))
        phases = parent.phases if parent is not None else ALL
        if draw(st.integers(0, 3)) == 0:
            phases = draw(orders(phases, least=min(2, len(phases))))
        online = draw(st.sampled_from(FUSES))
        made.append(
            Group(
                id=f"group {number}",
                parent="supply" if parent is None else parent.id,
                phases=phases,
                max_current_online=online,
                max_current_offline=draw(currents(0, online)),
                min_current=draw(st.sampled_from([6.0, 6.0, 8.0])),
                chargers_included_in_measurements=draw(
                    st.sampled_from([True, True, False])
                ),
                metered=draw(st.sampled_from([False, False, True])),
                active=draw(st.integers(0, 7)) > 0,
            )
        )
    return tuple(made)


@st.composite
def chargers(
    draw: st.DrawFn,
    number: int,
    parents: tuple[Group, ...],
    earthing_system: EarthingSystem,
) -> Charger:
    """Return a charger in one of the groups."""
    group = draw(st.sampled_from(parents))
    lines = 2 if earthing_system is EarthingSystem.IT else 1
    least = min(lines, len(group.phases))
    wiring = draw(orders(group.phases, least=least))
    low = draw(st.sampled_from([6.0, 6.0, 7.0, 10.0]))
    return Charger(
        id=f"charger {number}",
        group=group.id,
        wiring=wiring,
        min_current=low,
        max_current=draw(st.sampled_from([10.0, 16.0, 20.0, 32.0])),
        resolution=draw(st.sampled_from([1.0, 1.0, 0.1, 0.5, 2.0])),
        priority=draw(st.integers(1, 2)),
        offline_current=draw(st.sampled_from([0.0, 6.0, 8.0])),
        offline_phase=draw(st.sampled_from([None, *wiring])),
        command_lag=draw(st.sampled_from([1.0, 5.0, 15.0])),
        expiring_limit=draw(st.booleans()),
        socket_current=draw(st.sampled_from([0.0, 0.0, 0.0, 10.0])),
        active=draw(st.integers(0, 7)) > 0,
        one_phase_choices=draw(st.sampled_from([(), (), wiring[:1], wiring])),
        switch_time=draw(st.sampled_from([5.0, 30.0])),
        phase_mode=draw(st.sampled_from([PhaseMode.AUTOMATIC, *PhaseMode])),
    )


@st.composite
def sites(
    draw: st.DrawFn,
    *,
    most_groups: int = 3,
    most_chargers: int = MOST_CHARGERS,
    turn: float = 1800.0,
    planned: bool = False,
) -> Site:
    """Return a site of nested groups with chargers of all kinds.

    Where it is `planned` there are limits on power and of the difference between phases.
    """
    earthing_system = draw(
        st.sampled_from([EarthingSystem.TN, EarthingSystem.TN, EarthingSystem.IT])
    )
    parents = draw(groups(most=most_groups))
    count = draw(st.integers(1, most_chargers))
    limited = st.lists(
        st.sampled_from([f"charger {number}" for number in range(count)]),
        min_size=int(planned),
        unique=True,
    )
    limits = st.lists(limited, min_size=int(planned), max_size=2)
    return Site(
        supply=Supply(
            supply_max_current=draw(st.sampled_from(FUSES)),
            fuse_type=draw(st.sampled_from(FuseType)),
            earthing_system=earthing_system,
            metered=draw(st.integers(0, 5)) > 0,
        ),
        groups=parents,
        chargers=tuple(
            draw(chargers(n, parents, earthing_system)) for n in range(count)
        ),
        power_limits=tuple(
            PowerLimit(id=f"limit {n}", chargers=tuple(held), reason=Reason.SURPLUS)
            for n, held in enumerate(draw(limits))
        ),
        unbalance=draw(
            st.sampled_from([7.0, 10.0, 16.0] if planned else [None, None, 16.0, 20.0])
        ),
        balancer_type=draw(st.sampled_from(BalancerType)),
        turn=turn,
    )


# --- histories --------------------------------------------------------------------

_INDEX = st.integers(0, MOST_CHARGERS - 1)
_LOADS = st.one_of(
    st.builds(PhaseValues, *(currents(0, 12),) * 3),
    st.builds(PhaseValues, *(currents(-10, 45),) * 3),
)
_AGES = st.sampled_from([0.0, 1.0, 3.0, 15.0, 30.0, 60.0, None])
_TELLS = st.tuples(
    _AGES,
    st.sampled_from([False, False, True]),
    st.booleans(),
    st.sampled_from([0.0, 0.0, 10.0, 30.0]),
)
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "connected": st.booleans(),
    "full": st.booleans(),
    "wants": st.sampled_from([0.0, 3.0, 8.0, 16.0, 32.0]),
    "ramp": st.sampled_from([1.0, 8.0, 32.0]),
    "start_delay": st.sampled_from([0.0, 5.0, 28.0]),
    "lag": st.sampled_from([0.0, 2.0, 5.0]),
    "obeys": st.booleans(),
    "reachable": st.booleans(),
    "report_age": _AGES,
    "tells_limit": st.booleans(),
    "user_limit": st.sampled_from([None, 0.0, 5.0, 9.3, 16.0]),
    "socket_current": st.sampled_from([None, 0.0, 4.0, float("nan")]),
    "switching": st.sampled_from(Switching),
}
_TURNS = st.sampled_from(sorted(_KINDS)).flatmap(
    lambda name: st.builds(Turn, _INDEX, st.just(name), _KINDS[name])
)
_LINES = {"line": st.sampled_from(Line), "hears": st.booleans()}
_DRIVES = st.sampled_from(sorted(_LINES)).flatmap(
    lambda name: st.builds(Drive, _INDEX, st.just(name), _LINES[name])
)
_PASSES = st.builds(
    Pass, st.integers(1, 60), st.sampled_from([0.5, 1.0, 1.0, 1.0, 10.0])
)
_ALLOWANCES = st.builds(
    Allow, st.integers(0, 1), st.sampled_from([None, 0.0, 5.0, 12.0, 18.5, 30.0, 50.0])
)
_EVENTS = st.one_of(
    _PASSES,
    _PASSES,
    _PASSES,
    st.builds(Load, _INDEX, _LOADS),
    _TURNS,
    st.builds(Meter, _INDEX, st.sampled_from(MeterMode)),
    st.builds(
        Ceil,
        st.integers(0, 8),
        st.sampled_from([None, 0.0, 6.0, 10.5, 20.0, 35.0]),
        st.sampled_from([5.0, 60.0, 1e6]),
    ),
    st.builds(Boost, _INDEX, st.sampled_from([0.0, 60.0, 1e6])),
    st.builds(
        Change, st.integers(0, 34), st.sampled_from([7.0, 10.0, 16.0, 25.0, 40.0])
    ),
    st.builds(StepBack, st.sampled_from([1.0, 60.0, 3600.0])),
    st.just(Restart()),
)


def histories(
    most: int = 30, *, driven: bool = False, planned: bool = False
) -> st.SearchStrategy[list[Event]]:
    """Return what may happen to a site; time passes at the end.

    Each charger reports in its own way, mostly late without saying so. Where it is
    `driven`, a part of it happens to commands; where it is `planned`, to what plans allow.
    """
    events = _EVENTS
    if driven:
        events = st.one_of(events, _DRIVES, _DRIVES)
    if planned:
        events = st.one_of(events, _ALLOWANCES)
    tells = st.lists(_TELLS, min_size=MOST_CHARGERS, max_size=MOST_CHARGERS)
    return st.builds(
        lambda tells, events: [
            *(Tell(number, *how) for number, how in enumerate(tells)),
            *events,
            Pass(5),
        ],
        tells,
        st.lists(events, min_size=8, max_size=most),
    )
