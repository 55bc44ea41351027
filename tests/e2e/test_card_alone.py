"""The card alone, told what a site may be at its worst: a picture and a sentence."""

from collections.abc import AsyncGenerator, Callable
import gzip
from typing import Any

from playwright.async_api import expect
import pytest
import pytest_socket

from tests.e2e.card_page import FOLDER, CardPage, card_page

ENTRY = "entry"
MARKUP = '<img src=x onerror="window.broken = true"><b>{phase}</b>'
SLOW = 4
"""Times as slow as this machine: a phone."""

type Site = dict[str, Any]


@pytest.fixture(autouse=True)
def _browser(socket_enabled: None) -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture
async def page() -> AsyncGenerator[CardPage]:
    async with card_page() as page:
        yield page
        assert page.errors == []


def node(**changes: Any) -> dict[str, Any]:
    return {
        "trust": "online",
        "limit": 25,
        "free": [1, 1, 1],
        "allocated": [6, 6, 6],
        "overloaded": False,
    } | changes


def charger_ids(count: int) -> list[str]:
    return [f"c{number}" for number in range(count)]


def site(chargers: int = 2, groups: int = 1) -> Site:
    """Return a site that charges, its chargers in its groups one after the other."""
    ids, group_ids = charger_ids(chargers), [f"g{number}" for number in range(groups)]
    return {
        "title": "Home",
        "state": "loaded",
        "supply": {
            "fuse": 25,
            "net": "tn",
            "metered": True,
            "phases": [0, 1, 2],
            "entities": {},
        },
        "groups": {
            id_: {
                "parent": "supply",
                "phases": [0, 1, 2],
                "online": 25,
                "offline": 12,
                "active": True,
                "name": f"Group {id_}",
                "entities": {},
            }
            for id_ in group_ids
        },
        "chargers": {
            id_: {
                "group": group_ids[number % groups],
                "wiring": [0, 1, 2],
                "minimum": 6,
                "maximum": 16,
                "priority": 1,
                "active": True,
                "name": f"Charger {id_}",
                "device": id_,
                "entities": {"charge_now": f"button.{id_}"},
            }
            for number, id_ in enumerate(ids)
        },
        "now": {
            "nodes": {
                "supply": node(current=[14, 24, 10], house=[2, 12, -2]),
                **{id_: node() for id_ in group_ids},
            },
            "chargers": {
                id_: {
                    "status": "charging",
                    "allocated": 6,
                    "drawn": [6, 6, 6],
                    "power": 4140,
                    "reason": "shared",
                    "node": "supply",
                    "phase": 1,
                    "follows": True,
                    "paused": False,
                }
                for id_ in ids
            },
            "ceilings": [],
        },
    }


# --- where there is nothing to draw ---------------------------------------------------


NOTHING: tuple[tuple[dict[str, Site], dict[str, Any], str], ...] = (
    ({}, {}, "No supply is set up"),
    ({}, {"entry_id": "gone"}, "no longer set up"),
    ({ENTRY: site()}, {"entry_id": "gone"}, "no longer set up"),
    ({ENTRY: {"state": "forbidden"}}, {}, "no right"),
    (
        {ENTRY: {"title": MARKUP, "state": "setup_error"}},
        {},
        f"{MARKUP} is not running",
    ),
    ({ENTRY: {k: v for k, v in site().items() if k != "now"}}, {}, "is decided"),
    ({ENTRY: site()}, {"entry_id": 7, "hide_minutes": "x"}, "no longer set up"),
)


async def test_a_sentence_says_why_there_is_nothing_to_draw(page: CardPage) -> None:
    for sites, config, said in NOTHING:
        await page.open()
        await page.show(**config)
        assert "Waiting for Home Assistant" in await page.text()
        await page.tell(sites)
        assert said in await page.text()
    assert await page.page.evaluate("window.broken") is None


async def test_it_says_so_where_home_assistant_does_not_know_it(page: CardPage) -> None:
    await page.page.evaluate("window.refused = true")
    await page.show()
    message = page.card.locator(".message")
    await expect(message).to_contain_text("is not running, or older")


async def test_a_card_of_before_asks_for_a_reload(page: CardPage) -> None:
    for told in ({"card": "2"}, {"format": 2}):
        await page.open()
        await page.show()
        await page.tell({ENTRY: site()}, **told)
        assert "Reload the page" in await page.text()


# --- what the card picker takes ---


