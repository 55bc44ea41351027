"""The end of a tariff's window: what is left of its energy makes no jump into the next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from custom_components.amp_guard.model import (
    SUPPLY_ID,
    Ceiling,
    PhaseValues,
    PowerLimit,
    Reason,
)
from custom_components.amp_guard.plans import CarPower, Moment as Seen
from custom_components.amp_guard.plans.tariff import Rule, Tariff, TariffPlan
from tests.properties import examples

from .laws import check
from .plant import Moment, Plant
from .sites import charger, home

FUSE, VOLTAGE, QUARTER = 25.0, 230.0, 900
BEGIN = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)
AROUND = 60.0
"""s before and after the end of a window in which the main fuse is looked at."""


class Quarters:
    """A home whose cars are held to a tariff, as the loop does it."""

    def __init__(self, target: float) -> None:
        cars = ("a", "b")
        limit = PowerLimit(id="tariff", chargers=cars, reason=Reason.POWER_WINDOW)
        self.plant = Plant(
            home(*(charger(car) for car in cars), fuse=FUSE, power_limits=(limit,))
        )
        self.plan = TariffPlan(Tariff(minutes=15, rule=Rule.FIXED, figure=target))

    def step(self) -> Moment:
        """Let a second pass; the plan is shown it after the decision, for the next one."""
        moment = self.plant.step()
        self._look(moment)
        return moment

    def _look(self, moment: Moment) -> None:
        plant = self.plant
        flows = moment.snapshot.measurements[SUPPLY_ID].current
        self.plan.look(
            Seen(
                time=moment.now,
                clock=BEGIN + timedelta(seconds=moment.now),
                power=sum(flows) * VOLTAGE,
                cars={
                    name: CarPower(
                        drawn=outlet.draw * sum(outlet.weights) * VOLTAGE,
                        least=18.0 * VOLTAGE,
                        starts_from=18.0 * VOLTAGE,
                        wants=outlet.wants > 0,
                        offered=moment.decision.allocations[name].current > 0,
                        idle=False,
                    )
                    for name, outlet in plant.outlets.items()
                },
            )
        )
        assert self.plan.allowed is not None
        current = self.plan.allowed / VOLTAGE
        plant.ceilings["tariff"] = Ceiling(
            target="tariff", current=current, expires=plant.now + 60.0
        )


@examples(12)
@given(
    target=st.sampled_from([5000.0, 8000.0, 12000.0, 30000.0]),
    houses=st.lists(st.floats(0.0, 15.0), min_size=2, max_size=2),
    sleeps_until=st.lists(st.integers(0, QUARTER - 2), min_size=2, max_size=2),
)
def test_nothing_passes_the_fuse_when_a_window_ends(
    target: float, houses: list[float], sleeps_until: list[int]
) -> None:
    """Whenever a car wakes, also with a whole window's energy for its last seconds."""
    quarters = Quarters(target)
    plant = quarters.plant
    for outlet in plant.outlets.values():
        outlet.wants = 0.0
    for window, house in enumerate(houses):
        for second in range(QUARTER):
            if second == QUARTER // 2:  # not where the end is looked at
                plant.loads[SUPPLY_ID] = PhaseValues(house, house, house)
            for outlet, wakes in zip(plant.outlets.values(), sleeps_until, strict=True):
                if window and second == wakes:
                    outlet.wants = 16.0
            moment = quarters.step()
            check(plant, moment)
            if min(second, QUARTER - second) <= AROUND:
                assert max(plant.flow(0)) <= FUSE + 1e-6, (window, second)
