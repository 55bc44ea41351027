"""The card in the real frontend: what it shows is what the simulated site does.

In a real browser; every figure is compared with the simulator's own.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect
import pytest

from custom_components.amp_guard.model import PhaseValues
from demo.home import Home
from demo.pages import DASHBOARD
from simulator.car import CarModel
from simulator.devices.amp_guard import Fault
from simulator.house import House, Step, constant
from simulator.scenario import Arrival, Scenario, evening
from tests.e2e.conftest import OWNER, LiveIn
from tests.e2e.frontend import Owner, owner_at_screen

ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
HOUSE = PhaseValues(9.0, 12.0, 3.0)
TWO_FRAMES = """() => new Promise((drawn) =>
    requestAnimationFrame(() => requestAnimationFrame(drawn)))"""
PATIENCE = 120.0
"""s. What is waited for comes within half of it; this ends what never comes."""
OBSERVED = 10.0
"""s for which messages and the browser's work are counted."""


def two_cars() -> Scenario:
    """Return the evening's site with a steady house and two cars that share."""
    home = evening()
    car = CarModel(start_delay=2.0, one_phase_first=0.0, raise_delay=1.0)
    return replace(
        home,
        name="two cars",
        house=House(constant(HOUSE)),
        arrivals=tuple(
            Arrival(time=1.0, charger=charger.id, car=car) for charger in home.chargers
        ),
    )


def wavering(now: float, seconds: float) -> House:
    """Return the house with something on L3 that comes and goes each second."""
    comes_and_goes = [
        Step(now + second, PhaseValues(0.0, 0.0, float(second % 2)))
        for second in range(1, 2 * round(seconds / 2) + 1)
    ]
    return House(constant(HOUSE), comes_and_goes)


def charges_steadily(home: Home) -> bool:
    """Say whether both cars have what the house leaves."""
    limits = [charger.limit for charger in home.site.world.chargers.values()]
    return max(home.site.world.supply_current) > 23.5 and min(limits) >= 6.0


def number(text: str) -> float:
    """Return the figure in a text of the English card."""
    return float(text.split(" A", maxsplit=1)[0].removeprefix("of ").strip())


async def shown(card: Locator) -> dict[str, Any]:
    """Return the figures that the card shows, A; at one moment."""
    return await card.evaluate(
        """(card) => {
            const root = card.shadowRoot;
            const text = (at, what) => at.querySelector(what)?.textContent.trim();
            const phases = [...root.querySelectorAll("[data-phase]")].map((each) =>
                [each.dataset.phase, [text(each, ".now"), text(each, ".free")]]);
            const chargers = [...root.querySelectorAll("[data-charger]")].map((each) =>
                [text(each, "h3"), [".now", ".figure .free", ".power", ".state", ".why"]
                    .map((what) => text(each, what))]);
            return {phases: Object.fromEntries(phases),
                chargers: Object.fromEntries(chargers),
                sentence: text(root, ".sentence"),
                banners: [...root.querySelectorAll(".banner")].map((b) => b.textContent)};
        }"""
    )


def follows(home: Home, figures: dict[str, Any]) -> bool:
    """Say whether all figures are the simulator's own, to what a meter resolves."""
    world = home.site.world
    flowing = dict(zip(("L1", "L2", "L3"), world.supply_current, strict=True))
    for phase, (now, free) in figures["phases"].items():
        if abs(number(now) - flowing[phase]) > 0.15:
            return False
        if abs(number(free) - (25.0 - flowing[phase])) > 0.15:
            return False
    for name, charger in world.chargers.items():
        [(drawn, allocated, power, *_)] = [
            each for title, each in figures["chargers"].items() if name in title
        ]
        if power is None:  # it is not heard of yet
            return False
        if abs(number(drawn) - max(charger.load)) > 0.15:
            return False
        if abs(number(allocated) - charger.limit) > 0.15:
            return False
        if abs(float(power.split()[0]) - charger.power / 1000) > 0.4:
            return False
    return len(figures["phases"]) == 3


async def until_it_follows(home: Home, card: Locator) -> dict[str, Any]:
    """Wait until the card shows what flows, all of it; return what it shows."""
    figures: dict[str, Any] = {}
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                figures = await shown(card)
                if figures["phases"] and follows(home, figures):
                    return figures
                await home.live(0.5)
    except TimeoutError:
        world = home.site.world
        flows = [world.supply_current, [c.limit for c in world.chargers.values()]]
        pytest.fail(f"The card shows {figures}, and what flows is {flows}.")


