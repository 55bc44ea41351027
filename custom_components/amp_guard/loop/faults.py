"""What goes wrong in the loop: said in the log when it comes and when it is over.

The last ones are kept for diagnostics. While nothing can be decided, a repair issue
tells the owner.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
import logging
from pathlib import Path
from traceback import walk_tb
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, AmpGuardConfigEntry
from ..model import SUPPLY_ID

_LOGGER = logging.getLogger(__name__)

KEPT = 20
"""Different faults that are kept, the last ones."""


class Part(StrEnum):
    """The part of the loop that can fail."""

    CYCLE = "cycle"
    READING = "reading"
    COMMAND = "command"
    RECORDING = "recording"
    PLAN = "plan"
    LISTENER = "listener"
    """One of those who are told what is published."""


@dataclass(kw_only=True, slots=True)
class Fault:
    """What failed of a `target` (a charger or the supply), where, how often and when.

    `trace` is each step on the way to it, and the error last.
    """

    part: Part
    target: str
    trace: tuple[str, ...]
    first: datetime
    last: datetime
    times: int = 0


class Faults:
    """The faults of one entry's loop."""

    def __init__(self, hass: HomeAssistant, entry: AmpGuardConfigEntry) -> None:
        """Start with none."""
        self._hass = hass
        self._entry = entry
        self._present: set[tuple[Part, str]] = set()
        self._kept: dict[tuple[object, ...], Fault] = {}

    @property
    def kept(self) -> list[Fault]:
        """The last ones, the newest last."""
        return list(self._kept.values())

    def come(self, part: Part, error: Exception, target: str = SUPPLY_ID) -> None:
        """Note a fault; log it when it comes, not each time it comes again."""
        self._keep(part, target, tuple(_trace(error)))
        if (part, target) in self._present:
            return
        self._present.add((part, target))
        known = isinstance(error, HomeAssistantError)
        _LOGGER.log(
            logging.WARNING if known else logging.ERROR,
            "%s: the loop goes on without its %s: %s",
            self._name(target),
            part,
            error,
            exc_info=None if known else error,
        )

    def end(self, part: Part, target: str = SUPPLY_ID) -> None:
        """Note that a part works; log it where it did not."""
        if (part, target) in self._present:
            self._present.remove((part, target))
            _LOGGER.info("%s: its %s works again", self._name(target), part)

    @callback
    def tell_fallback(self) -> None:
        """Tell the owner that nothing is decided."""
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="nothing_decided",
            translation_placeholders={"supply": self._entry.title},
        )

    @callback
    def end_fallback(self) -> None:
        """Take that back."""
        ir.async_delete_issue(self._hass, DOMAIN, self._issue)

    @property
    def _issue(self) -> str:
        return f"nothing_decided_{self._entry.entry_id}"

    def _name(self, target: str) -> str:
        subentry = self._entry.subentries.get(target)
        return self._entry.title if subentry is None else subentry.title

    def _keep(self, part: Part, target: str, trace: tuple[str, ...]) -> None:
        # The same error at the same place, whichever way it came about.
        key, now = (part, target, *trace[-2:]), dt_util.utcnow()
        fault = self._kept.pop(key, None) or Fault(
            part=part, target=target, trace=trace, first=now, last=now
        )
        fault.times += 1
        fault.last = now
        self._kept[key] = fault
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]


async def do_all(
    work: Iterable[Coroutine[Any, Any, None]], timeout: float | None = None
) -> None:
    """Do all of it, whatever fails or takes more than `timeout` s; that is logged.

    What takes longer is not waited for, also where it does not let itself be ended.
    """
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=timeout)
    finally:
        failed = [_failure(task) for task in tasks]
    for failure in filter(None, failed):
        _LOGGER.warning("A charger or meter did not follow: %r", failure)


def _failure(task: asyncio.Future[None]) -> BaseException | None:
    """Return what became of a task that was given its time; end it where it goes on."""
    if not task.done():
        task.cancel()
        return TimeoutError()
    return None if task.cancelled() else task.exception()


def _trace(error: BaseException, *, is_cause: bool = False) -> Iterator[str]:
    """Yield where an error comes from, its cause first.

    Without the folders above the code, and without what other integrations say: both
    may name what is private.
    """
    cause = error.__cause__
    if cause is None and not error.__suppress_context__:
        cause = error.__context__
    if cause is not None:
        yield from _trace(cause, is_cause=True)
    for frame, line in walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        yield f"{path.parent.name}/{path.name}:{line} {frame.f_code.co_qualname}"
    name = type(error).__name__
    if isinstance(error, HomeAssistantError):
        yield f"{name}: {error.translation_key}"
    else:
        yield name if is_cause else f"{name}: {error}"
