"""Drive one charger: read it from the state machine, command it by actions."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import math
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from ..model import ChargerReading, ChargerStatus
from .actions import ChargerActions, ChargerCommandError, NotYetError
from .config import ChargerConfig
from .entities import ChargerEntities
from .learning import Learned, Learning
from .profile import Pause, Role
from .profiles import PROFILES
from .readback import TOLERANCE, ReadBack
from .reading import (
    is_paused,
    pause_of,
    read_amperes,
    read_charger,
    read_set_limit,
    takes_zero,
)
from .trouble import Trouble, find_trouble

CAR_MAY_CHARGE = (ChargerStatus.WAITING, ChargerStatus.CHARGING)

ROUNDING = 0.001
"""A that a figure may lie under the step that it means."""

RETRY_DELAY = 1.0
"""s from a change of the entities until what waited for it is tried again: an OCPP
transaction shows in Home Assistant before the charge point has its number."""

SETTLING_REPORTS = 2
"""Reports after a command that may still say what was before it."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Order:
    """What the charger is to be told: A, and the loop time until which it may stand."""

    current: float
    expires: float | None = None
    deferrable: bool = True


class ChargerDriver:
    """One charger, read and commanded."""

    def __init__(
        self,
        hass: HomeAssistant,
        config: ChargerConfig,
        on_change: Callable[[str], None],
        learning: Learning | None = None,
    ) -> None:
        """Take the charger; `on_change(charger_id)` tells that a reading changed.

        `learning` measures it; without, what is measured is forgotten.
        """
        self.config = config
        self.profile = PROFILES[config.profile]
        self._hass = hass
        self._on_change = on_change
        self._states = {
            word.lower(): ChargerStatus(status)
            for word, status in config.states.items()
        }
        self._entities = ChargerEntities(
            hass,
            self.profile,
            device_id=config.device_id,
            connector=config.connector,
            picked=config.entities,
            on_change=self._on_entities,
        )
        self._actions = ChargerActions(hass, self.profile, config, self._entities)
        self._lock = asyncio.Lock()
        self._order: _Order | None = None
        self._waits = False
        self._read_back = ReadBack(
            settles=SETTLING_REPORTS * self.profile.report_interval,
            tolerance=TOLERANCE + self._renewal_step,
        )
        self._learning = learning or Learning(Learned(), lambda: None)
        self._prepared = False
        self._renewals = 0
        self._stop_refreshing: CALLBACK_TYPE | None = None
        self._cancel_deferred: CALLBACK_TYPE | None = None
        self._cancel_look: CALLBACK_TYPE | None = None
        self._cancel_check: CALLBACK_TYPE | None = None
        self._looking: asyncio.Task[None] | None = None

    # --- life -----------------------------------------------------------------------

    async def start(self) -> None:
        """Listen to what the charger says; enable the sensors that it needs for it."""
        self._entities.start()
        self._entities.enable()
        self._read_back.user_limit = self._learning.user_limit
        self._check()
        if (interval := self.profile.refresh_interval) is not None:
            self._stop_refreshing = async_track_time_interval(
                self._hass,
                self._refresh,
                timedelta(seconds=interval),
                cancel_on_shutdown=True,
            )

    async def stop(self) -> None:
        """Stop listening; leave nothing running."""
        self._order = None
        self._entities.stop()
        self._drop_deferred()
        for cancel in (self._stop_refreshing, self._cancel_look, self._cancel_check):
            if cancel is not None:
                cancel()
        self._stop_refreshing = self._cancel_look = self._cancel_check = None

    # --- reading --------------------------------------------------------------------

    def read(self) -> ChargerReading:
        """Return what the charger says of itself now; no I/O, never an exception."""
        reading = read_charger(
            self.profile,
            self._entities,
            phases=len(self.config.wiring),
            states=self._states,
            now=self._now(),
        )
        if reading.status is ChargerStatus.LOST:
            return reading
        return replace(reading, user_limit=self._read_back.user_limit)

    def trouble(self, reading: ChargerReading) -> Trouble | None:
        """Return what keeps a charger that says this from being balanced, if it does."""
        return find_trouble(self.profile, self._entities, reading)

    def forget_user_limit(self) -> None:
        """Take back control from a limit that the user has set at the charger."""
        self._read_back.forget(self._now())
        self._learning.keep_user_limit(None)
        self._on_change(self.config.id)

    @callback
    def _on_entities(self) -> None:
        self._check()
        reading = self.read()
        self._learning.see(reading, self._now())
        if reading.status is ChargerStatus.LOST:
            # When it is back, what waited may be long out of date.
            self._waits = False
            self._drop_deferred()
        if self._waits and self._order is not None and self._cancel_deferred is None:
            self._defer(self._order, RETRY_DELAY)
        self._on_change(self.config.id)

    @callback
    def _check(self, _now: datetime | None = None) -> None:
        """Hold what the charger shows against what it was told, between commands."""
        if not self._lock.locked():
            self._read_limit_back()

    def _read_limit_back(self) -> None:
        status, now = self.read().status, self._now()
        if status is ChargerStatus.DISCONNECTED:
            self._read_back.forget(now)
            self._learning.keep_user_limit(None)
        if status not in CAR_MAY_CHARGE:
            return
        limit = self._set_limit_shown()
        is_set = limit is not None
        if limit is None:
            limit = read_amperes(self._entities, Role.LIMIT_IN_FORCE)
        if self._read_back.see(limit, now, is_set=is_set) and self._order is not None:
            self._hass.async_create_task(
                self._retry(self._order), f"Amp Guard repetition {self.config.id}"
            )
        self._learning.keep_user_limit(self._read_back.user_limit)
        self._check_later()

    def _check_later(self) -> None:
        """Check when the charger must show its limit, though it says nothing new."""
        if self._cancel_check is not None:
            self._cancel_check()
            self._cancel_check = None
        if (settled_at := self._read_back.settled_at()) is None:
            return
        if (delay := settled_at - self._now()) > 0:
            self._cancel_check = async_call_later(self._hass, delay, self._check)

    def _set_limit_shown(self) -> float | None:
        """Return the limit that is set, A; 0 while paused. Not the one in force."""
        if is_paused(self._pause, self._entities):
            return 0.0
        return read_set_limit(self.profile, self._entities)

    @callback
    def _refresh(self, _now: datetime) -> None:
        status = self.read().status
        if status not in (ChargerStatus.LOST, ChargerStatus.DISCONNECTED):
            self._look()

    @callback
    def _look(self, _now: datetime | None = None) -> None:
        """Ask the integration for a fresh reading.

        Through a sensor: its platform does not make commands wait for updates.
        """
        self._cancel_look = None
        entity_id = self._entities.entity_id(Role.STATE)
        if entity_id is None or self._entities.state(Role.STATE) is None:
            return
        if self._looking is None or self._looking.done():
            self._looking = self._hass.async_create_background_task(
                async_update_entity(self._hass, entity_id),
                f"Amp Guard reading {self.config.id}",
            )

    # --- commanding -----------------------------------------------------------------

    async def apply(self, current: float, valid_for: float | None) -> bool:
        """Give the charger a limit in A (0 pauses), for `valid_for` s where it can.

        The newest call wins: one that waits behind another is dropped for it. A raise
        that the charger is not to be given yet is given later, unless something newer
        came. Returns whether it was sent now. Raises ChargerCommandError if the charger
        does not take it.
        """
        expires = None if valid_for is None else self._now() + valid_for
        return await self._carry_out(_Order(current=current, expires=expires))

    async def release(self) -> None:
        """Leave the charger at its offline current.

        Raises ChargerCommandError if the charger does not take it.
        """
        await self._carry_out(
            _Order(current=self.config.offline_current, deferrable=False)
        )

    async def _carry_out(self, order: _Order) -> bool:
        self._order = order
        self._drop_deferred()
        async with self._lock:
            if self._order is not order or self._has_expired(order):
                return False
            current = self._settable(order.current)
            if self._was_just_told(current) and order.deferrable:
                return False
            if (delay := self._delay(current)) > 0 and order.deferrable:
                self._defer(order, delay)
                return False
            self._waits = False
            before = self.read()
            try:
                await self._tell(order, current)
            except NotYetError:
                # The order stands, and is sent when what it lacks is there.
                self._waits = True
                return False
            self._read_back.tell(current, self._now())
            self._learning.tell(before, current, self._now())
            self._look_after_command()
            self._read_limit_back()
            return True

    def _has_expired(self, order: _Order) -> bool:
        """Whether it waited so long that it may not stand any more."""
        return order.expires is not None and order.expires <= self._now()

    def _settable(self, current: float) -> float:
        """Return the largest current (A) that can be set and is no more than this."""
        step, least, most = self.profile.resolution, self.profile.min_current, math.inf
        if (state := self._entities.state(Role.LIMIT)) is not None:
            step = max(step, _figure(state.attributes, "step", step))
            least = max(least, _figure(state.attributes, "min", least))
            most = _figure(state.attributes, "max", most)
        if (user_limit := self._read_back.user_limit) is not None:
            most = min(most, user_limit)
        current = min(current, self.config.max_current, self.profile.max_current, most)
        current = math.floor((current + ROUNDING) / step) * step
        return current if current >= max(least, self.config.min_current) else 0.0

    def _was_just_told(self, current: float) -> bool:
        """Whether the same was said so shortly ago that it cannot have been followed."""
        told = self._read_back
        return (
            told.current == current
            and self._now() - told.told_at < self.profile.command_lag
        )

    def _delay(self, current: float) -> float:
        """Return the s until this may be sent; only a raise ever waits."""
        told = self._read_back
        if told.current is None or current <= told.current:
            return 0.0
        return told.told_at + self.profile.raise_interval - self._now()

    def _defer(self, order: _Order, delay: float) -> None:
        async def send(_now: datetime) -> None:
            self._cancel_deferred = None
            await self._retry(order)

        self._cancel_deferred = async_call_later(self._hass, delay, send)

    def _drop_deferred(self) -> None:
        if self._cancel_deferred is not None:
            self._cancel_deferred()
            self._cancel_deferred = None

    async def _retry(self, order: _Order) -> None:
        if self._order is not order:
            return
        try:
            await self._carry_out(replace(order, deferrable=False))
        except ChargerCommandError:
            # Nobody waits for it; the balancer sees that it is not followed.
            return

    async def _tell(self, order: _Order, current: float) -> None:
        if current > 0:
            await self._set_limit(order, current)
        else:
            await self._stop_charging()

    async def _set_limit(self, order: _Order, current: float) -> None:
        expiry = self.profile.expiry
        if expiry is None or order.expires is None:
            await self._actions.send(self.profile.set_limit, current)
        else:
            if not self._prepared:
                await self._actions.send(expiry.prepare, self.config.offline_current)
                self._prepared = True
            if self._renewal_step and self._renews(current):
                current -= self._renewal_step
            valid_for = order.expires - self._now()
            await self._actions.send(expiry.set_limit, current, valid_for)
        # The limit first: a car let on before it would start at the old one.
        if self._order is order and (pause := self._pause_to_end()) is not None:
            await self._actions.send(pause.resume)

    def _renews(self, current: float) -> bool:
        """Whether this repeats the last limit; each second repetition differs."""
        repeats = self._read_back.current == current
        self._renewals = self._renewals + 1 if repeats else 0
        return self._renewals % 2 == 1

    @property
    def _renewal_step(self) -> float:
        """A by which a renewal differs, so that it is not dropped on its way."""
        expiry = self.profile.expiry
        return self.profile.resolution if expiry and expiry.renewal_changes else 0.0

    def _pause_to_end(self) -> Pause | None:
        """Return the pause that keeps the car from using its new limit."""
        pause = self._pause
        if pause is None or is_paused(pause, self._entities):
            return pause
        if pause.limit_resumes:
            return None
        if self._read_back.current is None:
            return pause if pause.role is None else None
        return pause if self._read_back.current == 0 else None

    async def _stop_charging(self) -> None:
        pause = self._pause
        if pause is None and takes_zero(self._entities):
            await self._actions.send(self.profile.set_limit, 0.0)
            return
        try:
            if pause is None:
                raise ChargerCommandError("charger_cannot_pause")
            await self._actions.send(pause.stop)
        except ChargerCommandError:
            await self._set_least()
            raise

    async def _set_least(self) -> None:
        """Set the least it can signal: nearer to a pause than what it has now."""
        least = max(self.config.min_current, self.profile.min_current)
        shown = read_amperes(self._entities, Role.LIMIT)
        if shown is None or shown > least + TOLERANCE:
            await self._actions.send(self.profile.set_limit, least)

    @property
    def _pause(self) -> Pause | None:
        return pause_of(self.profile, self._entities)

    def _look_after_command(self) -> None:
        """Read again when the car has had the time to follow."""
        if not self.profile.refresh_after_command:
            return
        if self._cancel_look is not None:
            self._cancel_look()
        self._cancel_look = async_call_later(
            self._hass, self.profile.command_lag, self._look
        )

    def _now(self) -> float:
        return self._hass.loop.time()


def _figure(attributes: Mapping[str, Any], name: str, otherwise: float) -> float:
    value = attributes.get(name)
    return float(value) if isinstance(value, int | float) else otherwise
