"""What is there of a Home Assistant: listeners, timers, tasks, objects, memory."""

import asyncio
from collections import Counter
from ctypes import CDLL
from dataclasses import dataclass
import gc
from pathlib import Path
import resource

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

OURS = "custom_components.amp_guard"


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOver:
    """How many there are; `ours` are the integration's own objects by their types.

    `resident` is MB of memory that the process holds.
    """

    listeners: int
    timers: int
    tasks: int
    objects: int
    ours: Counter[str]
    resident: float


def look(hass: HomeAssistant) -> LeftOver:
    """Return what is there now, once what nobody needs is gone."""
    _forget_calls()
    gc.collect()
    CDLL(None).malloc_trim(0)
    loop, objects = asyncio.get_running_loop(), gc.get_objects()
    scheduled = loop._scheduled  # type: ignore[attr-defined] # noqa: SLF001 - nobody else knows
    return LeftOver(
        listeners=sum(hass.bus.async_listeners().values()),
        timers=sum(not handle.cancelled() for handle in scheduled),
        tasks=len(asyncio.all_tasks()),
        objects=len(objects),
        ours=Counter(
            type(each).__qualname__
            for each in objects
            if type(each).__module__.startswith(OURS)
        ),
        resident=resident(),
    )


def _forget_calls() -> None:
    """Have the harness forget what was stored: it notes every call."""
    for name in ("_async_load", "_async_write_data", "async_remove"):
        stored = getattr(Store, name)
        if (mock := getattr(stored, "mock", None)) is not None:
            mock.reset_mock()


def resident(process: int | str = "self") -> float:
    """Return MB of memory that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