async def test_the_card_picker_shows_it_at_work(page: CardPage) -> None:
    """The picker draws the stub, and suggests the card for each entity of a supply."""
    found = await page.page.evaluate(
        """() => {
            const [offer] = window.customCards.filter((c) => c.type === "amp-guard-card");
            const ours = {platform: "amp_guard", device_id: "d"};
            const hass = {entities: {"sensor.ours": ours, "light.hall": {platform: "hue"}},
                devices: {d: {primary_config_entry: "entry"}}};
            const Card = customElements.get("amp-guard-card");
            return {
                preview: offer.preview,
                ours: offer.getEntitySuggestion(hass, "sensor.ours"),
                others: offer.getEntitySuggestion(hass, "light.hall"),
                stub: Card.getStubConfig(),
                form: Card.getConfigForm().schema.map((field) => field.name),
                strategies: window.customStrategies.map((each) => each.type),
            };
        }"""
    )
    assert found == {
        "preview": True,
        "ours": {"config": {"type": "custom:amp-guard-card", "entry_id": ENTRY}},
        "others": None,
        "stub": {},
        "form": ["entry_id", "hide_minutes", "hide_controls"],
        "strategies": ["amp-guard"],
    }
    await page.show(**found["stub"])
    await page.tell({ENTRY: site()})
    assert "Main fuse 25 A" in await page.text()


# --- sites of all kinds ---------------------------------------------------------------


def without(key: str) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        for charging in site["now"]["chargers"].values():
            charging.pop(key, None)

    return change


def one_phase(site: Site) -> None:
    site["supply"]["phases"] = [0]


def no_meter(site: Site) -> None:
    site["supply"]["metered"] = False
    site["now"]["nodes"]["supply"] = node(trust="absent")


def meter_away(site: Site) -> None:
    site["now"]["nodes"]["supply"] = node(trust="offline")


def it_net(site: Site) -> None:
    site["supply"]["net"] = "it"
    bounded = {"worth": "bounded", "doubt": "not_sent"}
    measured = {"worth": "measured"}
    site["now"]["nodes"]["supply"]["worth"] = [measured, measured, bounded]


def nothing_in_it(site: Site) -> None:
    site["chargers"] = {}
    site["now"]["chargers"] = {}


def no_group(site: Site) -> None:
    nothing_in_it(site)
    site["groups"] = {}


def no_names(site: Site) -> None:
    for each in (*site["groups"].values(), *site["chargers"].values()):
        del each["name"]


def unheard_of(site: Site) -> None:
    for charging in site["now"]["chargers"].values():
        charging |= {"status": "humming", "reason": "of_tomorrow", "node": "gone"}


def charger_gone(site: Site) -> None:
    site["now"]["chargers"].pop("c0")
    site["now"]["chargers"]["stranger"] = site["now"]["chargers"]["c1"]


def limits_of_plans(site: Site) -> None:
    site["limits"] = {
        "grid": {"name": MARKUP, "reason": "grid_operator"},
        "unbalance": {"name": "Netz", "reason": "unbalance", "current": 16.0},
    }
    site["now"]["limits"] = {
        "grid": {"power": 13000.0, "binds": ["c0", "gone"]},
        "unbalance": {"binds": []},
        "of_tomorrow": {"binds": []},
    }


KINDS = (
    without("power"),
    without("phase"),
    without("node"),
    one_phase,
    no_meter,
    meter_away,
    it_net,
    nothing_in_it,
    no_group,
    no_names,
    unheard_of,
    charger_gone,
    limits_of_plans,
)


async def test_each_kind_of_site_is_drawn(page: CardPage) -> None:
    for change in KINDS:
        changed = site()
        change(changed)
        await page.open()
        await page.show()
        await page.tell({ENTRY: changed})
        said = await page.text()
        assert "Main fuse 25 A" in said, change
        drawn = await page.card.evaluate("(card) => card.shadowRoot.innerHTML")
        for rubbish in ("undefined", "NaN", "null", "[object", "Infinity"):
            assert rubbish not in said + drawn, change
        phases = len(changed["supply"]["phases"])
        assert await page.card.locator("svg.bar").count() == phases, change


async def test_what_plans_allow_and_whom_they_bind_is_read_on_the_card(
    page: CardPage,
) -> None:
    limited = site()
    limits_of_plans(limited)
    asked = {"target": "c1", "name": "request", "current": 8.0, "end": 1790000000}
    limited["now"]["ceilings"] = [asked]
    limited["now"]["chargers"]["c0"] |= {"reason": "grid_operator"}
    limited["now"]["chargers"]["c1"] |= {"reason": "ceiling"}
    await page.open()
    await page.show()
    await page.tell({ENTRY: limited})
    said = await page.text()
    assert (
        f"{MARKUP}: the chargers together 13.0 kW · limits Charger c0 and gone" in said
    )
    assert "Netz: 16 A between the phases" in said
    assert "Limited by the grid operator" in said
    assert "At most 8 A until" in said
    await page.tell({ENTRY: site()})
    assert "together" not in await page.text()


async def test_a_name_with_markup_in_it_is_text(page: CardPage) -> None:
    named = site()
    for each in (*named["groups"].values(), *named["chargers"].values()):
        each["name"] = MARKUP
    named["groups"]["g0"]["active"] = False
    await page.show()
    await page.tell({ENTRY: named})
    await expect(page.card.locator("h3").first).to_have_text(MARKUP)
    assert f"balancing of {MARKUP} is off" in await page.text()
    assert await page.card.locator("img").count() == 0
    assert await page.page.evaluate("window.broken") is None


