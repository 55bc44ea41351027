"""No measurement device: the group's maximum is shared among its chargers."""

from typing import Any

from ..const import (
    CONF_MEASURED_PHASES,
    CONF_MEASURED_QUANTITIES,
    CONF_MODEL,
    CONF_SOURCE,
)
from ..meters import Source
from . import MeterChoice, MeterWay, WayResult
from .forms.meter import NO_METER_SCHEMA

MODEL = "Supply"
"""What stands in the meter's place."""


class NoMeterWay(MeterWay):
    """Asks what a meter would have told: the phases and the size of the supply."""

    async def start(self, user_input: dict[str, Any] | None = None) -> WayResult:
        """Ask for the supply's phases and its size."""
        if user_input is None:
            return self._flow.async_show_form(
                step_id="no_meter",
                data_schema=self._flow.add_suggested_values_to_schema(
                    NO_METER_SCHEMA, self._current_data
                ),
            )
        return MeterChoice(
            title=self._hass.config.location_name,
            unique_id=None,
            data={
                CONF_SOURCE: Source.NONE,
                CONF_MODEL: MODEL,
                CONF_MEASURED_PHASES: user_input[CONF_MEASURED_PHASES],
                CONF_MEASURED_QUANTITIES: [],
            },
        )
