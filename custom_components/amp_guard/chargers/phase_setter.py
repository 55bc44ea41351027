"""Setting how many phases a charger uses: reads, waits, sends.

When that is due is decided in `phase_switch.py`.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from homeassistant.core import HomeAssistant, callback

from ..control.step_response import USED_FROM
from ..model import ChargerReading, ChargerStatus
from .actions import ChargerCommandError
from .phase_switch import PhaseSwitch
from .timers import Timers

NOTHING_DRAWN = (
    ChargerStatus.WAITING,
    ChargerStatus.FULL,
    ChargerStatus.DISCONNECTED,
)


class PhaseSetter:
    """Sets how many phases one charger uses.

    `tell(phases)` tells it, raising ChargerCommandError if it does not take that, and
    what it shows may be of before for `settles` s. `on_end(error)` is called when it was
    told, None where it took that; `on_wake` when it is to be looked at again.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        tell: Callable[[int], Awaitable[None]],
        *,
        name: str,
        settles: float,
        on_end: Callable[[ChargerCommandError | None], None],
        on_wake: Callable[[], None],
    ) -> None:
        """Take the charger."""
        self._hass = hass
        self._tell = tell
        self._name = name
        self._on_end = on_end
        self._on_wake = on_wake
        self._switch = PhaseSwitch(settles)
        self._timers = Timers(hass)
        self._error: ChargerCommandError | None = None

    def order(self, phases: int | None) -> None:
        """Take how many phases it is to use, None where it stays as it is."""
        self._switch.order(phases)
        if phases is None:
            self._timers.cancel_all()

    @property
    def is_under_way(self) -> bool:
        """Whether it may be switched at any moment: no car is to be let on."""
        return self._switch.is_under_way(self._now())

    @property
    def error(self) -> ChargerCommandError | None:
        """Why it does not take what is ordered, None where it does."""
        return self._error if self._switch.is_failing else None

    def look(self, reading: ChargerReading, told: float | None) -> None:
        """Tell it, where that is due and it shows that it is paused.

        `told` is the limit that it was told last, A.
        """
        now = self._now()
        is_paused = (
            told == 0
            and not reading.limit  # None where it shows no limit
            and reading.status in NOTHING_DRAWN
            and (reading.current is None or max(reading.current) < USED_FROM)
        )
        due = self._switch.take(reading.phases_set, now, is_paused=is_paused)
        wakes_at = self._switch.wakes_at(now)
        if wakes_at is None:
            self._timers.cancel_all()
        else:
            self._timers.later("look", wakes_at - now, self._wake)
        if due is not None:
            self._hass.async_create_background_task(
                self._send(due), f"Amp Guard phases {self._name}", eager_start=True
            )

    async def _send(self, phases: int) -> None:
        self._error = None
        try:
            await self._tell(phases)
        except ChargerCommandError as error:
            self._error = error
        finally:
            self._switch.ended(self._now(), taken=self._error is None)
        self._on_end(self._error)

    @callback
    def _wake(self, _now: datetime) -> None:
        self._on_wake()

    def _now(self) -> float:
        return self._hass.loop.time()
