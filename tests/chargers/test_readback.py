"""What is made of the limits that a charger shows, on any history of them."""

from hypothesis import given, strategies as st

from custom_components.amp_guard.chargers.readback import MOST_REPEATS, ReadBack

SETTLES = 20.0

limits = st.sampled_from([0.0, 6.0, 8.0, 10.0, 16.0])
steps = st.lists(
    st.tuples(
        st.sampled_from(["told", "shown", "in force"]),
        limits,
        st.sampled_from([0.5, 5.0, SETTLES, 60.0]),
    ),
    max_size=40,
)


@given(steps)
def test_it_is_told_again_a_few_times_only_and_never_in_haste(history) -> None:
    read_back, now, repeats, told_at = ReadBack(settles=SETTLES), 0.0, 0, 0.0
    for kind, limit, wait in history:
        now += wait
        if kind == "told":
            if limit != read_back.current:
                repeats = 0
                told_at = now
            read_back.tell(limit, now)
        elif read_back.see(limit, now, is_set=kind == "shown"):
            repeats += 1
            assert now - told_at >= SETTLES
            told_at = now
        assert repeats <= MOST_REPEATS


@given(steps)
def test_a_ceiling_is_a_limit_that_was_shown_and_not_passed_since(history) -> None:
    read_back, now = ReadBack(settles=SETTLES), 0.0
    shown: list[float] = []
    for kind, limit, wait in history:
        now += wait
        if kind == "told":
            read_back.tell(limit, now)
            continue
        read_back.see(limit, now, is_set=kind == "shown")
        if kind == "shown":
            shown.append(limit)
        if read_back.user_limit is not None:
            assert read_back.user_limit in shown
            assert limit <= read_back.user_limit


@given(limits, st.lists(st.sampled_from([0.5, 5.0, 60.0]), max_size=40))
def test_a_charger_that_does_as_it_is_told_is_left_alone(current, waits) -> None:
    read_back, now = ReadBack(settles=SETTLES), 0.0
    read_back.tell(current, now)
    for wait in waits:
        now += wait
        assert not read_back.see(current, now)
        assert read_back.user_limit is None
        assert read_back.settled_at() is None


def test_a_limit_that_was_shown_and_is_lower_now_was_set_by_somebody() -> None:
    read_back = ReadBack(settles=SETTLES)
    read_back.tell(16.0, 0.0)
    assert not read_back.see(16.0, 5.0)
    assert not read_back.see(9.0, 6.0)
    assert read_back.user_limit is None  # an old reading can come in late
    assert not read_back.see(9.0, 21.0)
    assert read_back.user_limit == 9.0

    read_back.forget(30.0)
    assert read_back.user_limit is None
    assert not read_back.see(9.0, 31.0)
    assert read_back.user_limit is None
