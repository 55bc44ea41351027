"""A bare page with the card, without Home Assistant: shown is what a test tells it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route, async_playwright

import custom_components.amp_guard as integration

from .frontend import CHROMIUM, chromium

FOLDER = Path(integration.__file__).parent
ORIGIN = "http://page.test"
VERSION = "1"

PAGE = """<!doctype html>
<html lang="en"><head><title>Card</title><style>
html { --primary-text-color: #212121; --secondary-text-color: #616161;
  --divider-color: #e0e0e0; --card-background-color: #fff; }
ha-card { display: block; background: var(--card-background-color); }
main { width: 100%; }
</style></head><body><main></main>
<script type="module" src="/card.js?v=1"></script>
<script type="module">
window.calls = [];
window.connection = {
  listeners: {},
  addEventListener(event, listener) { this.listeners[event] = listener; },
  removeEventListener() {},
  subscribeMessage(take) {
    window.tell = take;
    if (window.refused) return Promise.reject(new Error("unknown_command"));
    return Promise.resolve(() => Promise.resolve());
  },
};
window.show = (config, texts, language) => {
  const card = document.createElement("amp-guard-card");
  card.setConfig({ type: "custom:amp-guard-card", ...config });
  card.hass = {
    connection: window.connection,
    locale: { language, number_format: "language", time_format: "24" },
    config: { time_zone: "UTC" },
    entities: {}, devices: {},
    localize: (key) => texts[key] ?? "",
    callService: (...call) => {
      window.calls.push(call);
      return Promise.reject(new Error("not allowed"));
    },
  };
  document.querySelector("main").replaceChildren(card);
};
</script></body></html>"""


def _flat(tree: dict[str, Any], path: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            texts |= _flat(value, f"{path}.{key}")
        else:
            texts[f"{path}.{key}"] = value
    return texts


class CardPage:
    """The page; `text` is all that the card says."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.card = page.locator("amp-guard-card")
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def open(self) -> None:
        """Open the page anew."""
        await self.page.goto(ORIGIN)
        await self.page.wait_for_function("!!customElements.get('amp-guard-card')")

    async def show(self, language: str = "en", **config: Any) -> None:
        """Show a card with this configuration."""
        path = FOLDER / "translations" / f"{language}.json"
        tree = json.loads(path.read_text())["entity"]
        texts = _flat(tree, "component.amp_guard.entity")
        await self.page.evaluate(
            "([config, texts, language]) => show(config, texts, language)",
            [config, texts, language],
        )

    async def tell(self, sites: dict[str, Any] | None = None, **more: Any) -> None:
        """Tell it all there is of these supplies, as the integration does first."""
        message = {"format": 1, "card": VERSION, "sites": sites or {}} | more
        await self.page.evaluate("(message) => tell(message)", message)

    async def text(self) -> str:
        """Return all that it says, once it has drawn."""
        return await self.card.evaluate(
            """async (card) => {
                await card.updateComplete;
                return card.shadowRoot.querySelector("ha-card").textContent
                    .replace(/\\s+/g, " ").trim();
            }"""
        )


@asynccontextmanager
async def card_page(width: int = 480) -> AsyncGenerator[CardPage]:
    """Open a page with the card's file and nothing else."""

    async def serve(route: Route) -> None:
        is_card = "card.js" in route.request.url
        await route.fulfill(
            content_type="text/javascript" if is_card else "text/html",
            body=(FOLDER / "frontend" / "amp-guard-card.js").read_text()
            if is_card
            else PAGE,
        )

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=CHROMIUM
        )
        page = await browser.new_page(viewport={"width": width, "height": 900})
        await page.route("**/*", serve)
        try:
            card = CardPage(page)
            await card.open()
            yield card
        finally:
            await browser.close()
