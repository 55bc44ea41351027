"""What the latency bench makes of what both ends and the diagnostics say."""

import pytest

from bench.latency import Latencies, cuts_to_charger, print_table, samples_to_balancer


def turn(now: float, received: float | None, **currents: float) -> list:
    measurements = {} if received is None else {"supply": {"time": received}}
    allocations = {
        name: {"current": current, "send": True} for name, current in currents.items()
    }
    return [now, {"measurements": measurements}, {"allocations": allocations}]


def test_a_sample_takes_from_where_it_was_sent_to_its_first_turn() -> None:
    turns = [
        turn(0.5, None),
        turn(1.003, 1.002),
        turn(1.4, 1.002),  # the same sample again
        turn(2.010, 2.009),
    ]
    assert [*samples_to_balancer([1.0, 2.0], turns)] == pytest.approx([0.003, 0.010])


def test_a_cut_takes_from_its_turn_to_the_next_command() -> None:
    turns = [
        turn(1.0, 1.0, a=6.0, b=6.0),
        turn(2.0, 2.0, a=16.0, b=6.0),
        turn(3.0, 3.0, a=10.0, b=6.0),
        turn(4.0, 4.0, a=8.0, b=0.0),
    ]
    told_at = {"a": [2.1, 3.004, 4.005], "b": [4.006]}
    assert [*cuts_to_charger(turns, told_at)] == pytest.approx([0.004, 0.005, 0.006])


@pytest.mark.parametrize(
    ("to_balancer", "to_charger", "met"),
    [(0.019, 0.009, True), (0.021, 0.009, False), (0.019, 0.011, False)],
)
def test_each_median_has_its_target(
    to_balancer: float, to_charger: float, met: bool
) -> None:
    latencies = Latencies(
        to_balancer=[to_balancer, 0.001, 1.0],
        to_charger=[to_charger, 0.001, 1.0],
        bare_request=[0.001],
    )
    assert print_table(latencies) is met


def test_what_was_never_seen_meets_no_target() -> None:
    seen_no_cut = Latencies(to_balancer=[0.001], to_charger=[], bare_request=[0.001])
    assert not print_table(seen_no_cut)
