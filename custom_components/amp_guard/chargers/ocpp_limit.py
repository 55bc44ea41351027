"""Setting the limit of an OCPP charge point: by charging profiles that expire.

A refusal is only logged by the integration, so what the charge point shows tells.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
import logging
import math
from typing import Any

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import NOMINAL_VOLTAGE
from ..model import ChargerStatus
from .actions import (
    ChargerActions,
    ChargerCommandError,
    ChargerUnreachableError,
    NotYetError,
)
from .attempt import Order
from .charging_profile import (
    DRAWN_BEYOND,
    KEYS,
    Capabilities,
    Ladder,
    Purpose,
    Unit,
    Version,
    Way,
    limiting_profile,
    offline_profile,
    ways,
)
from .config import ChargerConfig
from .entities import ChargerEntities
from .learning import Learning
from .limit import LimitSetter
from .profile import (
    CURRENT_ROLES,
    ChargingProfileActions,
    FailSafe,
    Placeholder,
    Profile,
    Role,
)
from .reading import DRAWING, read_amperes, read_number, read_phase

_LOGGER = logging.getLogger(__name__)

PAUSE_VALID_FOR = 900.0
"""s after which a pause that is not renewed gives way to the offline limit."""
LEAST_VOLTAGE = 0.85 * NOMINAL_VOLTAGE
"""V below which a reading is none."""
UNSAID_SAMPLE_INTERVAL = 60.0
"""s between the readings of one that does not say: what `ocpp` sets."""
SETTLING_SAMPLES = 2
"""Samples after a command that may still say what was before it."""
ALL_PHASES = 3
"""How many OCPP takes where it is told nothing of them."""
SPEAKS_OCPP_2 = "charger_speaks_ocpp_2"
CAR_HAS_FOLLOWED = 20.0
"""s after which a car that draws more was not told: it was asked what it draws."""
INVALID_KEY = "invalid_ocpp_key"
"""What `ocpp` says of a key of OCPP 1.6 to a charge point that speaks 2.x."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What it was told last, A, from one loop time (s) to another; in a transaction."""

    current: float
    at: float
    until: float
    transaction: str | None


