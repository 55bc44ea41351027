"""Plans: what limits power beside the fuses. They look at each decision, for the next."""

from collections.abc import Iterator, Sequence

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..const import NOMINAL_VOLTAGE
from ..control.step_response import USED_FROM
from ..meters import MeterSample
from ..model import (
    SUPPLY_ID,
    Ceiling,
    Charger,
    ChargerStatus,
    EarthingSystem,
    PhaseValues,
)
from ..plans import CarPower, Moment
from ..site.plans import PlannedLimit
from .charged_energy import LEAST_VOLTAGE, watts
from .state import SiteState

VALID_FOR = 60.0
"""s for which what a plan allows holds: it is asked again much sooner."""
CONNECTED = (ChargerStatus.WAITING, ChargerStatus.CHARGING, ChargerStatus.FULL)


class Plans:
    """The plans of one supply, as the law takes them."""

    def __init__(self, planned: Sequence[PlannedLimit]) -> None:
        """Take what is configured."""
        self._planned = planned
        self._voltage = NOMINAL_VOLTAGE

    @callback
    def look(self, state: SiteState, now: float) -> None:
        """Show each what is so now, which is `now` s."""
        if not self._planned:
            return
        sample = state.samples.get(SUPPLY_ID)
        self._voltage = _voltage(sample)
        moment = Moment(
            time=now,
            clock=dt_util.now(),
            power=_power(state, sample),
            cars=dict(_cars(state, self._voltage)),
        )
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
    net = state.site.supply.earthing_system
    for charger in state.site.chargers:
        reading = state.readings[charger.id]
        if reading.status in CONNECTED:
            drawn = state.decision.drawn[charger.id]
            circuits = _circuits(charger, drawn, reading.phases, net)
            yield (
                charger.id,
                CarPower(
                    drawn=state.power.get(charger.id, 0.0),
                    least=charger.min_current * circuits * voltage,
                    wants=reading.status is not ChargerStatus.FULL,
                ),
            )


def _circuits(
    charger: Charger, drawn: PhaseValues, known: int | None, net: EarthingSystem
) -> int:
    """Return how many circuits of the voltage its car uses, as it was seen last."""
    if net is EarthingSystem.IT:
        return max(1, len(charger.wiring) - 1)
    used = sum(current >= USED_FROM for current in drawn)
    return used or known or len(charger.wiring)
