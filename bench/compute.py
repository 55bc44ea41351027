"""What deciding costs, beside a general solver on the same sharing problem.

A site of N chargers in G groups of different sizes under one fuse, every third charger
on one phase only, all of them wanting their maximum, with room for about half. The house
flickers from second to second and moves to another level each 30 s, and every car draws
what it was last given, so that each decision has something to weigh. HiGHS is asked only
for the sharing, which is one part of a decision: once for the most current in all (one
linear programme), and once for max-min fairness (one after another, until every share is
settled). All times are of the processor, so that whatever else runs does not count.

The same site is decided on once more *with all plans*: a tariff's window, the grid's
operator and the sun limit power, each with a ceiling that moves each second, the
difference between phases is limited, and chargers can be set to one phase.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import inf, log2
from random import Random
from statistics import median
from time import process_time_ns

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack

from custom_components.amp_guard.balancer import Balancer
from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Ceiling,
    Charger,
    ChargerReading,
    ChargerStatus,
    Group,
    Measurement,
    Phase,
    PhaseValues,
    PowerLimit,
    Reason,
    Site,
    Snapshot,
    Supply,
)

SIZES = ((3, 1), (20, 2), (100, 8), (500, 40), (1000, 80))
"""Chargers and groups."""

TARGETS_MS = {3: 0.08, 20: 0.22, 500: 5.0}
"""The most that the median may be, ms ..."""
PLANS_TARGETS_MS = {3: 0.1, 20: 0.5, 500: 10.0}
"""... and with all plans."""
FASTER = {20: 15.0}
"""Times that a decision must be faster than max-min by HiGHS."""

_SETTLED = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What one size costs, ms; the solver's shares need one or `rounds` programmes.

    `with_plans` is the median with all plans.
    """

    chargers: int
    groups: int
    median: float
    p99: float
    with_plans: float
    one_programme: float
    max_min: float
    rounds: int

    @property
    def per_n_log_n(self) -> float:
        """The median in µs by N log2 N: it does not grow where cost grows no faster."""
        return self.median * 1000 / (self.chargers * log2(self.chargers))

    @property
    def is_met(self) -> bool:
        """Whether it is as fast as it is to be."""
        return (
            self.median <= TARGETS_MS.get(self.chargers, inf)
            and self.with_plans <= PLANS_TARGETS_MS.get(self.chargers, inf)
            and self.max_min >= FASTER.get(self.chargers, 0.0) * self.median
        )


def measure(chargers: int, groups: int, decisions: int) -> Cost:
    """Return what deciding costs for a site of this size."""
    site = _site(chargers, groups)
    times = sorted(_decide(site, decisions))
    planned = _with_plans(site)
    shares = _Sharing(site)
    one_programme, _ = _timed(shares.most)
    max_min, rounds = _timed(shares.max_min)
    return Cost(
        chargers=chargers,
        groups=groups,
        median=median(times),
        p99=times[int(0.99 * (len(times) - 1))],
        with_plans=median(_decide(planned, decisions)),
        one_programme=one_programme,
        max_min=max_min,
        rounds=rounds,
    )


def print_table(costs: Iterable[Cost]) -> bool:
    """Print the table; return whether every target is met."""
    print(
        "                 decide, ms                      µs by  with all plans"
        "      HiGHS, ms\n"
        "chargers groups  median     p99  target   N log2 N  median  target"
        "  one LP  max-min (LPs)"
    )
    met = True
    for cost in costs:
        met = met and cost.is_met
        target, planned = (
            targets.get(cost.chargers, "") for targets in (TARGETS_MS, PLANS_TARGETS_MS)
        )
        print(
            f"{cost.chargers:8d} {cost.groups:6d} {cost.median:7.3f} {cost.p99:7.3f}"
            f" {target:>7} {cost.per_n_log_n:10.2f} {cost.with_plans:7.3f}"
            f" {planned:>7} {cost.one_programme:7.2f} {cost.max_min:8.2f}"
            f" ({cost.rounds})"
        )
    return met


def _site(chargers: int, groups: int) -> Site:
    return Site(
        supply=Supply(supply_max_current=10.0 * chargers),
        groups=tuple(
            Group(
                id=f"group-{number}",
                max_current_online=(7.0 + number % 7) * chargers / groups,
                max_current_offline=6.0 * chargers / groups,
            )
            for number in range(groups)
        ),
        chargers=tuple(
            Charger(
                id=f"charger-{number}",
                group=f"group-{number % groups}",
                wiring=_wiring(number),
            )
            for number in range(chargers)
        ),
    )


def _with_plans(site: Site) -> Site:
    """Return the site with limits on power and between phases, and with a choice of phases."""
    everyone = tuple(charger.id for charger in site.chargers)
    return replace(
        site,
        unbalance=0.5 * site.supply.supply_max_current,
        power_limits=(
            PowerLimit(id="window", chargers=everyone, reason=Reason.POWER_WINDOW),
            PowerLimit(id="operator", chargers=everyone, reason=Reason.GRID_OPERATOR),
            PowerLimit(id="sun", chargers=everyone[::5], reason=Reason.SURPLUS),
        ),
        chargers=tuple(
            replace(charger, one_phase_choices=charger.wiring[:1])
            for charger in site.chargers
        ),
    )