class OcppLimitSetter(LimitSetter):
    """Sets the limit of one connector of an OCPP charge point."""

    def __init__(
        self,
        profile: Profile,
        config: ChargerConfig,
        entities: ChargerEntities,
        actions: ChargerActions,
        *,
        uses: ChargingProfileActions,
        now: Callable[[], float],
        learning: Learning,
    ) -> None:
        """Take the charger, the actions that it is told profiles by, and its memory."""
        super().__init__(profile, config, entities, actions)
        self._uses = uses
        self._now = now
        self._learning = learning
        self._capabilities: Capabilities | None = None
        self._ladder: Ladder | None = None
        self._told: _Told | None = None
        self._is_prepared = False
        self._clears = True
        self._unoffered_since: float | None = None

    # --- what is known of it ---------------------------------------------------------

    @property
    def way(self) -> str | None:
        """The profile by which it was seen to be limited, and its level."""
        ladder = self._ladder
        return str(ladder.way) if ladder is not None and ladder.has_held else None

    @property
    def settling_time(self) -> float:
        """For how long in s after a command what it shows may be of before it."""
        said = self._capabilities
        interval = None if said is None else said.sample_interval
        return SETTLING_SAMPLES * (interval or UNSAID_SAMPLE_INTERVAL)

    @property
    def fail_safe(self) -> FailSafe:
        """What the charger does when nothing is heard of Home Assistant."""
        said = self._capabilities
        if said is not None and refusal_of(said) is not None:
            return FailSafe.NONE
        if self._ladder is not None and self._ladder.is_in_vain:
            return FailSafe.NONE
        return self._profile.fail_safe

    def is_heeded(self, *, shown: bool) -> bool | None:
        """Say whether it was seen to keep to its limit, None where nothing tells.

        What it shows may be what it was told by chance, so it takes more than that.
        """
        ladder = self._ladder
        if ladder is None:
            return None
        if ladder.is_in_vain:
            return False
        return True if ladder.has_held else None

    def lasting(self, order: Order) -> float | None:
        """Return the time (s) that can be told, no less than the order's.

        A pause ends by itself as well, but for one that is left behind on purpose.
        """
        if order.current <= 0 and not order.at_once:
            return PAUSE_VALID_FOR
        return order.valid_for

    def forget_preparation(self) -> None:
        """Prepare it anew: it may have forgotten what was written to it.

        What it draws then says nothing of the way in which it was told.
        """
        self._is_prepared = False
        self._capabilities = None
        self._told = None

    async def read_again(self) -> None:
        """Ask for a fresh reading, where it can be asked."""
        if self._capabilities is not None and self._capabilities.has_remote_trigger:
            await self._actions.send(self._uses.read)

    @property
    def can_switch_phases(self) -> bool:
        """Whether it said that it can be told on how many phases."""
        return self.phases_set is not None

    @property
    def phases_set(self) -> int | None:
        """How many phases it was told to use: it does not show that."""
        return self._learning.phases_told

    async def set_phases(self, phases: int) -> None:
        """Have it use so many, from the pause that it is in on."""
        self._learning.keep_phases_told(phases)
        self._is_prepared = False
        with suppress(NotYetError):  # then the next profile says it
            pause = Order(current=0.0, valid_for=PAUSE_VALID_FOR)
            await self.set(pause, is_newest=lambda: True)

    async def ask(self) -> Capabilities:
        """Return what it says that it takes; what it does not say is as usual."""
        if self._capabilities is None:
            said = await ask_capabilities(self._actions, self._uses)
            self._capabilities = said
            if said is not None:
                can = said.switches_phases and len(self._config.wiring) == ALL_PHASES
                told = (self.phases_set or ALL_PHASES) if can else None
                self._learning.keep_phases_told(told)
        return self._capabilities or Capabilities()

    # --- setting ---------------------------------------------------------------------

    async def set(self, order: Order, *, is_newest: Callable[[], bool]) -> None:
        """Tell it an order: a limit of 0 A pauses.

        Raises ChargerCommandError if it is not taken, NotYetError if something that it
        needs is still to come.
        """
        capabilities = await self.ask()
        if capabilities.version is Version.V2:
            raise ChargerCommandError(SPEAKS_OCPP_2)
        self._look_whether_one_is_refused(order)
        unit = self._unit(capabilities)
        ladder = self._judged(capabilities, unit)
        repeats = self._told is not None and self._told.current == order.current
        await self._prepare(ladder.way, unit, repeats=repeats)
        transaction = None
        if ladder.way.purpose is Purpose.TX_PROFILE:
            transaction = self._transaction()
        told = limiting_profile(
            ladder.way,
            order.current,
            unit,
            dt_util.utcnow(),
            valid_for=order.valid_for,
            offline_current=self._config.offline_current,
            transaction=transaction,
            phases=self.phases_set,
        )
        await self._tell(told)
        now = self._now()
        self._told = _Told(
            current=order.current,
            at=now,
            until=now + (order.valid_for or math.inf),
            transaction=self._entities.value(Role.TRANSACTION),
        )

    def _look_whether_one_is_refused(self, order: Order) -> None:
        """Take that it offers nothing for long, though it was told to on one phase.

        It has refused that, in silence: it is told nothing of phases any more.
        """
        offers = (self._entities.value(Role.STATE) or "").lower() != "suspendedevse"
        if self.phases_set != 1 or order.current <= 0 or offers:
            self._unoffered_since = None
        elif self._unoffered_since is None:
            self._unoffered_since = self._now()
        elif self._now() - self._unoffered_since >= self.settling_time:
            self._learning.keep_phases_told(None)
            self._is_prepared = False

    def _judged(self, capabilities: Capabilities, unit: Unit) -> Ladder:
        """Return the ladder, when it has taken what became of the last order."""
        to_try = ways(capabilities, connector=self._actions.own_connector)
        if self._ladder is None or self._ladder.ways != to_try:
            self._ladder = Ladder(to_try)
        ladder, told = self._ladder, self._told
        if told is None or not self._can_judge(told):
            return ladder
        before = ladder.way
        shown = read_amperes(self._entities, Role.LIMIT_IN_FORCE)
        drawn, offline_current = max(self._drawn()), self._config.offline_current
        if self._now() - told.at >= self.settling_time:
            ladder.judge(told.current, shown, drawn, offline_current, unit)
        elif drawn > told.current + DRAWN_BEYOND:
            ladder.judge(told.current, None, drawn, offline_current)
        if ladder.way != before or ladder.is_overruled:
            self._is_prepared, self._clears = False, True
        if ladder.way != before:
            _LOGGER.info("%s: %s did not hold", self._config.id, before)
        return ladder

    def _can_judge(self, told: _Told) -> bool:
        """Whether what it shows is what became of that: it had the time, and a car.

        What has expired since, or was told for another car's session, is no matter.
        """
        if told.transaction != self._entities.value(Role.TRANSACTION):
            return False
        if self._now() >= told.until:
            return False
        state = (self._entities.value(Role.STATE) or "").lower()
        charges = self._profile.statuses[Role.STATE].get(state)
        if charges is not ChargerStatus.CHARGING and told.current > 0:
            return False
        said = self._capabilities
        was_asked = said is not None and said.has_remote_trigger
        soonest = CAR_HAS_FOLLOWED if was_asked else self.settling_time
        return self._now() - told.at >= min(soonest, self.settling_time)

    def _drawn(self) -> list[float]:
        return [read_phase(self._entities, role) or 0.0 for role in CURRENT_ROLES]

    async def _prepare(self, way: Way, unit: Unit, *, repeats: bool) -> None:
        """See that nothing else is in force, and write what is when a limit is over.

        What it goes back to is written with each renewal as well: a charge point may
        forget it unseen.
        """
        if self._is_prepared and not repeats:
            return
        if self._clears and self._may_clear:
            self._clears = False
            with suppress(ChargerCommandError):
                await self._actions.send(self._uses.clear)
        if way.purpose is Purpose.TX_PROFILE:
            offline = self._config.offline_current
            now = dt_util.utcnow()
            await self._tell(offline_profile(way, offline, unit, now, self.phases_set))
        self._is_prepared = True

    @property
    def _may_clear(self) -> bool:
        """Whether all profiles may be cleared: none of one connector can be alone.

        A car that draws on one phase would be put on all for a moment.
        """
        draws_on_one = self.phases_set == 1 and max(self._drawn()) > DRAWING
        return self._actions.own_connector is None and not draws_on_one

    async def _tell(self, profile: Mapping[str, Any]) -> None:
        filled: dict[Placeholder, Any] = {Placeholder.CHARGING_PROFILE: profile}
        if profile["chargingProfilePurpose"] == Purpose.CHARGE_POINT_MAX_PROFILE:
            filled[Placeholder.CONNECTOR] = 0
        await self._actions.send(self._uses.set_profile, filled=filled)

    def _unit(self, capabilities: Capabilities) -> Unit:
        """Return in what it takes limits: W by the phases on which its car draws.

        By the lower voltage of what is measured and nominal: whichever it divides them
        by, it gives no more than it was told.
        """
        used = sum(current > DRAWING for current in self._drawn())
        if self.phases_set == 1:
            used = 1
        measured = read_number(self._entities, Role.VOLTAGE) or 0.0
        voltage = measured if measured >= LEAST_VOLTAGE else NOMINAL_VOLTAGE
        phases = used or len(self._config.wiring)
        return Unit.of(capabilities, phases, min(voltage, NOMINAL_VOLTAGE))

    def _transaction(self) -> int:
        value = self._entities.value(Role.TRANSACTION) or ""
        if not value.isdecimal() or int(value) == 0:
            raise NotYetError
        return int(value)


