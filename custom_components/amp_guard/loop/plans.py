"""Plans: what limits power beside the fuses. They look at each decision, for the next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfPower,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..const import NOMINAL_VOLTAGE
from ..meters import MeterSample
from ..model import SUPPLY_ID, Ceiling, ChargerStatus, Reason, Site
from ..plans import CarPower, Moment, Plan, Shown
from ..site.planned_limit import PlannedLimit
from .charged_energy import LEAST_VOLTAGE, watts
from .plan_memory import PlanMemory
from .state import SiteState

VALID_FOR = 60.0
"""s for which what a plan allows holds: it is asked again much sooner."""
WORTH_A_CYCLE = 100.0
"""W by which a plan must allow less to be heard at once."""
CONNECTED = (
    ChargerStatus.WAITING,
    ChargerStatus.CHARGING,
    ChargerStatus.FULL,
    ChargerStatus.UNKNOWN,
)


class Plans:
    """The plans of one supply, as the law takes them.

    `request` asks for a cycle: when what a plan asks an entity for has changed.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        planned: Sequence[PlannedLimit],
        request: Callable[[], None],
    ) -> None:
        """Take what is configured."""
        self._hass = hass
        self._planned = planned
        self._request = request
        self._memory = PlanMemory(
            hass, entry_id, {each.limit.id: each.plan for each in planned}
        )
        self._voltage = NOMINAL_VOLTAGE
        self._moment: Moment | None = None
        self._stop: CALLBACK_TYPE | None = None

    async def start(self) -> None:
        """Go on from what was kept, and listen to what is asked for."""
        await self._memory.load()
        entities = {id_ for each in self._planned for id_ in each.heard}
        if entities:
            self._stop = async_track_state_change_event(
                self._hass,
                [_entity_id(self._hass, id_) for id_ in entities],
                self._hear,
            )

    async def stop(self) -> None:
        """Listen no longer, and keep what is known."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        await self._memory.save_now()

    @callback
    def look(self, state: SiteState, now: float) -> None:
        """Show each what is so now, which is `now` s."""
        if not self._planned:
            return
        sample = state.samples.get(SUPPLY_ID)
        self._voltage = _voltage(sample)
        self._show(
            Moment(
                time=now,
                clock=dt_util.as_local(dt_util.utcnow()),
                power=_power(state, sample),
                cars=dict(_cars(state, self._voltage)),
                limits=_limits(state.site),
                said={
                    id_: said(self._hass, _entity_id(self._hass, id_))
                    for each in self._planned
                    for id_ in (*each.heard, *each.entities)
                },
            )
        )
        self._memory.save()

    @callback
    def take_up(self, site: Site) -> None:
        """Show each whom the limits hold from now on: the law is asked next."""
        if self._moment is not None:
            self._show(replace(self._moment, limits=_limits(site)))

    def _show(self, moment: Moment) -> None:
        self._moment = moment
        before = [*self._allowed()]
        for each in self._planned:
            each.plan.look(moment)
        if _is_lower(before, [*self._allowed()]):
            self._request()  # else it would count from the next sample on only

    def _allowed(self) -> Iterator[float | None]:
        return (each.plan.allowed for each in self._planned)

    @property
    def shown(self) -> dict[str, object]:
        """What plans tell their sensors, by the plan's subentry."""
        return {
            each.limit.id: each.plan.shown
            for each in self._planned
            if isinstance(each.plan, Shown)
        }

    def plan(self, subentry_id: str) -> Plan:
        """Return the plan of a subentry."""
        return next(each.plan for each in self._planned if each.limit.id == subentry_id)

    def ceilings(self, now: float) -> Iterator[Ceiling]:
        """Return what the law may share out of each limit, from `now` s on."""
        for each in self._planned:
            if (allowed := each.plan.allowed) is not None:
                yield Ceiling(
                    target=each.limit.id,
                    current=allowed / self._voltage,
                    expires=now + VALID_FOR,
                    reason=each.limit.reason,
                )

    @callback
    def _hear(self, _event: Event[EventStateChangedData]) -> None:
        self._request()


def _is_lower(before: list[float | None], now: list[float | None]) -> bool:
    """Say whether one allows less than it did, by so much that it is worth a cycle."""
    return any(
        allowed is not None and (was is None or allowed < was - WORTH_A_CYCLE)
        for was, allowed in zip(before, now, strict=True)
    )


def said(hass: HomeAssistant, entity_id: str) -> float | bool | None:
    """Return what an entity says: W, or on or off; None where that is not known."""
    state = hass.states.get(entity_id)
    if state is None or state.state in (STATE_UNKNOWN, STATE_UNAVAILABLE):
        return None
    if state.state in (STATE_ON, STATE_OFF):
        return state.state == STATE_ON
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    try:
        value = float(state.state)
    except ValueError:
        return None
    if unit is not None:
        if unit not in PowerConverter.VALID_UNITS:
            return None
        value = PowerConverter.convert(value, unit, UnitOfPower.WATT)
    return value if isfinite(value) else None


def _entity_id(hass: HomeAssistant, id_: str) -> str:
    return er.async_resolve_entity_id(er.async_get(hass), id_) or id_


def _limits(site: Site) -> Mapping[str, tuple[str, ...]]:
    return {limit.id: limit.chargers for limit in site.power_limits}


def _voltage(sample: MeterSample | None) -> float:
    """Return the highest voltage of a phase, V: with it the least current is allowed."""
    volts = 0.0 if sample is None or sample.voltage is None else max(sample.voltage)
    return volts if volts >= LEAST_VOLTAGE else NOMINAL_VOLTAGE


def _power(state: SiteState, sample: MeterSample | None) -> float | None:
    """Return what flows at the main fuse, W; None while it is not measured."""
    if sample is None or not state.meter_is_online(SUPPLY_ID):
        return None
    if sample.power is not None:
        return sum(sample.power)
    net = state.site.supply.earthing_system
    return watts(sample.current, sample.voltage, net)


def _cars(state: SiteState, voltage: float) -> Iterator[tuple[str, CarPower]]:
    """Yield the cars at chargers that are balanced."""
    for charger in state.site.chargers:
        status = state.readings[charger.id].status
        allocation = state.decision.allocations[charger.id]
        if status in CONNECTED and allocation.reason is not Reason.INACTIVE:
            counted, fewest = state.decision.minimums[charger.id]
            yield (
                charger.id,
                CarPower(
                    drawn=state.power.get(charger.id, 0.0),
                    least=counted * voltage,
                    starts_from=fewest * voltage,
                    wants=status is not ChargerStatus.FULL,
                    offered=allocation.current > 0,
                    idle=allocation.reason is Reason.NOT_WANTED,
                ),
            )
