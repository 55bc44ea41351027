"""What the owner gave to be switched off: when it goes off, and that it comes on again.

Each test is told second by second what the main fuse shows; `Home` is the loads.
"""

from dataclasses import dataclass, field

from hypothesis import given, settings, strategies as st

from custom_components.amp_guard.control.load_shedding import (
    QUIET,
    QUIET_AND_FULL,
    FuseView,
    LoadShedding,
)

OVER = FuseView(overloaded=True, spare=-4.0)
"""Nobody who obeys can end it."""
CHARGERS_CAN = FuseView(overloaded=True, spare=3.0)
ROOMY = FuseView(overloaded=False, spare=15.0)
FULL = FuseView(overloaded=False, spare=2.0)
BLIND = FuseView(overloaded=False, spare=None)


@dataclass
class Home:
    """Loads that do what they are told, but for those that are deaf."""

    shedding: LoadShedding
    on: dict[str, bool | None]
    now: float = 0.0
    deaf: set[str] = field(default_factory=set)
    told: list[tuple[float, str, bool]] = field(default_factory=list)

    def passes(self, seconds: int, view: FuseView) -> None:
        for _ in range(seconds):
            self.now += 1.0
            effects = self.shedding.look(self.now, view, self.on)
            for loads, value in (
                (effects.switch_off, False),
                (effects.switch_on, True),
            ):
                for load in loads:
                    self.told.append((self.now, load, value))
                    if load not in self.deaf and self.on[load] is not None:
                        self.on[load] = value


def home(*loads: str, off: tuple[str, ...] = ()) -> Home:
    names = loads or ("boiler", "sauna")
    return Home(LoadShedding(names, off), {name: name not in off for name in names})


def test_they_go_off_where_nobody_who_obeys_can_end_the_overload() -> None:
    site = home()
    site.passes(60, ROOMY)
    site.passes(3, OVER)

    assert site.on == {"boiler": False, "sauna": False}
    assert set(site.shedding.shed) == {"boiler", "sauna"}


def test_one_sample_of_a_motor_that_starts_switches_nothing() -> None:
    site = home()
    for _ in range(20):
        site.passes(1, OVER)
        site.passes(5, ROOMY)

    assert not site.told


def test_chargers_that_obey_come_first_but_not_for_long() -> None:
    site = home()
    site.passes(8, CHARGERS_CAN)
    assert not site.told

    site.passes(10, CHARGERS_CAN)
    assert site.on == {"boiler": False, "sauna": False}


def test_what_is_off_already_or_shows_nothing_is_not_touched() -> None:
    site = home("boiler", "sauna", "heater")
    site.on = {"boiler": True, "sauna": False, "heater": None}
    site.passes(30, OVER)
    site.passes(3 * int(QUIET), ROOMY)

    assert {load for _, load, _ in site.told} == {"boiler"}


def test_one_that_does_not_go_off_is_told_again_and_nothing_is_owed_to_it() -> None:
    site = home()
    site.deaf = {"boiler"}
    site.passes(31, OVER)
    assert [load for _, load, _ in site.told].count("boiler") == 3

    site.passes(2 * int(QUIET), ROOMY)
    assert ("boiler", True) not in {(load, value) for _, load, value in site.told}
    assert site.shedding.shed == ()


def test_they_come_on_one_after_the_other_when_there_has_been_room_for_long() -> None:
    site = home()
    site.passes(10, OVER)
    site.passes(int(QUIET) - 2, ROOMY)
    assert site.on == {"boiler": False, "sauna": False}

    site.passes(30, ROOMY)
    assert list(site.on.values()).count(True) == 1

    site.passes(60, ROOMY)
    assert site.on == {"boiler": True, "sauna": True}
    assert site.shedding.shed == ()


def test_room_that_goes_in_between_begins_anew() -> None:
    site = home()
    site.passes(10, OVER)
    for view in (FULL, BLIND, CHARGERS_CAN):
        site.passes(int(QUIET) - 10, ROOMY)
        site.passes(1, view)
    site.passes(int(QUIET) - 10, ROOMY)

    assert site.on == {"boiler": False, "sauna": False}