def refusal_of(capabilities: Capabilities) -> ChargerCommandError | None:
    """Return why a charge point cannot be limited by what it says that it takes."""
    if capabilities.version is Version.V2:
        return ChargerCommandError(SPEAKS_OCPP_2)
    if capabilities.has_smart_charging is False:
        return ChargerCommandError("charger_has_no_smart_charging")
    return None


async def ask_capabilities(
    actions: ChargerActions, uses: ChargingProfileActions
) -> Capabilities | None:
    """Ask a charge point what it takes; None where it does not answer.

    Raises ChargerUnreachableError where there is nobody to ask.
    """
    try:
        answer = await actions.ask(uses.ask_all)
    except ChargerCommandError as error:
        if isinstance(error, ChargerUnreachableError):
            raise
        cause = error.__cause__
        if isinstance(cause, ServiceValidationError):
            is_2 = cause.translation_key == INVALID_KEY
            return Capabilities(version=Version.V2) if is_2 else None
        if not isinstance(cause, vol.Invalid):
            return None
        # Up to 0.9 it asks for one key at a time.
        return await _ask_one_by_one(actions, uses)
    if not isinstance(answer, Mapping):
        return None
    return Capabilities.read({str(k): str(v) for k, v in answer.items()})


async def _ask_one_by_one(
    actions: ChargerActions, uses: ChargingProfileActions
) -> Capabilities | None:
    configuration = {}
    for key in KEYS:
        try:
            answer = await actions.ask(
                uses.ask_one, {Placeholder.CONFIGURATION_KEY: key}
            )
        except ChargerCommandError:
            return None
        configuration[key] = str(answer)
    return Capabilities.read(configuration)
