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

from custom_components.amp_guard.control.sharing import Claim, fill, in_whole_steps

from .strategies import examples

type Currents = NDArray[np.float64]

CONSTRAINTS = 6
SAME = 1e-4
"""A: solvers do not agree further."""
HAIR = 1e-6


def claim(low: float, high: float, *loaded: int, step: float = 1.0) -> Claim:
    return Claim(
        low=low, high=high, step=step, load=tuple((c, 1.0) for c in loaded), given=0.0
    )


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[float], list[Claim]]:
    """Return rooms that carry every minimum, and claims on them."""
    weights = st.sampled_from([1.0, 1.0, 1.0, 3**0.5])
    claims = []
    for _ in range(draw(st.integers(1, 7))):
        loaded = draw(
            st.lists(
                st.integers(0, CONSTRAINTS - 1), min_size=1, max_size=4, unique=True
            )
        )
        low = draw(st.sampled_from([6.0, 6.0, 8.0, 10.0]))
        step = draw(st.sampled_from([0.1, 0.5, 1.0, 1.0, 2.0]))
        claims.append(
            Claim(
                low=low,
                high=low + step * draw(st.integers(0, 30)),
                step=step,
                load=tuple((number, draw(weights)) for number in sorted(loaded)),
                given=draw(st.sampled_from([0.0, low, low + step])),
            )
        )
    spare = st.integers(0, 300).map(lambda tenths: tenths / 10)
    lowest = _carried(claims, [claim.low for claim in claims])
    return [low + draw(spare) for low in lowest], claims


def _carried(claims: Sequence[Claim], shares: Sequence[float]) -> list[float]:
    """Return what shares load each constraint with, A."""
    carried = [0.0] * CONSTRAINTS
    for claim, share in zip(claims, shares, strict=True):
        for number, weight in claim.load:
            carried[number] += weight * share
    return carried


def reference(rooms: Sequence[float], claims: Sequence[Claim]) -> list[float]:
    """Return the lexicographic max-min share-out."""
    count = len(claims)
    matrix = np.zeros((len(rooms), count))
    for column, claim in enumerate(claims):
        for number, weight in claim.load:
            matrix[number, column] = weight
    lows = np.array([claim.low for claim in claims])
    highs = np.array([claim.high for claim in claims])
    rising = np.ones(count, dtype=bool)
    while rising.any():
        # The level: one more variable that no rising share may be below.
        below = np.hstack([-np.eye(count)[rising], np.ones((rising.sum(), 1))])
        level = _most(
            np.vstack([np.hstack([matrix, np.zeros((len(rooms), 1))]), below]),
            np.concatenate([rooms, np.zeros(rising.sum())]),
            np.append(lows, 0.0),
            np.append(highs, 1e4),
            objective=count,
        )
        # A hair below, or the solver's own tolerance makes the next program infeasible.
        lows = np.where(rising, np.clip(level - HAIR, lows, highs), lows)
        for number in np.flatnonzero(rising):
            if _most(matrix, rooms, lows, highs, number) <= lows[number] + SAME:
                highs[number] = lows[number]
                rising[number] = False
    return [float(low) for low in lows]


def _most(
    matrix: Currents,
    rooms: Sequence[float] | Currents,
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
        b_ub=np.asarray(rooms),
        bounds=[(float(a), float(b)) for a, b in zip(lows, highs, strict=True)],
        method="highs",
    )
    assert solved.success, solved.message
    return -float(solved.fun or 0.0)


@examples(150)
@given(instances())
def test_fill_is_max_min_fair(instance: tuple[list[float], list[Claim]]) -> None:
    rooms, claims = instance
    assert fill(rooms, claims) == pytest.approx(reference(rooms, claims), abs=1e-3)


@examples(500)
@given(instances())
def test_whole_steps_pass_no_room_and_leave_nothing_usable(
    instance: tuple[list[float], list[Claim]],
) -> None:
    rooms, claims = instance
    fair = fill(rooms, claims)
    shares = in_whole_steps(rooms, claims, fair)
    left = [
        room - carried
        for room, carried in zip(rooms, _carried(claims, shares), strict=True)
    ]
    assert min(left) >= -SAME
    for claim, share, mean in zip(claims, shares, fair, strict=True):
        assert claim.low - SAME <= share <= claim.high + SAME
        assert share / claim.step == pytest.approx(round(share / claim.step), abs=1e-6)
        assert share > mean - claim.step - SAME
        usable = min(left[number] / weight for number, weight in claim.load)
        assert usable < claim.step or share + claim.step > claim.high + SAME


def test_equals_share_equally() -> None:
    shares = fill([30.0], [claim(6, 16, 0), claim(6, 16, 0), claim(6, 16, 0)])
    assert shares == pytest.approx([10, 10, 10])


def test_what_one_cannot_use_goes_to_the_others() -> None:
    shares = fill([30.0], [claim(6, 7, 0), claim(6, 16, 0), claim(6, 16, 0)])
    assert shares == pytest.approx([7, 11.5, 11.5])


def test_a_tight_group_leaves_its_rest_to_the_others() -> None:
    rooms = [35.0, 20.0]  # the supply's, the group's
    claims = [claim(6, 32, 0, 1), claim(6, 32, 0, 1), claim(6, 32, 0)]
    assert fill(rooms, claims) == pytest.approx([10, 10, 15])


def test_the_odd_ampere_stays_with_who_has_it() -> None:
    claims = [claim(6, 16, 0), claim(6, 16, 0)]
    claims[1].given = 8.0
    assert in_whole_steps([15.0], claims, fill([15.0], claims)) == [7.0, 8.0]
