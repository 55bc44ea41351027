"""Shares are max-min fair: checked against an exact reference, by linear programs.

The reference raises the lowest level as far as it goes, settles those who cannot rise
further, and starts again with the others: lexicographic max-min, each step solved by
SciPy's HiGHS.
"""

from collections.abc import Sequence

from hypothesis import given, strategies as st
import numpy as np
from numpy.typing import NDArray
import pytest
from scipy.optimize import linprog

from custom_components.amp_guard.control.sharing import Demand, fill, in_whole_steps

from .strategies import examples

type Currents = NDArray[np.float64]

CONSTRAINTS = 6
SAME = 1e-4
"""A: solvers do not agree further."""
HAIR = 1e-6


def demand(low: float, high: float, *loaded: int, step: float = 1.0) -> Demand:
    return Demand(
        low=low,
        high=high,
        step=step,
        load=tuple((c, 1.0) for c in loaded),
        allocated=0.0,
    )


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[float], list[Demand]]:
    """Return headroom that carry every minimum, and demands on them."""
    weights = st.sampled_from([1.0, 1.0, 1.0, 3**0.5])
    demands = []
    for _ in range(draw(st.integers(1, 7))):
        loaded = draw(
            st.lists(
                st.integers(0, CONSTRAINTS - 1), min_size=1, max_size=4, unique=True
            )
        )
        low = draw(st.sampled_from([6.0, 6.0, 8.0, 10.0]))
        step = draw(st.sampled_from([0.1, 0.5, 1.0, 1.0, 2.0]))
        demands.append(
            Demand(
                low=low,
                high=low + step * draw(st.integers(0, 30)),
                step=step,
                load=tuple((number, draw(weights)) for number in sorted(loaded)),
                allocated=draw(st.sampled_from([0.0, low, low + step])),
            )
        )
    spare = st.integers(0, 300).map(lambda tenths: tenths / 10)
    lowest = _carried(demands, [demand.low for demand in demands])
    return [low + draw(spare) for low in lowest], demands


def _carried(demands: Sequence[Demand], shares: Sequence[float]) -> list[float]:
    """Return what shares load each constraint with, A."""
    carried = [0.0] * CONSTRAINTS
    for demand, share in zip(demands, shares, strict=True):
        for number, weight in demand.load:
            carried[number] += weight * share
    return carried


def reference(headroom: Sequence[float], demands: Sequence[Demand]) -> list[float]:
    """Return the lexicographic max-min share-out."""
    count = len(demands)
    matrix = np.zeros((len(headroom), count))
    for column, demand in enumerate(demands):
        for number, weight in demand.load:
            matrix[number, column] = weight
    lows = np.array([demand.low for demand in demands])
    highs = np.array([demand.high for demand in demands])
    rising = np.ones(count, dtype=bool)
    while rising.any():
        # The level: one more variable that no rising share may be below.
        below = np.hstack([-np.eye(count)[rising], np.ones((rising.sum(), 1))])
        level = _most(
            np.vstack([np.hstack([matrix, np.zeros((len(headroom), 1))]), below]),
            np.concatenate([headroom, np.zeros(rising.sum())]),
            np.append(lows, 0.0),
            np.append(highs, 1e4),
            objective=count,
        )
        # A hair below, or the solver's own tolerance makes the next program infeasible.
        lows = np.where(rising, np.clip(level - HAIR, lows, highs), lows)
        for number in np.flatnonzero(rising):
            if _most(matrix, headroom, lows, highs, number) <= lows[number] + SAME:
                highs[number] = lows[number]
                rising[number] = False
    return [float(low) for low in lows]


def _most(
    matrix: Currents,
    headroom: Sequence[float] | Currents,
    lows: Currents,
    highs: Currents,
    objective: int,
) -> float:
    """Return the most that one variable can be, A."""
    cost = np.zeros(len(lows))
    cost[objective] = -1.0
    solved = linprog(
        cost,
        A_ub=matrix,
        b_ub=np.asarray(headroom),
        bounds=[(float(a), float(b)) for a, b in zip(lows, highs, strict=True)],
        method="highs",
    )
    assert solved.success, solved.message
    return -float(solved.fun or 0.0)


@examples(150)
@given(instances())
def test_fill_is_max_min_fair(instance: tuple[list[float], list[Demand]]) -> None:
    headroom, demands = instance
    assert fill(headroom, demands) == pytest.approx(
        reference(headroom, demands), abs=1e-3
    )


@examples(500)
@given(instances())
def test_whole_steps_pass_no_limit_and_leave_nothing_usable(
    instance: tuple[list[float], list[Demand]],
) -> None:
    headroom, demands = instance
    fair = fill(headroom, demands)
    shares = in_whole_steps(headroom, demands, fair)
    left = [
        current - carried
        for current, carried in zip(headroom, _carried(demands, shares), strict=True)
    ]
    assert min(left) >= -SAME
    for demand, share, mean in zip(demands, shares, fair, strict=True):
        assert demand.low - SAME <= share <= demand.high + SAME
        assert share / demand.step == pytest.approx(
            round(share / demand.step), abs=1e-6
        )
        assert share > mean - demand.step - SAME
        usable = min(left[number] / weight for number, weight in demand.load)
        assert usable < demand.step or share + demand.step > demand.high + SAME


def test_equals_share_equally() -> None:
    shares = fill([30.0], [demand(6, 16, 0), demand(6, 16, 0), demand(6, 16, 0)])
    assert shares == pytest.approx([10, 10, 10])


def test_what_one_cannot_use_goes_to_the_others() -> None:
    shares = fill([30.0], [demand(6, 7, 0), demand(6, 16, 0), demand(6, 16, 0)])
    assert shares == pytest.approx([7, 11.5, 11.5])


def test_a_tight_group_leaves_its_rest_to_the_others() -> None:
    headroom = [35.0, 20.0]  # the supply's, the group's
    demands = [demand(6, 32, 0, 1), demand(6, 32, 0, 1), demand(6, 32, 0)]
    assert fill(headroom, demands) == pytest.approx([10, 10, 15])


def test_the_odd_ampere_stays_with_who_has_it() -> None:
    demands = [demand(6, 16, 0), demand(6, 16, 0)]
    demands[1] = demands[1]._replace(allocated=8.0)
    assert in_whole_steps([15.0], demands, fill([15.0], demands)) == [7.0, 8.0]


def test_the_odd_ampere_that_nobody_has_goes_to_who_starts() -> None:
    """It costs no command: who starts is commanded anyway."""
    demands = [demand(6, 16, 0), demand(6, 16, 0)]
    demands[0] = demands[0]._replace(allocated=7.0)
    assert in_whole_steps([15.0], demands, fill([15.0], demands)) == [7.0, 8.0]
