"""Setting a charger's limit: what is sent for one order, in which order."""

from collections.abc import Callable
import math

from ..model import MINIMUM_SIGNALLED_CURRENT
from .actions import ChargerActions, ChargerCommandError, NotYetError
from .attempt import Order
from .command import TOLERANCE
from .config import ChargerConfig
from .entities import ChargerEntities
from .profile import FailSafe, Pause, Profile, Role
from .reading import (
    is_away,
    is_paused,
    pause_of,
    read_amperes,
    read_phases_set,
    takes_zero,
    to_amperes,
)

ROUNDING = 0.001
"""A that a figure may lie under the step that it means."""


class LimitSetter:
    """Sets the limit of one charger as its profile says."""

    def __init__(
        self,
        profile: Profile,
        config: ChargerConfig,
        entities: ChargerEntities,
        actions: ChargerActions,
        *,
        is_paused_by_us: bool = False,
    ) -> None:
        """Take the charger, and whether it was left paused."""
        self._profile = profile
        self._config = config
        self._entities = entities
        self._actions = actions
        self._last: float | None = 0.0 if is_paused_by_us else None

    def settable(self, current: float) -> float:
        """Return the largest current (A) that can be set and is no more than this."""
        profile, config = self._profile, self._config
        step, least, most = profile.resolution, profile.min_current, math.inf
        if (state := self._entities.state(Role.LIMIT)) is not None:
            unit = self._entities.unit(Role.LIMIT)
            step = max(step, _amperes(state.attributes.get("step"), unit, step))
            least = max(least, _amperes(state.attributes.get("min"), unit, least))
            most = _amperes(state.attributes.get("max"), unit, most)
        current = min(current, config.max_current, profile.max_current, most)
        current = math.floor((current + ROUNDING) / step) * step
        return current if current >= max(least, config.min_current) else 0.0

    def lasting(self, order: Order) -> float | None:
        """Return the shortest time (s) that can be told and is no less than its own."""
        return None

    @property
    def renewal_step(self) -> float:
        """A by which each second renewal differs, 0 where it need not."""
        return 0.0

    @property
    def fail_safe(self) -> FailSafe:
        """What the charger does when nothing is heard of Home Assistant."""
        return self._profile.fail_safe

    @property
    def way(self) -> str | None:
        """In which of several ways it was seen to be limited."""
        return None

    def is_heeded(self, *, shown: bool) -> bool | None:
        """Say whether it was seen to keep to its limit, None where nothing tells.

        `shown` is whether it shows what it was told last.
        """
        return True if shown else None

    @property
    def settling_time(self) -> float:
        """For how long in s after a command what it shows may be of before it."""
        return self._profile.settling_time

    @property
    def can_switch_phases(self) -> bool:
        """Whether it can be set to one phase, and to all."""
        uses = self._profile.phases
        return (
            uses is not None
            and Role.PHASES in self._entities
            and self._entities.value(Role.PHASES) not in uses.never
        )

    @property
    def phases_set(self) -> int | None:
        """How many phases it shows that it is set to use, if it does."""
        return read_phases_set(self._profile, self._entities)

    async def set_phases(self, phases: int) -> None:
        """Have it use one phase, its own L1, or all.

        Raises ChargerCommandError if it is not taken.
        """
        if (uses := self._profile.phases) is not None:
            await self._actions.send(uses.use_one if phases == 1 else uses.use_all)

    async def read_again(self) -> None:
        """Ask the charger itself for a fresh reading, where that can be asked."""

    @property
    def is_paused_by_us(self) -> bool:
        """Whether a pause is what it was told last."""
        return self._last == 0

    def forget_preparation(self) -> None:
        """Prepare it anew: it may have forgotten what was written to it."""

    async def set(self, order: Order, *, is_newest: Callable[[], bool]) -> None:
        """Send all that an order takes.

        `is_newest()` says whether it still stands: a car is not let on for one that
        does not. Raises ChargerCommandError if it is not taken, NotYetError if
        something that it needs is still to come.
        """
        if is_away(self._entities):
            raise NotYetError
        if order.current <= 0:
            self._last = 0.0  # one that fails may have paused it all the same
            await self._stop_charging()
            return
        await self._limit(order)
        # The limit first: a car let on before it would start at the old one.
        if is_newest() and (pause := self._pause_to_end()) is not None:
            await self._resume(pause)
            if pause.loses_limit:
                await self._limit(order)
        self._last = order.current

    async def _resume(self, pause: Pause) -> None:
        try:
            await self._actions.send(pause.resume)
        except ChargerCommandError as error:  # the limit has left
            raise error.as_refusal() from error

    async def _limit(self, order: Order) -> None:
        await self._set(order.current)

    async def _set(self, current: float) -> None:
        await self._actions.send(self._profile.set_limit, current)

    def _pause_to_end(self) -> Pause | None:
        """Return the pause that keeps the car from using its new limit."""
        pause = pause_of(self._profile, self._entities)
        if pause is not None and pause.only_own:
            return pause if self._last == 0 else None
        if pause is None or is_paused(pause, self._entities):
            return pause
        if pause.limit_resumes:
            return None
        if self._last is None:
            return pause if pause.role is None else None
        # What it shows may be of before it was paused.
        return pause if self._last == 0 else None

    async def _stop_charging(self) -> None:
        pause = pause_of(self._profile, self._entities)
        if pause is None and takes_zero(self._entities):
            await self._set(0.0)
            return
        try:
            if pause is None:
                raise ChargerCommandError("charger_cannot_pause")
            await self._actions.send(pause.stop)
        except ChargerCommandError as error:
            await self._set_least()
            raise error.as_refusal() from error

    async def _set_least(self) -> None:
        """Set the least it can signal: nearer to a pause than what it has now."""
        least = max(
            self._config.min_current,
            self._profile.min_current,
            MINIMUM_SIGNALLED_CURRENT,
        )
        shown = read_amperes(self._entities, Role.LIMIT)
        if shown is None or shown > least + TOLERANCE:
            await self._set(least)


def _amperes(value: object, unit: str | None, otherwise: float) -> float:
    return to_amperes(value, unit) if isinstance(value, int | float) else otherwise