async def serious_faults(page: Page) -> list[str]:
    """Return what axe finds in the card that is serious or worse."""
    await page.add_script_tag(path=AXE)
    found = await page.evaluate(
        """async () => {
            const path = [];
            let card;
            const look = (root) => {
                for (const each of root.querySelectorAll("*")) {
                    if (each.localName === "amp-guard-card") card = each;
                    if (each.shadowRoot) look(each.shadowRoot);
                }
            };
            look(document);
            const result = await axe.run(card, {resultTypes: ["violations"]});
            return {tried: result.passes.length, violations: result.violations};
        }"""
    )
    assert found["tried"] > 5
    return [
        f"{each['id']}: {each['help']} ({each['nodes'][0]['html']})"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


def told(observed: dict[str, float]) -> str:
    """Return what was observed, in words."""
    return (
        f"{observed['messages']:.1f} messages a second,"
        f" drawn {observed['draws']:.1f} times a second"
        f" in {observed['median']:.1f} ms each ({observed['longest']:.1f} at most):"
        f" {observed['share']:.2f} % of a core"
    )


async def costs(page: Page, seconds: float) -> dict[str, float]:
    """Return what the card costs while it is looked at for some time."""
    return await page.evaluate(
        """async (seconds) => {
            const Card = customElements.get("amp-guard-card");
            const draw = Card.prototype.performUpdate;
            let feed;
            const look = (root) => {
                for (const each of root.querySelectorAll("*")) {
                    if (each.localName === "amp-guard-card") feed = each.feed;
                    if (each.shadowRoot) look(each.shadowRoot);
                }
            };
            look(document);
            const times = [];
            Card.prototype.performUpdate = function () {
                const begun = performance.now();
                draw.call(this);
                this.getBoundingClientRect(); // with its layout
                times.push(performance.now() - begun);
            };
            const told = feed.messages;
            await new Promise((done) => setTimeout(done, 1000 * seconds));
            Card.prototype.performUpdate = draw;
            times.sort((a, b) => a - b);
            const total = times.reduce((a, b) => a + b, 0);
            return {
                messages: (feed.messages - told) / seconds,
                draws: times.length / seconds,
                median: times[Math.floor(times.length / 2)] ?? 0,
                longest: times.at(-1) ?? 0,
                share: total / 10 / seconds,
            };
        }""",
        seconds,
    )


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where the pictures go."""
    return request.config.getoption("--pictures") or tmp_path


async def take_pictures(owner: Owner, card: Locator, folder: Path) -> None:
    """Look at the card and take its pictures: light, dark, phone, tablet."""
    page = owner.page
    for name, (width, height), scheme in (
        ("light", (700, 1200), "light"),
        ("dark", (700, 1200), "dark"),
        ("phone", (360, 1200), "light"),
        ("tablet", (1280, 1000), "light"),
    ):
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_function(
            "(dark) => document.querySelector('home-assistant').hass.themes.darkMode"
            " === dark",
            arg=scheme == "dark",
        )
        await page.evaluate(TWO_FRAMES)
        box = await card.bounding_box()
        assert box is not None
        # Nothing is cut off on a phone.
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert await card.evaluate(
            "(card) => card.shadowRoot.querySelector('ha-card').scrollWidth"
            " <= card.clientWidth"
        )
        assert await serious_faults(page) == []
        await card.screenshot(path=folder / f"{name}.png", animations="disabled")


async def take_when_still(what: Locator, file: Path) -> None:
    """Take a picture of what moves into its place by itself, once it is there."""
    before, now = b"", await what.screenshot()
    while now != before:
        await what.page.wait_for_timeout(300)
        before, now = now, await what.screenshot(path=file)


async def choose_language(page: Page, language: str) -> None:
    """Choose a language in the owner's profile, as the profile page does."""
    await page.evaluate(
        """(language) => document.querySelector("home-assistant").hass.connection
            .sendMessagePromise({type: "frontend/set_user_data", key: "language",
                value: {language, number_format: "language"}})""",
        language,
    )


@pytest.mark.timeout(500)
async def test_the_card_shows_what_flows_through_all_that_happens(
    live_in: LiveIn, pictures: Path, record_property: Callable[[str, object], None]
) -> None:
    async with live_in(two_cars()) as home, owner_at_screen(pictures) as owner:
        page, url = owner.page, home.home_assistant.url
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(f"{error} {error.stack}"))
        await page.set_viewport_size({"width": 700, "height": 1200})
        await owner.sign_in(url, OWNER)
        await page.goto(f"{url}/{DASHBOARD}")
        card = page.locator("amp-guard-card")
        await card.wait_for()

        await home.live_until(lambda: charges_steadily(home), PATIENCE)
        figures = await until_it_follows(home, card)
        assert "L2" in figures["sentence"]
        assert figures["banners"] == []

        at_rest = await costs(page, OBSERVED)
        home.site.world.house = wavering(home.site.world.now, OBSERVED + 5.0)
        busy = await costs(page, OBSERVED)
        for name, observed in (("at rest", at_rest), ("busy", busy)):
            print(f"\nThe card {name}: {told(observed)}")
            for key, figure in observed.items():
                record_property(f"{name}: {key}", round(figure, 2))
        assert at_rest["messages"] <= 4.0
        assert 0.5 <= busy["messages"] <= 4.0  # the meter's are one a second

        await take_pictures(owner, card, pictures)
        await choose_language(page, "sv")
        await page.reload()
        await expect(card.locator("h2")).to_have_text("Huvudsäkring 25 A")
        await expect(card.locator(".press").first).to_have_text("Ladda nu")
        await page.set_viewport_size({"width": 700, "height": 1200})
        await card.screenshot(path=pictures / "swedish.png", animations="disabled")
        await choose_language(page, "en")
        await page.reload()
        await until_it_follows(home, card)

        # Home Assistant's own page of what flows now has both chargers.
        await page.set_viewport_size({"width": 900, "height": 1000})
        await page.goto(f"{url}/energy/now")
        flow = page.locator("hui-power-sankey-card")
        await flow.locator("canvas, svg").first.wait_for()
        await take_when_still(flow, pictures / "energy-now.png")
        await page.goto(f"{url}/{DASHBOARD}")
        await page.set_viewport_size({"width": 700, "height": 1200})
        await until_it_follows(home, card)

        # A button does what it says.
        await card.locator(".press").first.click()
        await expect(card.locator(".press").first).to_have_text("No longer first")
        await card.locator(".press").first.click()
        await expect(card.locator(".press").first).to_have_text("Charge now")

        # A lost meter can't be missed, and is over when it is back.
        home.site.amp_guard.fault = Fault.SILENT
        await expect(card.locator(".banner.alarm")).to_contain_text(
            "meter is offline", timeout=1000 * PATIENCE
        )
        home.site.amp_guard.fault = None
        await expect(card.locator(".banner")).to_have_count(0, timeout=1000 * PATIENCE)

        # The page loses its connection, and finds it again.
        await page.context.set_offline(True)
        await page.evaluate(
            "document.querySelector('home-assistant').hass.connection.socket.close()"
        )
        await expect(card.locator(".banner.alarm")).to_contain_text("connection")
        await page.context.set_offline(False)
        await expect(card.locator(".banner.alarm")).to_have_count(
            0, timeout=1000 * PATIENCE
        )
        await until_it_follows(home, card)

        # So it does when Home Assistant restarts.
        await home.home_assistant.stop()
        await expect(card.locator(".banner.alarm")).to_contain_text("connection")
        await home.home_assistant.start_again()
        await expect(card.locator(".banner.alarm")).to_have_count(
            0, timeout=1000 * PATIENCE
        )
        await until_it_follows(home, card)
        # The frontend's own promises fail where there is no connection.
    assert [error for error in errors if "amp-guard" in error] == []


@pytest.mark.timeout(500)
async def test_the_dashboard_is_there_after_each_of_50_reloads(
    live_in: LiveIn, tmp_path: Path
) -> None:
    """The page begins anew each time: nothing may be asked for before it is defined."""
    async with live_in(two_cars()) as home, owner_at_screen(tmp_path) as owner:
        page, url = owner.page, home.home_assistant.url
        await owner.sign_in(url, OWNER)
        await page.goto(f"{url}/{DASHBOARD}")
        for _ in range(50):
            await page.reload(wait_until="commit")
            await page.locator("amp-guard-card [data-phase=L1] .now").wait_for()
            assert await page.locator("hui-error-card").count() == 0

        for view, shown in (
            ("history", "hui-history-graph-card"),
            ("energy", "hui-statistics-graph-card"),
            ("events", "hui-logbook-card"),
            ("settings", "hui-entities-card"),
        ):
            await page.goto(f"{url}/{DASHBOARD}/{view}")
            await page.locator(shown).first.wait_for()
            assert await page.locator("hui-error-card").count() == 0
