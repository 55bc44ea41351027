"""Which sensors there are of plans, at the supply's device."""

from collections.abc import Callable, Mapping

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfPower

from ..loop.state import SiteState
from ..plans.grid_operator import OperatorState
from ..plans.tariff import TariffState
from .sensors import AmpGuardSensorDescription, SensorValue

KILO = 1000.0


def _tariff(
    read: Callable[[TariffState], SensorValue],
) -> Callable[[SiteState, str], SensorValue]:
    """Read a tariff's state, where it is known."""

    def value(state: SiteState, plan: str) -> SensorValue:
        shown = state.plans.get(plan)
        return read(shown) if isinstance(shown, TariffState) else None

    return value


def _kilowatts(value: float | None) -> float | None:
    return None if value is None else round(value / KILO, 2)


def _tariff_power(
    key: str, read: Callable[[TariffState], float | None], dead_band: float
) -> AmpGuardSensorDescription:
    return AmpGuardSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        available_fn=lambda state, plan: plan in state.plans,
        value_fn=_tariff(lambda shown: _kilowatts(read(shown))),
        dead_band=dead_band,
    )


def _peaks(state: SiteState, plan: str) -> Mapping[str, str]:
    shown = state.plans[plan]
    peaks = shown.peaks if isinstance(shown, TariffState) else ()
    return {
        f"peak_{number}": f"{day} {peak / KILO:.2f} kW"
        for number, (day, peak) in enumerate(peaks, 1)
    }


def _surplus(state: SiteState, plan: str) -> float | None:
    shown = state.plans.get(plan)
    return float(round(shown)) if isinstance(shown, float) else None


SURPLUS = AmpGuardSensorDescription(
    key="surplus",
    translation_key="surplus",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    available_fn=lambda state, plan: _surplus(state, plan) is not None,
    value_fn=_surplus,
    dead_band=50.0,
)
WINDOW_MEAN = _tariff_power("window_mean", lambda shown: shown.mean, 0.1)
WINDOW_FORECAST = _tariff_power("window_forecast", lambda shown: shown.forecast, 0.1)
WINDOW_TARGET = _tariff_power("window_target", lambda shown: shown.target, 0.01)
MONTH_PEAK = AmpGuardSensorDescription(
    key="month_peak",
    translation_key="month_peak",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.KILO_WATT,
    suggested_display_precision=2,
    available_fn=lambda state, plan: plan in state.plans,
    value_fn=_tariff(lambda shown: _kilowatts(shown.charged)),
    attributes_fn=_peaks,
    dead_band=0.005,
)
TARIFF_SENSORS = (WINDOW_MEAN, WINDOW_FORECAST, WINDOW_TARGET, MONTH_PEAK)

KILOWATT_MORE = AmpGuardSensorDescription(
    key="kilowatt_more",
    translation_key="kilowatt_more",
    suggested_display_precision=2,
    available_fn=lambda state, plan: plan in state.plans,
    value_fn=_tariff(
        lambda shown: None if shown.more is None else round(shown.more, 2)
    ),
    dead_band=0.005,
)
"""What a window one kW above what it may have would cost this month."""


def _limit(state: SiteState, plan: str) -> SensorValue:
    shown = state.plans.get(plan)
    return shown.limit if isinstance(shown, OperatorState) else None


OPERATOR_LIMIT = AmpGuardSensorDescription(
    key="operator_limit",
    translation_key="operator_limit",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    suggested_display_precision=0,
    available_fn=lambda state, plan: plan in state.plans,
    value_fn=_limit,
)
"""What chargers may draw together; unknown while nothing is asked."""
