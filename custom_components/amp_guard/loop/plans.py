"""Plans: what limits power beside the fuses. They look at each decision, for the next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfPower
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..const import NOMINAL_VOLTAGE
from ..meters import MeterSample
from ..meters.sensors import resolve
from ..model import SUPPLY_ID, Ceiling, ChargerStatus, Reason, Site
from ..plans import CarPower, Moment
from ..plans.surplus import Surplus
from ..site.plans import PlannedLimit
from .charged_energy import LEAST_VOLTAGE, watts
from .state import SiteState

VALID_FOR = 60.0
"""s for which what a plan allows holds: it is asked again much sooner."""
CONNECTED = (
    ChargerStatus.WAITING,
    ChargerStatus.CHARGING,
    ChargerStatus.FULL,
    ChargerStatus.UNKNOWN,
)


class Plans:
    """The plans of one supply, as the law takes them."""

    def __init__(self, hass: HomeAssistant, planned: Sequence[PlannedLimit]) -> None:
        """Take what is configured."""
        self._hass = hass
        self._planned = planned
        self._voltage = NOMINAL_VOLTAGE
        self._moment: Moment | None = None

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
                clock=dt_util.now(),
                power=_power(state, sample),
                cars=dict(_cars(state, self._voltage)),
                limits=_limits(state.site),
                powers={
                    sensor: _watts_of(self._hass, sensor)
                    for each in self._planned
                    for sensor in each.sensors
                },
            )
        )

    @callback
    def take_up(self, site: Site) -> None:
        """Show each whom the limits hold from now on: the law is asked next."""
        if self._moment is not None:
            self._show(replace(self._moment, limits=_limits(site)))

    @property
    def surplus(self) -> float | None:
        """What cars may charge with that do so with what would be exported, W."""
        plans = (each.plan for each in self._planned)
        return next((plan.power for plan in plans if isinstance(plan, Surplus)), None)

    def _show(self, moment: Moment) -> None:
        self._moment = moment
        for each in self._planned:
            each.plan.look(moment)

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


def _watts_of(hass: HomeAssistant, sensor: str) -> float | None:
    """Return the power that a sensor shows, W; None where it shows none."""
    if (state := hass.states.get(str(resolve(hass, sensor)))) is None:
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, UnitOfPower.WATT)
    try:
        power = PowerConverter.convert(float(state.state), unit, UnitOfPower.WATT)
    except ValueError, HomeAssistantError:
        return None
    return power if isfinite(power) else None
