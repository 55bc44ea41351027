"""Drive one charger: read it from the state machine, carry out what is commanded.

When something is sent is decided in `command.py`, how it is set in `limit.py`.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.util import dt as dt_util

from ..model import ChargerReading, ChargerStatus, Commanded
from .actions import (
    ChargerActions,
    ChargerBusyError,
    ChargerCommandError,
    ChargerUnreachableError,
    NotYetError,
)
from .attempt import CommandTiming, Effects, Order, Outcome, Send
from .circuit_limit import CircuitLimitSetter
from .command import TOLERANCE, CommandMachine
from .config import ChargerConfig
from .entities import ChargerEntities
from .learning import Learning
from .limit import LimitSetter
from .ocpp_limit import OcppLimitSetter
from .phase_setter import PhaseSetter
from .profile import FailSafe, Role
from .profiles import PROFILES
from .reading import is_paused, pause_of, read_amperes, read_charger
from .timers import Timers
from .trouble import Trouble, find_overruling, find_trouble, refusing

CAR_MAY_CHARGE = (ChargerStatus.WAITING, ChargerStatus.CHARGING)


class ChargerDriver:
    """One charger, read and commanded.

    `on_change(charger_id)` tells that a reading, or what became of a command, changed;
    `on_fault(charger_id, error)` how a command ended, None where it was taken.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        config: ChargerConfig,
        on_change: Callable[[str], None],
        learning: Learning | None = None,
        on_fault: Callable[[str, Exception | None], None] = lambda _id, _error: None,
    ) -> None:
        """Take the charger.

        `learning` measures it and keeps what it was commanded; without, both are
        forgotten.
        """
        self.config = config
        self.profile = PROFILES[config.profile]
        self._hass = hass
        self._on_change = on_change
        self._on_fault = on_fault
        self._states = {
            word.lower(): ChargerStatus(status)
            for word, status in config.states.items()
        }
        self._entities = ChargerEntities.of(hass, config, self._on_entities)
        actions = ChargerActions(hass, self.profile, config, self._entities)
        self._learning = learning or Learning()
        self._setter = self._setter_by(actions)
        self._machine = CommandMachine(
            self._timing(),
            in_force=self._learning.may_hold,
            user_limit=self._learning.user_limit,
            tolerance=TOLERANCE + self._setter.renewal_step,
        )
        self._switched_at = self._in_loop_time(self._learning.switched_at)
        self._phases = PhaseSetter(
            hass,
            self._tell_phases,
            name=config.id,
            settles=self.profile.settling_time,
            on_end=self._end_of_phases,
            on_wake=self._see,
        )
        self._timers = Timers(hass)
        # The newest order, and as it was fitted to what can be set.
        self._wanted: Order | None = None
        self._fitted: Order | None = None
        self._newest = 0
        self._error: Exception | None = None
        self._asked_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._listens = False
        self._quiet = asyncio.Event()
        self._reconnects: str | None = None

    def _setter_by(self, actions: ChargerActions) -> LimitSetter:
        profile, hass = self.profile, self._hass
        charger = (profile, self.config, self._entities, actions)
        was_paused = self._learning.may_hold == 0
        if (uses := profile.charging_profiles) is not None:
            return OcppLimitSetter(
                *charger, uses=uses, now=self._now, learning=self._learning
            )
        if (circuit := profile.circuit) is not None:
            return CircuitLimitSetter(
                *charger, uses=circuit, hass=hass, is_paused_by_us=was_paused
            )
        return LimitSetter(*charger, is_paused_by_us=was_paused)

    def _timing(self) -> CommandTiming:
        return CommandTiming(
            command_lag=self.profile.command_lag,
            raise_interval=self.profile.raise_interval,
            settles=self._setter.settling_time,
            offline_current=self.config.offline_current,
        )

    # --- life -----------------------------------------------------------------------

    async def start(self) -> None:
        """Listen to what the charger says; enable the sensors that it needs for it."""
        self._listens = True
        self._entities.start()
        self._entities.enable()
        self._see()
        if (interval := self.profile.refresh_interval) is not None:
            self._timers.every("refresh", interval, self._refresh)

    async def release(self, current: float) -> None:
        """Leave the charger at A; return when nothing of it is under way any more.

        What hangs is followed beyond that: when it ends, the charger is told again.
        """
        self._quiet.clear()
        self._phases.order(None)
        self._order(Order(current=current, at_once=True))
        try:
            await self._quiet.wait()
        finally:
            self._leave()

    @property
    def left_at(self) -> float | None:
        """What it was left at, A: what may be in force, where it did not take that."""
        commanded = self.commanded()
        failing = self._machine.is_failing or commanded.current is None
        return commanded.may_hold if failing else commanded.current

    async def stop(self) -> None:
        """Stop listening, and send nothing any more."""
        self._wanted = None
        self._phases.order(None)
        self._machine.drop_order()
        self._leave()

    def _leave(self) -> None:
        self._listens = False
        self._entities.stop()
        self._timers.cancel_all()

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
        pause = self.profile.pause
        if pause is not None and pause.only_own and not self._setter.is_paused_by_us:
            # It waits for a schedule, or nobody has started it: no limit is known.
            limit = None if reading.limit == 0 else reading.limit
            reading = replace(reading, limit=limit)
        user_limit, phases_set = self._machine.user_limit, self._setter.phases_set
        if user_limit is phases_set is self._switched_at is None:
            return reading
        return replace(
            reading,
            user_limit=user_limit,
            phases_set=phases_set,
            switched_at=self._switched_at,
        )

    def commanded(self) -> Commanded:
        """Return what became of what it was commanded."""
        return self._machine.commanded(self._now())

    @property
    def can_switch_phases(self) -> bool:
        """Whether it can be set to one phase, and to all."""
        return self._setter.can_switch_phases

    @property
    def fail_safe(self) -> FailSafe:
        """What the charger does when nothing is heard of Home Assistant."""
        return self._setter.fail_safe

    @property
    def way(self) -> str | None:
        """In which of several ways it was seen to be limited."""
        return self._setter.way

    @property
    def is_heeded(self) -> bool | None:
        """Whether it was seen to keep to its limit, None where nothing tells."""
        return self._setter.is_heeded(shown=self._machine.is_shown)

    def trouble(self, reading: ChargerReading) -> Trouble | None:
        """Return what keeps a charger that says this from being balanced, if it does."""
        trouble = find_trouble(self.profile, self._entities, reading)
        if trouble is not None:
            return trouble
        if (error := self._phases.error) is not None:
            return refusing(self._entities, error)
        if not self._machine.is_failing:
            return None
        if self._error is not None:
            return refusing(self._entities, self._error)
        return find_overruling(self._entities, reading, self.commanded())

    @callback
    def ask(self) -> None:
        """Ask its integration anew, as often as it bears: what it says matters."""
        if self._now() - self._asked_at >= self.profile.ask_interval:
            self._look()

    @callback
    def _on_entities(self) -> None:
        self._see()
        self._carry_out(self._machine.changed(self._now()))
        self._on_change(self.config.id)

    def _see(self) -> None:
        """Tell the machine what the charger says now."""
        try:
            reading = self.read()
        except Exception:  # noqa: BLE001 - the loop reads it as well, and tells
            return
        now, machine = self._now(), self._machine
        self._learning.see(reading, now)
        lost = reading.status is ChargerStatus.LOST
        if lost or self._connected_anew():
            self._setter.forget_preparation()
            self._carry_out(machine.reachable(now, is_=False))
        self._carry_out(machine.reachable(now, is_=not lost and self._can_be_told()))
        if lost:
            return
        self._fit_order()
        plugged = reading.status is not ChargerStatus.DISCONNECTED
        self._carry_out(machine.plugged(now, in_=plugged))
        if reading.status in CAR_MAY_CHARGE:
            limit, is_set = self._limit_shown(reading)
            self._carry_out(machine.shows(limit, now, is_set=is_set))
        self._look_at_phases(reading)

    def _can_be_told(self) -> bool:
        """Whether the entity that takes its limit is there: others may come before it.

        By MQTT one that is back shows its last limit, which its charger has forgotten.
        """
        role = self.profile.limit_role
        return role is None or self._entities.state(role) is not None

    def _connected_anew(self) -> bool:
        """Whether it was away since, however short: it may have forgotten its limit."""
        before, now = self._reconnects, self._entities.value(Role.RECONNECTS)
        if now is not None:
            self._reconnects = now
        return None not in (before, now) and before != now

    def _limit_shown(self, reading: ChargerReading) -> tuple[float | None, bool]:
        """Return the limit that it shows, A, and whether somebody has set that."""
        if Role.LIMIT_IN_FORCE in self._entities:
            pause = pause_of(self.profile, self._entities)
            return reading.limit, is_paused(pause, self._entities)
        limit, unknown_limit = reading.limit, self.profile.unknown_limit
        if limit is None and self.commanded().current == unknown_limit:
            limit = read_amperes(self._entities, Role.LIMIT)
        return limit, True

    def _fit_order(self) -> None:
        """Give the newest order anew where what can be set has changed since."""
        if self._wanted is not None and self._fitted != self._fit(self._wanted):
            self._order(self._wanted)

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
        if self._looking is not None and not self._looking.done():
            return
        telling = next((r for r in self.profile.statuses if r in self._entities), None)
        entity_id = None if telling is None else self._entities.entity_id(telling)
        if entity_id is None or self._hass.states.get(entity_id) is None:
            return
        self._asked_at = self._now()
        self._looking = self._hass.async_create_background_task(
            self._read_again(entity_id), f"Amp Guard reading {self.config.id}"
        )

    async def _read_again(self, entity_id: str) -> None:
        if self.profile.charging_profiles is None:
            await async_update_entity(self._hass, entity_id)
            return
        with suppress(ChargerCommandError):  # it tells by itself, only later
            await self._setter.read_again()

    # --- commanding -----------------------------------------------------------------

    @callback
    def command(
        self,
        current: float,
        valid_for: float | None = None,
        phases: int | None = None,
    ) -> None:
        """Give the charger a limit in A (0 pauses), for `valid_for` s where it can.

        What can be sent now has left when this returns. The newest order stands until
        the charger has it; `commanded` and `on_fault` tell what becomes of it. `phases`
        is how many it is to use, None where it stays as it is: it is told while it shows
        that it is paused.
        """
        self._phases.order(phases)
        self._order(Order(current=current, valid_for=valid_for))
        self._look_at_phases(self.read())

    def _order(self, order: Order) -> None:
        self._wanted, self._fitted = order, self._fit(order)
        self._carry_out(self._machine.order(self._fitted, self._now()))

    def _fit(self, order: Order) -> Order:
        """Return the order as the charger can be told it.

        While it is being switched it stays paused.
        """
        if self._phases.is_under_way:
            order = replace(order, current=0.0)
        fitted = replace(order, current=self._setter.settable(order.current))
        return replace(fitted, valid_for=self._setter.lasting(fitted))

    @callback
    def hurry(self, *, heeds: bool) -> None:
        """Take that its fuse is overloaded: what did not arrive is sent again soon."""
        self._carry_out(self._machine.hurry(self._now(), heeds=heeds))

    async def _tell_phases(self, phases: int) -> None:
        """Tell it how many phases it is to use; its car has stopped."""
        self._switched_at = self._now()
        self._learning.keep_switched_at(dt_util.utcnow().timestamp())
        await self._setter.set_phases(phases)

    def _end_of_phases(self, error: ChargerCommandError | None) -> None:
        """Take that it was told how many phases it is to use."""
        if error is None:
            self._look_after_command()
        self._on_fault(self.config.id, error)
        self._fit_order()
        self._see()
        self._on_change(self.config.id)

    def _look_at_phases(self, reading: ChargerReading) -> None:
        self._phases.look(reading, self.commanded().current)

    def release_user_limit(self) -> None:
        """Take back control from a limit that the user has set at the charger."""
        self._carry_out(self._machine.release_user_limit(self._now()))
        self._on_change(self.config.id)

    def _carry_out(self, effects: Effects) -> None:
        """Do what the machine asks for, and keep what it knows."""
        self._wake_later(effects.wake_at)
        if effects.send is not None:
            self._newest = effects.send.number
            self._hass.async_create_background_task(
                self._send(effects.send),
                f"Amp Guard command {self.config.id}",
                eager_start=True,
            )
        if self._listens:  # else somebody else may keep it by now
            self._learning.keep_user_limit(self._machine.user_limit)
            self._learning.keep_may_hold(self._machine.may_hold(self._now()))
        if self._machine.is_quiet(self._now()) and not self._phases.is_under_way:
            self._quiet.set()

    def _wake_later(self, at: float | None) -> None:
        self._timers.cancel("wake")
        if at is not None and self._listens:
            wake = partial(self._wake, at)
            self._timers.later("wake", max(0.0, at - self._now()), wake)

    @callback
    def _wake(self, at: float, _now: datetime) -> None:
        self._see()
        # A timer may come a moment too soon.
        self._carry_out(self._machine.wake(max(at, self._now())))

    async def _send(self, send: Send) -> None:
        outcome, self._error = await self._try(send)
        if outcome is not Outcome.LACKING:
            self._on_fault(self.config.id, self._error)
        self._carry_out(self._machine.ended(send.number, outcome, self._now()))
        if self._listens:
            self._see()
            self._on_change(self.config.id)

    async def _try(self, send: Send) -> tuple[Outcome, Exception | None]:
        """Send it; return how it ended, and the error where it was not taken."""
        try:
            before = self.read()
            await self._setter.set(
                send.order, is_newest=lambda: send.number == self._newest
            )
            self._learning.tell(before, send.order.current, self._now())
            self._machine.take_timing(self._timing())
            self._renew_later(send.order)
            self._look_after_command()
        except NotYetError:
            return Outcome.LACKING, None
        except ChargerUnreachableError as error:
            return Outcome.UNREACHABLE, error
        except ChargerBusyError as error:
            return Outcome.BUSY, error
        except asyncio.CancelledError:
            # Home Assistant stops, and it may arrive all the same.
            self._carry_out(
                self._machine.ended(send.number, Outcome.FAILED, self._now())
            )
            raise
        except Exception as error:  # noqa: BLE001 - it is tried again, and told
            return Outcome.FAILED, error
        return Outcome.TAKEN, None

    def _renew_later(self, sent: Order) -> None:
        """Renew a pause that ends by itself; all else is renewed by whoever orders it."""
        self._timers.cancel("renew")
        if sent.current <= 0 and sent.valid_for is not None and self._listens:
            self._timers.later("renew", sent.valid_for / 2, self._renew)

    @callback
    def _renew(self, _now: datetime) -> None:
        if self._fitted is not None:
            self._carry_out(self._machine.order(self._fitted, self._now()))

    def _look_after_command(self) -> None:
        """Read again when the car has had the time to follow."""
        if self.profile.refresh_after_command and self._listens:
            self._timers.later("look", self.profile.command_lag, self._look)

    def _in_loop_time(self, time: float | None) -> float | None:
        """Return a time that is over (s since 1970) in the loop's; no later than now."""
        if time is None:
            return None
        return self._now() + min(0.0, time - dt_util.utcnow().timestamp())

    def _now(self) -> float:
        return self._hass.loop.time()