async def test_a_phase_that_is_not_measured_cannot_be_missed(page: CardPage) -> None:
    doubted = site()
    measured = {"worth": "measured"}
    doubted["now"]["nodes"]["supply"]["worth"] = [
        measured,
        {"worth": "not_measured", "doubt": "turned"},
        measured,
    ]
    await page.show(language="sv")
    await page.tell({ENTRY: doubted})
    banner = page.card.locator(".banner.alarm")
    await expect(banner).to_contain_text("L2 mäts inte: dess strömgivare är felvänd")
    assert await page.card.locator("rect.unmeasured").count() == 1


async def test_what_is_refused_is_said(page: CardPage) -> None:
    await page.show()
    await page.tell({ENTRY: site()})
    await page.card.locator("select").first.select_option("3")
    assert await page.page.evaluate("window.calls") == [
        ["amp_guard", "set_priority", {"device_id": "c0", "priority": 3}]
    ]
    await expect(page.card.locator(".banner")).to_contain_text("not allowed")


async def test_it_reads_from_right_to_left(page: CardPage) -> None:
    await page.show()
    await page.tell({ENTRY: site()})

    async def places() -> list[float]:
        boxes = [
            await page.card.locator(what).first.bounding_box()
            for what in (".phase", "rect.house", "line.fuse", ".figure")
        ]
        return [box["x"] for box in boxes if box is not None]

    assert await places() == sorted(await places())
    await page.page.evaluate("document.documentElement.dir = 'rtl'")
    assert await places() == sorted(await places(), reverse=True)


def test_its_file_is_small(record_property: Callable[[str, object], None]) -> None:
    file = FOLDER / "frontend" / "amp-guard-card.js"
    size = len(gzip.compress(file.read_bytes(), 9)) / 1000
    print(f"\nThe card's file: {size:.1f} kB gzipped")
    record_property("gzipped, kB", round(size, 1))
    assert size < 40


# --- many of them, and often ----------------------------------------------------------


async def test_groups_fold_the_fullest_first(page: CardPage) -> None:
    many = site(chargers=60, groups=5)
    many["now"]["nodes"]["g2"]["current"] = [200, 1, 1]
    await page.show()
    await page.tell({ENTRY: many})
    names = page.card.locator(".fold .name")
    await expect(names.first).to_have_text("Group g2")
    assert await page.card.locator(".row").count() == 12
    folds = page.card.locator(".fold")
    await folds.nth(1).focus()
    await page.page.keyboard.press("Enter")
    await expect(folds.nth(1)).to_have_attribute("aria-expanded", "true")
    assert await page.card.locator(".row").count() == 24
    await folds.first.click()
    assert await page.card.locator(".row").count() == 12


@pytest.mark.parametrize("chargers", [10, 60])
async def test_it_is_drawn_in_time_on_a_phone(
    page: CardPage, chargers: int, record_property: Callable[[str, object], None]
) -> None:
    """The figures are for the reader; what is tested is that each message is drawn."""
    await page.page.set_viewport_size({"width": 360, "height": 800})
    session = await page.page.context.new_cdp_session(page.page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    await page.show()
    points = [
        {
            "t": 1_000_000 + 5 * step,
            "house": [2.0 + step % 7, 8.0, 3.0],
            "drawn": {id_: [6, 6, 6] for id_ in charger_ids(chargers)},
        }
        for step in range(180)
    ]
    await page.tell(
        {ENTRY: site(chargers=chargers, groups=2)}, history={ENTRY: {"points": points}}
    )
    times = await page.page.evaluate(
        """async ([entry, chargers]) => {
            const card = document.querySelector("amp-guard-card");
            await card.updateComplete;
            const times = [];
            for (let number = 0; number < 60; number++) {
                const current = [14 + (number % 9), 24, 10 - (number % 4)];
                const drawn = [6 + (number % 5) / 10, 6, 6];
                const moved = Object.fromEntries(chargers.map((id) => [id, {drawn}]));
                const begun = performance.now();
                tell({sites: {[entry]: {now: {nodes: {supply: {current}},
                    chargers: moved}}}});
                await card.updateComplete;
                card.getBoundingClientRect();
                times.push(performance.now() - begun);
                await new Promise(requestAnimationFrame);
            }
            return times.sort((a, b) => a - b);
        }""",
        [ENTRY, charger_ids(chargers)],
    )
    figures = {"median": times[30], "longest": times[-1]}
    print(
        f"\n{chargers} chargers, a processor {SLOW} times as slow: a message is drawn in"
        f" {figures['median']:.1f} ms ({figures['longest']:.1f} at most)"
    )
    for name, figure in figures.items():
        record_property(f"{name}, {chargers} chargers, ms", round(figure, 1))
    shown = page.card.locator("[data-phase=L1] .now")
    await expect(shown).to_have_text(f"{14 + 59 % 9}.0 A")
