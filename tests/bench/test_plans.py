"""Four weeks of the household with each tariff: the peak is kept and the car is charged."""

import pytest

from bench.plans import evenings, foresight, run, tariffs

DAYS = 28
PARTS = {
    "flanders": 1.25,
    "goteborg": 1.1,
    "sweden_winter": 1.1,
    "norway": 1.0,
    "norway_10_kw": 1.0,
}
"""How many times what must be charged for may be."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", tariffs())
def test_a_tariff_is_kept_and_the_car_is_charged(name: str) -> None:
    tariff, nights = tariffs()[name], evenings(DAYS)
    with_plan = run(tariff, DAYS, nights, obeys=True)
    known, _ = foresight(tariff, DAYS, nights)
    assert with_plan.missing < 0.1
    for month, charged in with_plan.charged.items():
        # Who knows all would be charged for so much; the owner takes a figure in account.
        must = max(known[month], tariff.figure, *tariff.steps[2:3])
        assert charged <= PARTS[name] * must
    if tariff.minutes == 60:
        assert with_plan.starts <= 4 * len(nights)


def test_without_a_limit_it_costs_more() -> None:
    tariff, nights = tariffs()["goteborg"], evenings(DAYS)
    without = run(tariff, DAYS, nights, obeys=False)
    _, least = foresight(tariff, DAYS, nights)
    assert without.starts == len(nights)
    assert without.money > 2 * least
