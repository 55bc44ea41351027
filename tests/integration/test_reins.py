"""Chargers as real ones are, through the whole loop; the simulated fuse is the judge.

Each test is a way in which a fuse went, or a car was stranded, with an integration that
did no more than real ones do.
"""

import asyncio
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.amp_guard.chargers.pauses import HURRIED_PAUSE
from custom_components.amp_guard.const import DOMAIN
from custom_components.amp_guard.model import FuseType
from simulator.fuse import FuseModel

from .helpers import (
    NO_CHARGERS,
    SET_UP_INPUT,
    Property,
    go_on,
    groups_input,
    start_flow,
)
from .street import Street, StreetCharger, obeys

CUT_WITHIN = 6
"""s: a sample, a command, and a car that follows within 5 s."""
QUIET = (2.0, 2.0, 2.0)
OVEN = (18.0, 18.0, 18.0)
BESIDE_THE_OVEN = 7.0
"""A that are left of 25."""


@pytest.fixture
def street(
    hass: HomeAssistant,
    house: Property,
    entry: ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable:
    """Return a function that puts chargers on the property, given as settings."""

    async def connect(
        *chargers: dict[str, Any],
        entry: ConfigEntry = entry,
        fuse: FuseModel | None = None,
        **settings: Any,
    ) -> Street:
        made = Street(
            hass=hass,
            house=house,
            entry=entry,
            fuse=fuse or FuseModel(25.0, FuseType.GG),
            chargers=[
                StreetCharger(hass=hass, **({"name": f"charger{number}"} | each))
                for number, each in enumerate(chargers)
            ],
        )
        monkeypatch.setattr(
            "custom_components.amp_guard.chargers.driver.async_update_entity",
            made.update_entity,
        )
        await made.connect(**settings)
        return made

    return connect


# --- what a charger says, or does not ---------------------------------------------------


@pytest.mark.parametrize("reports_current", [True, False])
async def test_a_steady_charger_of_which_nothing_is_heard_is_cut(
    street: Callable, reports_current: bool
) -> None:
    """An equal state is not passed on: 50 messages of one value are one change."""
    site = await street({"pushes": True, "reports_current": reports_current})
    await site.passes(240, *QUIET)
    assert site.chargers[0].drawn == 16.0

    site.begin_judging()
    await site.passes(60, *OVEN)

    assert site.over <= CUT_WITHIN
    assert 6.0 <= site.chargers[0].drawn <= BESIDE_THE_OVEN


async def test_a_charger_that_was_away_is_cut_within_seconds_of_its_return(
    street: Callable,
) -> None:
    """Its integration looks each 30 s, and is asked anew while it matters."""
    site = await street({"polls": 30})
    [charger] = site.chargers
    await site.passes(90, *QUIET)
    charger.reachable = False
    await site.passes(10, *QUIET)
    charger.show()
    charger.reachable = True

    site.begin_judging()
    await site.passes(60, *OVEN)

    assert site.over <= CUT_WITHIN + 4
    assert site.fuse.trips == 0
    assert charger.drawn <= 7.0


async def test_a_cut_to_a_lost_charger_stands_until_it_arrives(
    street: Callable,
) -> None:
    site = await street({"polls": 5})
    [charger] = site.chargers
    await site.passes(90, *QUIET)
    charger.reachable = False
    await site.passes(10, *OVEN)
    charger.commands.clear()
    charger.reachable = True
    await site.passes(8, *OVEN)

    assert charger.limit <= 7.0


# --- what became of a command -----------------------------------------------------------


async def test_a_raise_that_waits_is_sent_when_its_time_has_come(
    street: Callable,
) -> None:
    """Zaptec asks for 15 min between changes."""
    site = await street({"integration": "zaptec", "polls": 60})
    [charger] = site.chargers
    await site.passes(90, *QUIET)
    await site.passes(60, 15.0, 15.0, 15.0)
    assert charger.limit <= 10.0

    await site.passes(1020, *QUIET)

    assert charger.limit == 16.0


async def test_what_an_action_did_that_took_long_is_nobody_elses_limit(
    street: Callable,
) -> None:
    """It is done after 8 s, and its value is shown after the next one was sent."""
    site = await street({})
    [charger] = site.chargers
    await site.passes(90, *QUIET)
    gate = asyncio.Event()

    async def slowly(part: str, value: float) -> bool:
        await gate.wait()
        return True

    charger.manner = slowly
    await site.passes(8, *OVEN)
    gate.set()
    await site.passes(30, *OVEN)
    assert 6.0 <= charger.limit <= BESIDE_THE_OVEN
    assert site.user_limit(charger) is None

    await site.passes(120, *QUIET)
    assert charger.limit == 16.0


async def test_one_resume_that_fails_does_not_strand_a_car(street: Callable) -> None:
    site = await street({})
    [charger] = site.chargers
    await site.passes(60, *QUIET)
    await site.passes(30, 22.0, 22.0, 22.0)
    assert charger.drawn == 0.0
    failed = []

    async def fails_once(part: str, value: float) -> bool:
        if part == "enable" and value and not failed:
            failed.append(value)
            raise HomeAssistantError("HTTP 500")
        return True

    charger.manner = fails_once
    await site.passes(400, *QUIET)

    assert failed
    assert charger.drawn == 16.0


async def test_a_raise_that_lands_after_the_cut_is_cut_again(street: Callable) -> None:
    site = await street({})
    [charger] = site.chargers
    await site.passes(60, 12.0, 12.0, 12.0)
    assert charger.limit < 16.0
    gate = asyncio.Event()

    async def hangs_when_raised(part: str, value: float) -> bool:
        if part == "limit" and value > 13.0:
            await gate.wait()
        return True

    charger.manner = hangs_when_raised
    await site.passes(60, *QUIET)
    assert charger.commands[-1] == ("limit", 16.0)
    await site.passes(20, *OVEN)
    assert 6.0 <= charger.limit <= BESIDE_THE_OVEN

    site.begin_judging()
    gate.set()
    await site.passes(20, *OVEN)

    assert 6.0 <= charger.limit <= BESIDE_THE_OVEN
    assert site.over <= CUT_WITHIN


async def test_a_limit_in_milliamperes(street: Callable) -> None:
    """Home Assistant lets its owner choose the unit of a number."""
    site = await street({"unit": "mA"})
    [charger] = site.chargers
    await site.passes(60, *QUIET)
    assert charger.limit == 16.0

    await site.passes(30, *OVEN)

    assert 6.0 <= charger.limit <= BESIDE_THE_OVEN
    assert 6.0 <= charger.drawn <= BESIDE_THE_OVEN


@pytest.mark.parametrize(("plugged_in", "most"), [(True, 130), (False, 6)])
async def test_a_charger_that_refuses_is_not_asked_for_ever(
    street: Callable, plugged_in: bool, most: int
) -> None:
    """Each 10 s at most while its fuse is overloaded; a pause is two commands."""
    site = await street({"plugged_in": plugged_in})
    [charger] = site.chargers

    async def refuses(part: str, value: float) -> bool:
        raise HomeAssistantError("not now")

    charger.manner = refuses
    charger.commands.clear()
    await site.passes(600, *OVEN)

    assert len(charger.commands) <= most


@pytest.mark.parametrize("refused_for", [20, 40, 70, 130])
async def test_who_refused_for_long_is_cut_soon_after_that_on_an_overloaded_fuse(
    street: Callable, refused_for: int
) -> None:
    """32 A on 25 A: the fuse has a minute, and how often it was refused has none."""
    site = await street({}, fuse=FuseModel(40.0, FuseType.GG))
    [charger] = site.chargers
    await site.passes(90, *QUIET)

    charger.manner = refuses
    await site.passes(refused_for, *OVEN)
    charger.manner = obeys
    site.fuse = FuseModel(25.0, FuseType.GG)
    site.begin_judging()
    await site.passes(40, *OVEN)

    assert site.over <= HURRIED_PAUSE + CUT_WITHIN
    assert site.fuse.trips == 0


async def test_what_a_disobedient_charger_takes_is_counted_once(
    street: Callable,
) -> None:
    """It draws 16 A whatever it is told; the other one has what is left of 25 A."""
    site = await street({}, {})
    stubborn, other = site.chargers

    async def ignores(part: str, value: float) -> bool:
        return False

    stubborn.manner = ignores
    stubborn.commands.clear()
    await site.passes(300, *QUIET)
    site.begin_judging()
    await site.passes(600, *QUIET)

    assert site.over == 0
    assert other.drawn >= 6.0
    assert len(stubborn.commands) <= 25


# --- stop, unload, restart --------------------------------------------------------------


async def test_an_unload_while_a_raise_is_under_way_ends_at_the_offline_limit(
    hass: HomeAssistant, street: Callable
) -> None:
    site = await street({})
    [charger] = site.chargers
    await site.passes(60, 12.0, 12.0, 12.0)
    gate = asyncio.Event()

    async def hangs_when_raised(part: str, value: float) -> bool:
        if part == "limit" and value > 13.0:
            await gate.wait()
        return True

    charger.manner = hangs_when_raised
    await site.passes(60, *QUIET)
    unloads = hass.async_create_task(
        hass.config_entries.async_unload(site.entry.entry_id)
    )
    for _ in range(12):
        site.house.clock.advance(1.0)
        await asyncio.sleep(0)
    await unloads
    gate.set()
    await hass.async_block_till_done(wait_background_tasks=True)

    assert charger.limit == 6.0


@pytest.mark.parametrize(
    "content",
    [
        {"version": 99, "minor_version": 1, "key": "x", "data": {}},
        {"version": 1, "minor_version": 1, "key": "x", "data": {"ceilings": []}},
        {"version": 1, "minor_version": 1, "key": "x", "data": [1, 2]},
        {
            "version": 1,
            "minor_version": 1,
            "key": "x",
            "data": {"ceilings": [], "boosts": {"charger": "2026-11-27T10:00:00"}},
        },
    ],
)
async def test_what_was_stored_and_cannot_be_read_stops_nobody(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    street: Callable,
    issue_registry: Any,
    content: dict[str, Any],
) -> None:
    site = await street({})
    for kind in ("", ".learned"):
        hass_storage[f"{DOMAIN}.{site.entry.entry_id}{kind}"] = content
    await hass.config_entries.async_unload(site.entry.entry_id)
    for kind in ("", ".learned"):
        hass_storage[f"{DOMAIN}.{site.entry.entry_id}{kind}"] = content
    await hass.config_entries.async_setup(site.entry.entry_id)
    await site.settle()

    await site.passes(60, *OVEN)

    assert 6.0 <= site.chargers[0].limit <= BESIDE_THE_OVEN
    told = {id_ for _, id_ in issue_registry.issues}
    assert f"storage_unreadable_{DOMAIN}.{site.entry.entry_id}" in told


# --- without a meter: what is kept free is all that protects the fuse -------------------

GROUP_FUSE = 20.0
"""A. What the chargers of the group may have together, with and without a meter."""


@pytest.fixture
async def unmetered(hass: HomeAssistant, house: Property, street: Callable) -> Callable:
    """Return a function that puts chargers on a 20 A group which nobody measures."""
    group = groups_input(max_current_online=20, max_current_offline=20)
    result = await go_on(
        hass,
        await start_flow(hass),
        "no_meter",
        {},
        SET_UP_INPUT,
        group,
        NO_CHARGERS,
        {"active": True},
    )
    entry = result["result"]

    async def connect(*chargers: dict[str, Any], **settings: Any) -> Street:
        fuse = FuseModel(GROUP_FUSE, FuseType.GG)
        return await street(*chargers, entry=entry, fuse=fuse, **settings)

    return connect


async def test_what_a_refused_cut_leaves_in_force_is_kept_free_when_it_is_lost(
    unmetered: Callable,
) -> None:
    """A cloud goes out in its natural order: a refusal first, then nothing."""
    site = await unmetered({}, {})
    first, second = site.chargers
    second.plugged_in = False
    await site.passes(120)
    assert first.drawn == 16.0

    async def refuses(part: str, value: float) -> bool:
        raise HomeAssistantError("502 Bad Gateway")

    first.manner = refuses
    second.plugged_in = True
    await site.passes(10)
    first.reachable = False
    site.begin_judging()
    await site.passes(300)

    assert site.over == 0


@pytest.mark.parametrize("comes_late", [True, False])
async def test_after_a_crash_what_was_commanded_is_kept_free(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    unmetered: Callable,
    comes_late: bool,
) -> None:
    """The charger's integration is not up yet, or the charger is out of reach."""
    site = await unmetered({}, {})
    first, second = site.chargers
    second.plugged_in = False
    await site.passes(120)
    assert first.drawn == 16.0
    stored = deepcopy(hass_storage)

    # What a crash leaves: what was stored, and chargers at their last limits.
    second.manner = first.manner = _lost_on_the_way
    await hass.config_entries.async_unload(site.entry.entry_id)
    second.manner = first.manner = obeys
    hass_storage.update(stored)
    first.reachable = False
    first.show()
    second.plugged_in = True
    second.show()
    site.begin_judging()
    await hass.config_entries.async_setup(site.entry.entry_id)
    await site.passes(60)
    assert site.over == 0

    if comes_late:
        first.reachable = True
    await site.passes(240)
    assert site.over == 0
    assert (second.drawn >= 6.0) is comes_late


async def test_a_change_beside_a_lost_charger_forgets_nothing(
    hass: HomeAssistant, unmetered: Callable
) -> None:
    """One is renamed, the entry set up anew, while the other is out of reach."""
    site = await unmetered({}, {})
    first, second = site.chargers
    second.plugged_in = False
    await site.passes(120)
    first.reachable = False
    await site.passes(10)
    second.plugged_in = True
    site.begin_judging()
    subentry = site.entry.subentries[second.id]
    hass.config_entries.async_update_subentry(site.entry, subentry, title="Renamed")
    await site.settle()
    await hass.config_entries.async_reload(site.entry.entry_id)

    await site.passes(240)

    assert site.over == 0


async def test_offline_phases_keep_free_what_a_fail_safe_truly_uses(
    unmetered: Callable,
) -> None:
    """Every fail-safe that is known sets all phases, whatever phase was chosen."""
    site = await unmetered({"plugged_in": False}, {"plugged_in": False}, {})
    for phase, charger in enumerate(site.chargers, start=1):
        await site.change(charger, offline_phase=str(phase))
    await site.passes(120)
    for charger in site.chargers[:2]:
        charger.reachable = False
    site.begin_judging()
    await site.passes(30)
    for charger in site.chargers[:2]:  # they fall back by themselves
        charger.limit, charger.enabled, charger.plugged_in = 6.0, True, True
    await site.passes(240)

    assert site.over == 0


async def _lost_on_the_way(_part: str, _value: float) -> bool:
    return False


# --- a clean stop -----------------------------------------------------------------------


async def test_a_stop_leaves_nobody_with_more_than_fits(
    hass: HomeAssistant, street: Callable
) -> None:
    """Their offline limits together are 48 A, on a main fuse of 25 A."""
    site = await street(*[{} for _ in range(3)], offline_current=16.0)
    await site.passes(240, 4.0, 4.0, 4.0)

    await hass.config_entries.async_unload(site.entry.entry_id)
    await site.settle()
    site.begin_judging()
    await site.flows(120, 4.0, 4.0, 4.0)

    assert site.over == 0
    assert sum(charger.drawn for charger in site.chargers) >= 12.0


async def test_who_is_paused_for_want_of_room_stays_paused(
    hass: HomeAssistant, street: Callable, issue_registry: Any
) -> None:
    site = await street({})
    [charger] = site.chargers
    await site.passes(60, *QUIET)
    await site.passes(60, 24.0, 24.0, 24.0)
    assert charger.drawn == 0.0

    await hass.config_entries.async_remove(site.entry.entry_id)
    await site.settle()
    site.begin_judging()
    await site.flows(60, 24.0, 24.0, 24.0)

    assert site.over == 0
    [left] = [
        issue.translation_placeholders
        for issue in issue_registry.issues.values()
        if issue.translation_key == "charger_left"
    ]
    assert (left["charger"], left["left_at"]) == ("charger0", "0")


# --- bad input: a charger beside a good one, on a house that rises and falls ------------


class Manners:
    """How a bad charger takes commands, by what it is known for."""

    def __init__(self, site: Street) -> None:
        self.bad = site.chargers[0]
        self.gate = asyncio.Event()
        self._asked = 0

    async def never_answers(self, _part: str, _value: float) -> bool:
        await self.gate.wait()
        return False

    async def answers_after_an_hour(self, _part: str, _value: float) -> bool:
        await self.gate.wait()
        return True

    async def refuses_each_second_time(self, _part: str, _value: float) -> bool:
        self._asked += 1
        if self._asked % 2:
            raise HomeAssistantError("busy")
        return True

    async def takes_two_less(self, part: str, value: float) -> bool:
        if part == "limit":
            self.bad.limit = max(6.0, value - 2.0)
            return False
        return True

    async def shows_what_it_was_set_to_first(self, part: str, _value: float) -> bool:
        self.bad.shows_limit = 16.0
        return True


@pytest.mark.parametrize(
    ("manner", "over", "good_at_least"),
    [
        ("never_answers", 20, 0.0),
        ("answers_after_an_hour", 20, 0.0),
        ("refuses_each_second_time", 15, 6.0),
        ("takes_two_less", CUT_WITHIN, 6.0),
        ("shows_what_it_was_set_to_first", 15, 0.0),
    ],
)
async def test_a_bad_charger_beside_a_good_one(
    street: Callable, manner: str, over: int, good_at_least: float
) -> None:
    """It and the house alone fit the fuse: whatever it does, the good one makes room."""
    site = await street({}, {})
    manners, good = Manners(site), site.chargers[1]
    await site.passes(90, *QUIET)
    manners.bad.manner = getattr(manners, manner)
    site.begin_judging()

    for base in (8.0, 2.0, 8.5, 3.0):
        await site.passes(60, base, base, base)

    assert site.over <= over
    assert good.drawn >= good_at_least
    manners.gate.set()
    await site.passes(30, *QUIET)
    assert site.over <= over + CUT_WITHIN


async def test_a_raise_that_is_carried_out_after_an_hour(street: Callable) -> None:
    site = await street({})
    [charger] = site.chargers
    await site.passes(60, 12.0, 12.0, 12.0)
    manners = Manners(site)
    charger.manner = manners.answers_after_an_hour
    await site.passes(60, *QUIET)
    charger.manner = obeys
    await site.passes(60, *OVEN)
    assert charger.limit <= BESIDE_THE_OVEN
    site.begin_judging()
    site.house.clock.advance(3600.0)
    await site.passes(60, *OVEN)

    manners.gate.set()
    await site.passes(30, *OVEN)

    assert charger.limit <= BESIDE_THE_OVEN
    assert site.over <= CUT_WITHIN


async def test_a_range_that_changes_at_run_time(street: Callable) -> None:
    """Its owner sets a maximum of 10 A in its app, later a minimum of 8 A."""
    site = await street({})
    [charger] = site.chargers
    await site.passes(60, *QUIET)
    charger.most = 10.0
    charger.limit = 10.0
    await site.passes(60, *QUIET)
    assert charger.drawn == 10.0

    charger.most, charger.least = 16.0, 8.0
    site.begin_judging()
    await site.passes(60, *OVEN)

    assert site.over <= CUT_WITHIN
    assert charger.drawn == 0.0


async def test_a_charger_that_is_removed_in_the_middle(
    hass: HomeAssistant, street: Callable
) -> None:
    """Its device and entities are gone, and its car goes on as it was."""
    site = await street({}, {})
    removed, good = site.chargers
    await site.passes(120, *QUIET)
    before = removed.drawn
    removed.vanish()
    site.begin_judging()
    await site.passes(120, 6.0, 6.0, 6.0)

    assert removed.drawn == before
    assert site.over <= CUT_WITHIN
    assert good.drawn <= 25.0 - 6.0 - before


# --- overload, and a charger that does not obey -------------------------------------------


async def refuses(_part: str, _value: float) -> bool:
    raise HomeAssistantError("not now")


async def ignores(_part: str, _value: float) -> bool:
    return False


@pytest.mark.parametrize(
    ("fault", "within"), [("lost", 3), ("refusing", 6), ("ignoring", 45)]
)
async def test_an_overload_that_a_charger_keeps_up_is_told_at_once(
    street: Callable, hass: HomeAssistant, fault: str, within: int
) -> None:
    """Its repair notice would come after five minutes, when the fuse is gone."""
    site = await street({"pushes": True}, {"pushes": True})
    bad, good = site.chargers
    await site.passes(240, *QUIET)
    assert bad.drawn > 8
    told: list[dict] = []

    @callback
    def note(event: Event) -> None:
        if event.data["type"] == "not_following":
            told.append(event.data)

    hass.bus.async_listen("amp_guard_event", note)
    if fault == "lost":
        bad.reachable = False
    else:
        bad.manner = refuses if fault == "refusing" else ignores
    await site.passes(1, *QUIET)
    issues, issue = ir.async_get(hass), f"overload_not_obeyed_{bad.id}"
    assert not issues.async_get_issue(DOMAIN, issue)  # nothing is overloaded

    await site.passes(within, *OVEN)
    assert issues.async_get_issue(DOMAIN, issue)
    assert not issues.async_get_issue(DOMAIN, f"overload_not_obeyed_{good.id}")
    shown = hass.data["persistent_notification"][issue]
    assert shown["title"] == f"Overload: {bad.name} cannot be cut"
    assert len(told) == 1
    assert good.drawn == 0  # it has made room

    bad.reachable, bad.manner = True, obeys
    await site.passes(60, *QUIET)
    assert not issues.async_get_issue(DOMAIN, issue)
    assert issue not in hass.data["persistent_notification"]


async def test_one_that_takes_no_part_any_longer_is_not_told_of(
    street: Callable, hass: HomeAssistant
) -> None:
    """Its owner has seen to it: it is part of the house from then on."""
    site = await street({"pushes": True})
    [bad] = site.chargers
    await site.passes(240, *QUIET)
    bad.manner = ignores
    await site.passes(45, *OVEN)
    issues, issue = ir.async_get(hass), f"overload_not_obeyed_{bad.id}"
    assert issues.async_get_issue(DOMAIN, issue)

    await site.change(bad, active=False)
    await site.passes(2, *OVEN)
    assert not issues.async_get_issue(DOMAIN, issue)
    assert issue not in hass.data["persistent_notification"]
