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
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..const import DOMAIN, NOMINAL_VOLTAGE, AmpGuardConfigEntry
from ..meters import MeterSample
from ..meters.sensors import resolve
from ..model import SUPPLY_ID, Ceiling, ChargerStatus, Reason, Site
from ..plans import CarPower, Moment, Plan, Shown
from ..site.planned_limit import PlannedLimit
from .charged_energy import LEAST_VOLTAGE, watts
from .faults import Faults, Part
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

    One that fails is left out, and told of. `request` asks for a cycle: when what a plan
    asks an entity for has changed. `shown` is what they tell their sensors, by their limits.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AmpGuardConfigEntry,
        planned: Sequence[PlannedLimit],
        faults: Faults,
        request: Callable[[], None],
    ) -> None:
        """Take what is configured."""
        self._hass = hass
        self._entry = entry
        self._planned = planned
        self._faults = faults
        self._request = request
        self._memory = PlanMemory(
            hass, entry.entry_id, {each.limit.id: each.plan for each in planned}
        )
        self._allowed: dict[str, float | None] = {}
        self.shown: Mapping[str, object] = {}
        self._voltage = NOMINAL_VOLTAGE
        self._moment: Moment | None = None
        self._stop: CALLBACK_TYPE | None = None

    async def start(self) -> None:
        """Go on from what was kept, and listen to what is asked for."""
        await self._memory.load()
        self._allowed = {each.limit.id: each.plan.allowed for each in self._planned}
        entities = {id_ for each in self._planned for id_ in each.heard}
        if entities:
            self._stop = async_track_state_change_event(
                self._hass,
                [resolve(self._hass, id_) for id_ in entities],
                self._hear,
            )

    async def stop(self) -> None:
        """Listen no longer, and keep what is known."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        for each in self._planned:
            ir.async_delete_issue(self._hass, DOMAIN, _issue(each.subentry))
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
                    id_: said(self._hass, resolve(self._hass, id_))
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
        before, now, shown, failed = self._allowed, {}, {}, set()
        for each in self._planned:
            id_ = each.limit.id
            try:
                now[id_] = _allowed_by(each.plan, moment)
                if isinstance(each.plan, Shown):
                    shown[id_] = each.plan.shown
            except Exception as error:  # noqa: BLE001 - the others and the cycle go on
                failed.add(each.subentry)
                self._faults.come(Part.PLAN, error, each.subentry)
        for each in self._planned:
            if each.subentry in failed:  # with all that are worked out together
                now[each.limit.id] = before[each.limit.id] if each.stays else None
                shown.pop(each.limit.id, None)
        self._allowed, self.shown = now, shown
        self._tell(failed)
        if _is_lower(before, now):
            self._request()  # else it would count from the next sample on only

    def _tell(self, failed: set[str]) -> None:
        """Tell the owner which plans fail; take it back of those that do not."""
        for id_ in {each.subentry for each in self._planned}:
            if id_ not in failed:
                self._faults.end(Part.PLAN, id_)
                ir.async_delete_issue(self._hass, DOMAIN, _issue(id_))
                continue
            ir.async_create_issue(
                self._hass,
                DOMAIN,
                _issue(id_),
                is_fixable=False,
                severity=ir.IssueSeverity.ERROR,
                translation_key="plan_failed",
                translation_placeholders={"name": self._entry.subentries[id_].title},
            )

    @property
    def in_force(self) -> dict[str, float]:
        """What is allowed now, W, by limit: of those that limit."""
        return {id_: w for id_, w in self._allowed.items() if w is not None}

    @property
    def names(self) -> dict[str, str]:
        """What their owner calls the limits."""
        subentries = self._entry.subentries
        return {
            each.limit.id: subentries[each.subentry].title for each in self._planned
        }

    def plan(self, subentry_id: str) -> Plan:
        """Return the plan of a subentry."""
        return next(each.plan for each in self._planned if each.limit.id == subentry_id)

    def ceilings(self, now: float) -> Iterator[Ceiling]:
        """Return what the law may share out of each limit, from `now` s on."""
        in_force = self.in_force
        for each in self._planned:
            if (allowed := in_force.get(each.limit.id)) is not None:
                yield Ceiling(
                    target=each.limit.id,
                    current=allowed / self._voltage,
                    expires=now + VALID_FOR,
                    reason=each.limit.reason,
                )

    @callback
    def _hear(self, _event: Event[EventStateChangedData]) -> None:
        self._request()


def _allowed_by(plan: Plan, moment: Moment) -> float | None:
    """Show a plan what is so now; return what it allows, W."""
    plan.look(moment)
    if (allowed := plan.allowed) is not None and not isfinite(allowed):
        raise ValueError(f"a plan allows {allowed} W")
    return allowed


def _is_lower(
    before: Mapping[str, float | None], now: Mapping[str, float | None]
) -> bool:
    """Say whether one allows less than it did, by so much that it is worth a cycle."""
    return any(
        allowed is not None
        and ((was := before[id_]) is None or allowed < was - WORTH_A_CYCLE)
        for id_, allowed in now.items()
    )


def _issue(subentry_id: str) -> str:
    return f"plan_failed_{subentry_id}"


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