def test_nothing_stays_off_for_ever_where_there_is_never_much_room() -> None:
    for view in (FULL, BLIND):
        site = home()
        site.passes(10, OVER)
        site.passes(int(QUIET_AND_FULL) - 5, view)
        assert site.on == {"boiler": False, "sauna": False}

        site.passes(200, view)
        assert site.on == {"boiler": True, "sauna": True}


def test_one_that_does_not_come_on_is_told_again_until_it_is_on() -> None:
    site = home("boiler")
    site.passes(10, OVER)
    site.deaf = {"boiler"}
    site.passes(int(QUIET) + 300, ROOMY)
    assert site.shedding.shed == ("boiler",)
    assert 2 <= len([told for told in site.told if told[2]]) <= 6

    site.deaf = set()
    site.passes(61, ROOMY)
    assert site.on == {"boiler": True}


def test_who_switches_it_on_by_hand_is_left_alone_until_it_is_over() -> None:
    site = home("boiler")
    site.passes(20, OVER)
    site.on["boiler"] = True
    told = len(site.told)
    site.passes(120, OVER)
    assert site.on == {"boiler": True}

    site.on["boiler"] = False  # and off again: that is the owner's too
    site.passes(2 * int(QUIET), ROOMY)
    assert site.on == {"boiler": False}
    assert len(site.told) == told

    site.on["boiler"] = True
    site.passes(10, OVER)  # another overload
    assert site.on == {"boiler": False}


def test_one_that_shows_off_and_then_on_again_has_not_gone() -> None:
    """A cloud shows what it was told, and then what is so: that is no owner's hand."""
    site = home("boiler")
    site.passes(3, OVER)
    assert site.on == {"boiler": False}
    site.passes(2, OVER)
    site.on["boiler"] = True
    site.passes(12, OVER)

    assert site.on == {"boiler": False}
    site.passes(int(QUIET) + 5, ROOMY)
    assert site.on == {"boiler": True}


def test_after_a_restart_what_was_off_comes_on_and_by_nobody_elses_hand() -> None:
    site = home("boiler", "sauna", off=("boiler",))
    site.passes(int(QUIET) + 5, ROOMY)

    assert site.told == [(site.told[0][0], "boiler", True)]
    assert site.on == {"boiler": True, "sauna": True}


def test_one_that_is_out_of_reach_keeps_no_other_from_coming_on() -> None:
    site = home("boiler", "sauna")
    site.passes(10, OVER)
    site.on["boiler"] = None
    site.passes(int(QUIET) + 200, ROOMY)
    assert site.on["sauna"] is True
    assert site.shedding.shed == ("boiler",)

    site.on["boiler"] = False
    site.passes(90, ROOMY)
    assert site.on["boiler"] is True


def test_an_overload_while_they_come_on_switches_them_off_again() -> None:
    site = home()
    site.passes(10, OVER)
    site.passes(int(QUIET) + 30, ROOMY)
    assert list(site.on.values()).count(True) == 1

    site.passes(5, OVER)
    assert site.on == {"boiler": False, "sauna": False}
    site.passes(int(QUIET) + 200, ROOMY)
    assert site.on == {"boiler": True, "sauna": True}


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([OVER, CHARGERS_CAN, ROOMY, FULL, BLIND]),
            st.integers(1, 900),
            st.sampled_from([None, "boiler", "sauna"]),
        ),
        max_size=12,
    )
)
def test_nothing_is_left_off_and_no_owner_is_overruled(
    steps: list[tuple[FuseView, int, str | None]],
) -> None:
    """Whatever happens: in the end only what its owner switched off is off."""
    site, by_hand = home(), set[str]()
    for view, seconds, switched in steps:
        site.passes(seconds, view)
        if switched is not None and site.on[switched]:
            site.on[switched] = False
            by_hand.add(switched)
        elif switched is not None:
            site.on[switched] = True
    off_by_hand = {load for load, on in site.on.items() if on is False} & by_hand
    off_by_hand -= set(site.shedding.shed)
    site.passes(2 * int(QUIET_AND_FULL), ROOMY)

    assert {load for load, on in site.on.items() if on is False} == off_by_hand
    assert site.shedding.shed == ()
