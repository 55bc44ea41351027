"""A counter is believed where it follows on what it said; a false figure is replaced."""

import pytest

from custom_components.amp_guard.meters.counters import RECENT, Counter
from custom_components.amp_guard.model import PhaseValues

MOST = 100.0 * 390.0
"""W"""


class Counting:
    """A counter that is read each second."""

    def __init__(self) -> None:
        self.counter = Counter(MOST)
        self.time = 0.0

    def says(self, kwh: float, after: float = 1.0) -> float | None:
        self.time += after
        judged = self.counter.judge(PhaseValues(kwh, 5.0, 5.0), self.time)
        return None if judged is None else judged.l1


def test_a_counter_that_counts_is_believed() -> None:
    counting = Counting()
    # A single figure may be false: nothing speaks for it yet.
    assert counting.says(1234.5) is None
    kwh = 1234.5
    for after in (1.0, 10.0, 3600.0, 1.0, 86400.0):
        kwh += 90.0 * 230.0 * after / 3.6e6
        assert counting.says(kwh, after) == kwh
    # Whole kWh.
    assert counting.says(kwh + 1.0) == kwh + 1.0


@pytest.mark.parametrize("false", [123.5, 12345.0, 0.0, 1334.5, float("inf")])
@pytest.mark.parametrize("place", [0, 1, 4])
def test_a_false_figure_is_replaced(false: float, place: int) -> None:
    counting = Counting()
    shown = [
        counting.says(false if count == place else 1234.5 + count / 1000)
        for count in range(2 * RECENT)
    ]
    assert false not in shown
    assert None not in shown[3:]
    known = [kwh for kwh in shown if kwh is not None]
    assert known == sorted(known)
    assert counting.says(1234.6) == 1234.6


@pytest.mark.parametrize("new", [0.1, 50000.0])
def test_an_exchanged_counter_is_believed_in_the_end(new: float) -> None:
    counting = Counting()
    for _ in range(RECENT):
        counting.says(1234.5)
    shown = [counting.says(new) for _ in range(RECENT)]
    assert shown[: RECENT // 2] == [1234.5] * (RECENT // 2)
    assert shown[RECENT // 2 + 1 :] == [new] * (RECENT // 2)


def test_what_says_nothing_counts_nothing() -> None:
    assert Counter(MOST).judge(None, 1.0) is None
