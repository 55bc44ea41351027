"""An owner in front of a screen: the real frontend in a real browser, headless."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
import shutil

from playwright.async_api import Locator, Page, ViewportSize, async_playwright, expect

from demo.browser import Account

CHROMIUM = (
    "--no-sandbox",  # it would need a right of its own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREEN: ViewportSize = {"width": 640, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 30_000
"""ms. Nothing here takes long; this ends what never comes."""
expect.set_options(timeout=PATIENCE)


def chromium() -> str:
    """Return the browser's program."""
    program = shutil.which("chromium")
    assert program, "There is no chromium: scripts/packages installs it."
    return program


class Owner:
    """Sits in front of Home Assistant; counts the screens of a set-up, and the clicks."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self._pictures = pictures
        self.steps: list[str] = []
        self.clicks = 0

    async def sign_in(self, url: str, account: Account) -> None:
        await self.page.goto(url)
        await self.page.locator("input[name=username]").fill(account.username)
        await self.page.locator("input[name=password]").fill(account.password)
        await self.page.keyboard.press("Enter")
        await self.page.locator("home-assistant-main").wait_for()

    async def add_integration(self, url: str, name: str) -> None:
        await self.page.goto(f"{url}/config/integrations/dashboard")
        await self._click(self.page.get_by_role("button", name="Add integration").first)
        brands = self.page.locator("dialog-add-integration")
        await brands.locator("input").first.fill(name)
        await self._click(brands.get_by_text(name, exact=True))

    async def reconfigure(self, url: str, domain: str, subentry: str) -> None:
        """Begin to change what is below an integration's entry, by its name."""
        await self.page.goto(f"{url}/config/integrations/integration/{domain}")
        rows = self.page.locator("ha-config-sub-entry-row")
        row = rows.filter(has=self.page.get_by_text(subentry, exact=True))
        await row.locator("ha-icon-button[slot=end]").click()

    async def reads(self, text: str) -> None:
        """Wait until the dialog says something."""
        await self._dialog.get_by_text(text).wait_for()

    async def sees(self, title: str) -> None:
        """Wait for a step of the set-up, by what is in its title."""
        titles = self._dialog.locator(".dialog-title")
        await titles.filter(has_text=title).wait_for()
        self.steps.append(title)

    async def choose(self, option: str) -> None:
        await self._take_picture()
        await self._click(self._dialog.get_by_text(option, exact=True))

    async def submit(self, **fields: str) -> None:
        for name, value in fields.items():
            await self._dialog.locator(f"input[name={name}]").fill(value)
        await self._take_picture()
        await self._click(self._dialog.get_by_role("button", name="Submit"))

    async def enter(self, place: int, number: str) -> None:
        """Enter a number: the form's first, second, ..."""
        fields = self._dialog.locator("ha-selector-number input")
        await fields.nth(place).fill(number)

    async def turn_on(self, field: str) -> None:
        """Turn on a switch of the form, by its label."""
        row = self._dialog.locator("ha-selector-boolean").filter(has_text=field)
        await self._click(row.locator("ha-switch"))

    async def rows(self) -> list[str]:
        """Return the rows of the form's table, each by its label."""
        labels = self._dialog.locator("ha-selector-object .label[slot=headline]")
        await labels.first.wait_for()
        return await labels.all_inner_texts()

    async def add_row(self, **fields: str) -> None:
        """Add a row to the form's table."""
        add = self._dialog.locator("ha-selector-object").get_by_role(
            "button", name="Add"
        )
        await self._click(add)
        await self._fill_in_row("Add", fields)

    async def edit_row(self, row: int, **fields: str) -> None:
        """Change a row of the form's table."""
        table = self._dialog.locator("ha-selector-object")
        await self._click(table.get_by_role("button", name="Edit").nth(row))
        await self._fill_in_row("Save", fields)

    async def _fill_in_row(self, done: str, fields: dict[str, str]) -> None:
        form = self.page.locator("dialog-form")
        for name, value in fields.items():
            await form.locator(f"input[name={name}]").fill(value)
        await self._click(form.get_by_role("button", name=done, exact=True))
        await form.get_by_role("dialog").wait_for(state="hidden")

    async def overflows(self) -> list[str]:
        """Return what of the dialog's texts to be copied is wider than the screen."""
        codes = self._dialog.locator("ha-markdown code")
        await codes.first.wait_for()
        wide: list[str] = await codes.evaluate_all(
            "codes => codes.filter(code => code.getBoundingClientRect().right >"
            " innerWidth || code.parentElement.scrollWidth >"
            " code.parentElement.clientWidth + 1).map(code => code.innerText)"
        )
        return wide

    async def close(self) -> None:
        """Close the dialog."""
        await self._dialog.get_by_role("button", name="Close").first.click()
        await self._dialog.get_by_role("dialog").wait_for(state="hidden")

    async def _click(self, what: Locator) -> None:
        self.clicks += 1
        await what.click()

    @property
    def _dialog(self) -> Locator:
        return self.page.locator("dialog-data-entry-flow")

    async def _take_picture(self) -> None:
        await self._dialog.get_by_role("dialog").screenshot(
            path=self._pictures / f"{len(self.steps)}.png", animations="disabled"
        )


@asynccontextmanager
async def owner_at_screen(
    pictures: Path, screen: ViewportSize = SCREEN
) -> AsyncGenerator[Owner]:
    """Open a browser; close it afterwards, whatever happens."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(), args=CHROMIUM
        )
        page = await browser.new_page(viewport=screen)
        page.set_default_timeout(PATIENCE)
        try:
            yield Owner(page, pictures)
        finally:
            await browser.close()