def _ceilings(site: Site, now: float, random: Random) -> Iterable[Ceiling]:
    """Return what each limit on power leaves now: about as much as the fuse, or less."""
    for limit in site.power_limits:
        each = random.uniform(14.0, 18.0)
        yield Ceiling(
            target=limit.id,
            current=each * len(limit.chargers),
            expires=now + 60.0,
            reason=limit.reason,
        )


def _wiring(number: int) -> tuple[Phase, ...]:
    """Return one of three rotations, each third charger with its first phase only."""
    first = number // 3 % 3
    phases = tuple(Phase(phase % 3) for phase in range(first, first + 3))
    return phases[:1] if number % 3 == 2 else phases


def _decide(site: Site, decisions: int) -> Iterable[float]:
    """Decide each second; return what each decision took, ms."""
    balancer, random, level = Balancer(site), Random(1), 0.0
    given = dict.fromkeys((charger.id for charger in site.chargers), 6.0)
    for second in range(decisions):
        if second % 30 == 0:
            level = random.uniform(0.0, 0.3)
        house = (level + random.uniform(0.0, 0.01)) * site.supply.supply_max_current
        through = [house] * len(Phase)
        for charger in site.chargers:
            for phase in charger.wiring:
                through[phase] += given[charger.id]
        snapshot = Snapshot(
            measurements={
                SUPPLY_ID: Measurement(
                    time=float(second), current=PhaseValues(*through)
                )
            },
            chargers={
                charger.id: _reading(charger, given[charger.id], float(second))
                for charger in site.chargers
            },
            ceilings=tuple(_ceilings(site, float(second), random)),
        )
        before = process_time_ns()
        decision = balancer.decide(snapshot, float(second))
        yield (process_time_ns() - before) / 1e6
        given = {id_: each.current for id_, each in decision.allocations.items()}


def _reading(charger: Charger, amps: float, now: float) -> ChargerReading:
    own = [amps if n < len(charger.wiring) else 0.0 for n in range(3)]
    return ChargerReading(
        status=ChargerStatus.CHARGING if amps else ChargerStatus.WAITING,
        current=PhaseValues(*own),
        current_time=now,
        limit=amps,
        phases_set=len(charger.wiring) if charger.one_phase_choices else None,
    )


class _Sharing:
    """The sharing problem of a site as linear programmes."""

    def __init__(self, site: Site) -> None:
        nodes = [SUPPLY_ID, *(group.id for group in site.groups)]
        row_of = {node: 3 * number for number, node in enumerate(nodes)}
        house = 0.15 * site.supply.supply_max_current
        limits = [site.supply.supply_max_current - house] * 3
        for group in site.groups:
            limits += [group.max_current_online] * 3
        entries = [
            (row_of[node] + phase, column)
            for column, charger in enumerate(site.chargers)
            for node in (SUPPLY_ID, charger.group)
            for phase in charger.wiring
        ]
        rows, columns = (np.array(each) for each in zip(*entries, strict=True))
        self._count = len(site.chargers)
        self._limits = np.array(limits)
        self._most = np.array([charger.max_current for charger in site.chargers])
        self._uses = coo_array(
            (np.ones(len(entries)), (rows, columns)), shape=(len(limits), self._count)
        ).tocsr()

    def most(self) -> int:
        """Find the most current in all; return the number of programmes."""
        linprog(  # type: ignore[call-overload] # its types forget sparse arrays
            -np.ones(self._count),
            A_ub=self._uses,
            b_ub=self._limits,
            bounds=np.column_stack((np.zeros(self._count), self._most)),
        )
        return 1

    def max_min(self) -> int:
        """Raise the least share, settle what cannot rise, and so on."""
        share = np.zeros(self._count)
        open_ = np.ones(self._count, dtype=bool)
        rounds = 0
        while open_.any():
            level = self._raise(share, open_)
            rounds += 1
            share[open_] = level
            spare = self._limits - self._uses @ share
            tight = (self._uses[spare < _SETTLED].sum(axis=0) > 0) | (
                share >= self._most - _SETTLED
            )
            if not (open_ & tight).any():
                raise ArithmeticError("no share could be settled")
            open_ &= ~tight
        return rounds

    def _raise(self, share: np.ndarray, open_: np.ndarray) -> float:
        """Return the highest level that all open shares can have together.

        The variables are the open shares and the level; none may be below it.
        """
        count = int(open_.sum())
        uses = self._uses[:, np.flatnonzero(open_)]
        closed = self._uses @ np.where(open_, 0.0, share)
        level = csr_array((self._uses.shape[0], 1))
        at_least = hstack([-eye_array(count), csr_array(np.ones((count, 1)))])
        constraints = vstack([hstack([uses, level]), at_least], format="csr")
        solution = linprog(
            np.append(np.zeros(count), -1.0),
            A_ub=constraints,
            b_ub=np.append(self._limits - closed, np.zeros(count)),
            bounds=[(0.0, most) for most in self._most[open_]] + [(0.0, None)],
        )
        if solution.x is None:
            raise ArithmeticError(f"no level was found: {solution.message}")
        return float(solution.x[-1])


def _timed(solve: Callable[[], int]) -> tuple[float, int]:
    """Return the ms that solving takes (median of three), and its result."""
    times = []
    for _ in range(3):
        before = process_time_ns()
        result = solve()
        times.append((process_time_ns() - before) / 1e6)
    return median(times), result
