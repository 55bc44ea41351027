"""The simulated site with a real Home Assistant in charge of it, from start to end."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from math import inf
from typing import Any

from simulator.site import Site

from .browser import Account, Browser
from .home_assistant import HomeAssistant
from .set_up import SetUp, set_up

LOOK_INTERVAL = 0.5
"""s between looks at the physics."""


class Home:
    """A site that lives on by the clock, and who is in charge of it."""

    def __init__(
        self, site: Site, home_assistant: HomeAssistant, *, prepare: SetUp = set_up
    ) -> None:
        """Take both, not yet started, and what the owner does before time goes on."""
        self.site = site
        self.home_assistant = home_assistant
        self.browser: Browser | None = None
        """The owner's, signed in, from the start to the end."""
        self._prepare = prepare
        self._life: asyncio.Task[None] | None = None

    @property
    def figures(self) -> dict[str, Any]:
        """What the physics has recorded so far."""
        return self.site.judge.figures

    async def start(self, account: Account) -> None:
        """Put the site on the network; have its owner set Home Assistant up for it."""
        await self.site.start()
        self._life = asyncio.create_task(self.site.run())
        await self.home_assistant.start()
        await self._while_alive(self._set_up(account))

    async def live(self, seconds: float | None = None) -> None:
        """Let time pass, s (None: until cancelled).

        Raises `HomeAssistantError` where Home Assistant ends by itself.
        """
        await self._while_alive(asyncio.sleep(inf if seconds is None else seconds))

    async def live_until(self, condition: Callable[[], bool], within: float) -> None:
        """Let time pass until something is so; `TimeoutError` after `within` s."""
        async with asyncio.timeout(within):
            while not condition():
                await self.live(LOOK_INTERVAL)

    async def outlive(self, seconds: float) -> None:
        """Let s of the site's time pass at once: nobody is in charge any more."""
        assert not self.home_assistant.is_started
        await self._pause_life()
        speed, self.site.speed = self.site.speed, inf
        await self.site.run(seconds)
        self.site.speed = speed
        self._life = asyncio.create_task(self.site.run())

    async def stop(self) -> None:
        """End Home Assistant, then the site.

        In this order, as what chargers are told at the end is part of what happens.
        """
        if self.browser is not None:
            await self.browser.close()
        await self.home_assistant.stop()
        await self._pause_life()
        await self.site.stop()

    async def _pause_life(self) -> None:
        if self._life is not None:
            self._life.cancel()
            with suppress(asyncio.CancelledError):
                await self._life
        self._life = None

    async def _set_up(self, account: Account) -> None:
        self.browser = Browser(self.home_assistant.url)
        await self.browser.welcome(account)
        await self._prepare(
            self.browser,
            self.site.judge.addresses,
            self.site.world.supply.supply_max_current,
        )

    async def _while_alive(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it; fail at once where Home Assistant or the site ends meanwhile."""
        assert self._life is not None
        tasks = {asyncio.create_task(work)}
        if self.home_assistant.is_started:
            tasks.add(asyncio.create_task(self.home_assistant.ended()))
        try:
            done, _ = await asyncio.wait(
                {self._life, *tasks}, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()


@asynccontextmanager
async def running(home: Home, account: Account) -> AsyncGenerator[Home]:
    """Have the home up within the context, and gone after it, whatever happens."""
    try:
        await home.start(account)
        yield home
    finally:
        await home.stop()
