"""Setting the limit of a charger through its circuit's, which ends by itself.

Chargers that share a circuit are told as one: each its own limit, and the circuit all of
them together. The circuit's is what ends, and goes back to its offline limit.
"""

import math

from homeassistant.core import HomeAssistant

from .actions import ChargerActions
from .attempt import Order
from .circuit import Circuit, Share, circuit_named
from .config import ChargerConfig
from .entities import ChargerEntities
from .limit import LimitSetter
from .profile import CircuitActions, FailSafe, Profile, Role


class CircuitLimitSetter(LimitSetter):
    """Sets the limit of one charger on a circuit."""

    def __init__(
        self,
        profile: Profile,
        config: ChargerConfig,
        entities: ChargerEntities,
        actions: ChargerActions,
        *,
        uses: CircuitActions,
        hass: HomeAssistant,
        is_paused_by_us: bool = False,
    ) -> None:
        """Take the charger, and the actions that its circuit is told by."""
        super().__init__(
            profile, config, entities, actions, is_paused_by_us=is_paused_by_us
        )
        self._uses = uses
        self._hass = hass
        self._circuit = Circuit()
        self._mates: set[str | None] = set()
        self._prepared_for: float | None = None

    def lasting(self, order: Order) -> float | None:
        """Return the shortest time (s) that can be told and is no less than its own."""
        if order.valid_for is None:
            return None
        return math.ceil(order.valid_for / self._uses.step) * self._uses.step

    @property
    def renewal_step(self) -> float:
        """A by which each second renewal differs."""
        return self._profile.resolution

    @property
    def fail_safe(self) -> FailSafe:
        """What the charger does when nothing is heard of Home Assistant."""
        if self._circuit.drives_all(self._mates):
            return self._profile.fail_safe
        return FailSafe.NONE

    def forget_preparation(self) -> None:
        """Prepare it anew: it may have forgotten what was written to it."""
        self._prepared_for = None
        self._circuit.told = None

    async def _limit(self, order: Order) -> None:
        await self._tell(order.current, order.valid_for)

    async def _set(self, current: float) -> None:
        await self._tell(current, None)

    async def _tell(self, current: float, valid_for: float | None) -> None:
        """Tell the charger its own limit, A, and the circuit all of them together."""
        self._join()
        share = Share(
            device_id=self._config.device_id,
            current=current,
            offline_current=self._config.offline_current,
            valid_for=valid_for,
        )
        self._circuit.shares[self._config.id] = share
        if self._mates:
            await self._actions.send(self._uses.set_own_limit, current, valid_for)
        if self._circuit.drives_all(self._mates):
            await self._tell_circuit()

    def _join(self) -> None:
        """Take the circuit that it names; while it names none, that of before."""
        name = self._entities.value(Role.CIRCUIT)
        if name is None:
            return
        self._mates = self._entities.on_same_circuit()
        circuit = circuit_named(self._hass, f"{self._profile.integration} {name}")
        if circuit is not self._circuit:
            self._circuit.shares.pop(self._config.id, None)
            self._circuit = circuit

    async def _tell_circuit(self) -> None:
        circuit, uses = self._circuit, self._uses
        valid_for = circuit.valid_for
        if valid_for is not None and self._prepared_for != circuit.offline_current:
            await self._actions.send(uses.set_offline_limit, circuit.offline_current)
            self._prepared_for = circuit.offline_current
        # What is no more than it falls back to is not to end: it would be raised by that.
        if valid_for is None or circuit.current <= circuit.offline_current:
            circuit.told = circuit.current
            await self._actions.send(uses.set_limit, circuit.current, 0.0)
            return
        least = self._profile.min_current
        for current in circuit.to_tell(self.renewal_step, least):
            await self._actions.send(uses.set_limit, current, valid_for)
