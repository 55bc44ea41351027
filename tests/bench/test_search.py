"""The search: plausible homes, contenders that keep to what there is, a just judge."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from bench.__main__ import main
from bench.search.contenders import Claim, Ideal, LastingBase, PlainLoop, give, share
from bench.search.frontier import IDEAL, IDEAL_WAITS, LOOP_WAITS, run_frontier
from bench.search.homes import HOUR, draw_home
from bench.search.judge import CONTENDERS, OURS, add_up, judge, run_home
from bench.search.table import worst
from custom_components.amp_guard.model import (
    Allocation,
    Charger,
    Decision,
    Phase,
    PhaseValues,
    Reason,
)
from simulator.car import CarModel
from simulator.house import House, Step, constant

EAGER = CarModel(
    energy_wh=1e6,
    start_delay=0,
    one_phase_first=0,
    raise_delay=0,
    ramp_up=1000,
    follow_down=0,
)


# --- the homes ------------------------------------------------------------------------


def test_a_home_is_its_seeds_and_numbers():
    assert draw_home(3, 5).description == draw_home(3, 5).description
    assert len({draw_home(3, number).description for number in range(20)}) == 20


def test_no_house_is_above_its_fuse_and_every_car_can_have_its_minimum():
    for number in range(30):
        home = draw_home(2, number)
        limit = home.site.supply.supply_max_current
        for step in home.house.steps:
            assert max(step.current) < limit
        for car in home.cars:
            assert car.model.min_current <= car.model.max_current


def test_the_offsets_of_meter_and_report_have_the_same_moment_among_them():
    offsets = [
        setup.report.offset
        for number in range(40)
        for setup in draw_home(1, number).chargers
    ]
    assert 0.2 < offsets.count(0.0) / len(offsets) < 0.5
    assert any(0.0 < offset < 0.3 for offset in offsets)
    assert any(offset > 1.0 for offset in offsets)


# --- the judge, on a home of which all is known ---------------------------------------


class Fixed:
    """Gives each charger so many A, from so many s on."""

    def __init__(self, amps, start=0.0):
        self._amps, self._start, self._given = amps, start, None

    def __call__(self, _scenario, _world):
        return self

    def decide(self, snapshot, now):
        amps = self._amps if now >= self._start else 0.0
        send, self._given = amps != self._given, amps
        return Decision(
            time=now,
            allocations={
                id_: Allocation(
                    charger=id_, current=amps, reason=Reason.SHARED, send=send
                )
                for id_ in snapshot.chargers
            },
            nodes={},
            drawn={},
        )


def home(house, *, model=EAGER):
    """Return a home with one eager car behind 25 A, a charger that obeys at once."""
    drawn = next(
        home
        for home in (draw_home(1, number) for number in range(100))
        if len(home.chargers) == 1 and home.site.supply.supply_max_current == 25.0
    )
    charger = Charger(id="charger-1", group="chargers", command_lag=0.1)
    setup = replace(
        drawn.chargers[0], charger=charger, command_lag=0.0, limit=0.0, rounds_to=None
    )
    return replace(
        drawn,
        site=replace(drawn.site, chargers=(charger,)),
        house=house,
        chargers=(
            replace(setup, report=replace(setup.report, offset=0.0, interval=1.0)),
        ),
        cars=(replace(drawn.cars[0], arrival=0.0, model=model),),
    )


def figures(scenario, decider):
    return judge(scenario, {OURS: decider}).figures[OURS]


def test_what_flows_and_what_could_have():
    house = House([Step(0, PhaseValues(5, 5, 5)), Step(1800, PhaseValues(5, 14, 5))])
    found = figures(home(house), Fixed(16.0))

    assert found.energy == pytest.approx(16 * 0.69, rel=0.01)
    assert found.optimum == pytest.approx((16 + 11) / 2 * 0.69, rel=0.01)
    assert found.share == pytest.approx(32 / 27, rel=0.01)
    assert found.seconds_over == pytest.approx(1800, abs=2)
    assert found.amp_seconds_over == pytest.approx(1800 * 5, rel=0.01)
    assert (found.trips, found.lock_outs, found.stops) == (0, 0, 0)
    assert found.commands == 1
    assert (found.hours, found.charger_hours) == (1.0, 1.0)


def test_a_fuse_that_goes_and_with_which_meter():
    house = House([Step(0, PhaseValues(5, 5, 5)), Step(3500, PhaseValues(22, 5, 5))])
    for interval, fast in ((10.0, True), (30.0, False)):
        scenario = home(house)
        meters = {
            node: replace(meter, interval=interval)
            for node, meter in scenario.meters.items()
        }
        found = figures(replace(scenario, meters=meters), Fixed(16.0))
        assert found.trips > 0
        assert found.fast_trips == (found.trips if fast else 0)


@pytest.mark.parametrize(("start", "lock_outs"), [(590.0, 0), (610.0, 1), (HOUR, 1)])
def test_who_waits_for_10_min_beside_room_is_locked_out(start, lock_outs):
    quiet = House(constant(PhaseValues(5, 5, 5)))
    assert figures(home(quiet), Fixed(8.0, start)).lock_outs == lock_outs


def test_a_cars_own_minimum_has_to_fit():
    picky = replace(EAGER, min_current=10.0)
    house = House(constant(PhaseValues(16, 5, 5)))
    assert figures(home(house, model=picky), Fixed(6.0)).lock_outs == 0
    assert figures(home(house), Fixed(0.0)).lock_outs == 1


def test_figures_add_up():
    house = House(constant(PhaseValues(5, 5, 5)))
    one = figures(home(house), Fixed(8.0))
    two = add_up([one, one])

    assert two.energy == 2 * one.energy
    assert two.share == one.share
    assert two.hours == 2.0


# --- the contenders -------------------------------------------------------------------

claims = st.lists(
    st.builds(
        lambda phases, least, most, charging, step: (
            tuple(phases),
            least,
            most,
            charging,
            step,
        ),
        st.lists(st.sampled_from(list(Phase)), min_size=1, unique=True),
        st.floats(6, 10),
        st.floats(6, 32),
        st.booleans(),
        st.sampled_from([0.1, 1.0, 2.0]),
    ),
    min_size=1,
    max_size=5,
).map(
    lambda rows: [
        Claim(
            charger=Charger(id=str(n), group="g", resolution=step),
            phases=phases,
            least=least,
            most=most,
            charging=charging,
        )
        for n, (phases, least, most, charging, step) in enumerate(rows)
    ]
)


@given(claims, st.lists(st.floats(-20, 60), min_size=3, max_size=3))
def test_no_more_is_shared_than_there_is(claims, free):
    given_ = share(claims, free)

    for phase in Phase:
        used = sum(given_[c.charger.id] for c in claims if phase in c.phases)
        assert used <= max(free[phase], 0.0) + 1e-3
    for claim in claims:
        assert given_[claim.charger.id] <= claim.most + 1e-3


def test_a_cut_is_given_at_once_and_a_raise_when_it_has_lasted():
    claim = Claim(
        charger=Charger(id="c", group="g"),
        phases=(Phase.L1,),
        least=6.0,
        most=16.0,
        charging=True,
    )
    base, given_ = LastingBase(30.0), {"c": 0.0}
    loads = {0: 5.0, 40: 17.0, 60: 5.0}
    seen = {}
    for second in range(120):
        if second in loads:
            amps = loads[second]
        base.note(PhaseValues(amps, 0.0, 0.0), float(second))
        given_ = give([claim], 25.0, base, given_)
        seen[second] = given_["c"]

    assert seen[39] == 16.0
    assert seen[40] == 8.0
    assert seen[89] == 8.0
    assert seen[91] == 16.0


@pytest.mark.parametrize("contender", CONTENDERS)
def test_a_quiet_home_is_filled_by_everyone(contender):
    house = House(constant(PhaseValues(15, 5, 5)))
    found = judge(home(house), {OURS: CONTENDERS[contender]}).figures[OURS]

    assert 0.85 < found.share <= 1.01
    assert found.amp_seconds_over < 30
    assert (found.trips, found.lock_outs, found.stops) == (0, 0, 0)


def test_the_ideal_knows_the_house_and_the_loop_its_meter():
    # The meter of this home is 30 s late, so that the loop sees a step 30 s late.
    house = House([Step(0, PhaseValues(5, 5, 5)), Step(1805, PhaseValues(15, 5, 5))])
    scenario = home(house)
    meters = {
        node: replace(meter, interval=1.0, delay=30.0, noise=0.0)
        for node, meter in scenario.meters.items()
    }
    found = judge(
        replace(scenario, meters=meters),
        {
            "loop": PlainLoop,
            "ideal": lambda scenario, world: Ideal(scenario, world, patience=0.0),
        },
    ).figures

    assert found["ideal"].seconds_over < 1.0
    assert found["loop"].seconds_over == pytest.approx(30.0, abs=2.0)


# --- the search -----------------------------------------------------------------------


def test_the_same_home_gives_the_same_figures():
    one, two = (run_home((4, 2)) for _ in range(2))

    assert one == two
    assert set(one.figures) == set(CONTENDERS)


def test_the_worst_are_named_by_kind():
    outcome = run_home((4, 2))
    bad = replace(outcome.figures[OURS], trips=2, lock_outs=0, energy=0.0)
    lines = worst([replace(outcome, figures={**outcome.figures, OURS: bad})])

    kinds = [line for line in lines.splitlines() if not line.startswith(" ")]
    assert kinds == ["Worst by trip:", "Worst by lock-out: none", "Worst by share:"]
    assert "4/2: " in lines


def test_the_command_prints_totals_and_the_worst(capsys):
    assert main(["search", "--home", "2", "--seed", "4", "--processes", "1"]) == 0

    totals, _, named = capsys.readouterr().out.partition("\n\n")
    assert [row.split("  ")[0] for row in totals.splitlines()[1:]] == list(CONTENDERS)
    assert named.startswith("Worst by trip")


# --- the frontier ---------------------------------------------------------------------


def test_the_frontier_has_a_point_for_each_wait_and_a_picture(tmp_path, capsys):
    picture = tmp_path / "frontier.svg"
    status = main(
        ["frontier", "--hours", "1", "--processes", "1", "--out", str(picture)]
    )

    rows = capsys.readouterr().out.splitlines()[1:]
    assert status == 0
    assert len(rows) == 1 + len(LOOP_WAITS) + len(IDEAL_WAITS)
    assert "SmartEVSE 3" in picture.read_text(encoding="utf-8")


def test_who_waits_longer_is_given_no_more():
    """The ideal one: it knows all but the future."""
    outcome = run_frontier((1, 1))

    shares = [outcome.figures[f"{IDEAL}, {wait:g} s"].share for wait in IDEAL_WAITS]
    assert shares == sorted(shares, reverse=True)
