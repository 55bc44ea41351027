"""Set-up in the manual's words: the meter, the supply, the first group."""

from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback

from .const import (
    CONF_MEASURED_PHASES,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
)
from .flows.amp_guard import AmpGuardSteps
from .forms import group_schema, supply_schema
from .meters import Source
from .phases import parse_phases
from .site import Errors, group_errors, read_group, read_supply, supply_errors
from .subentry_flows import ChargerFlow, GroupFlow

MENU = ["address"]
"""The ways to a measurement device, each a step of its own."""

RECONFIGURE_STEPS = {Source.AMP_GUARD: "address"}
"""The step that changes each kind of measurement device."""


class AmpGuardConfigFlow(AmpGuardSteps, domain=DOMAIN):
    """From the meter to the first group."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._supply: dict[str, Any] = {}

    @classmethod
    @callback
    def async_get_supported_subentry_types(
        cls,
        config_entry: ConfigEntry,  # noqa: ARG003
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added below the supply."""
        return {SUBENTRY_GROUP: GroupFlow, SUBENTRY_CHARGER: ChargerFlow}

    @staticmethod
    @callback
    def async_get_options_flow(
        config_entry: ConfigEntry,  # noqa: ARG004
    ) -> OptionsFlow:
        """Return the flow that changes the supply."""
        return SupplyOptionsFlow()

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the way to a measurement device."""
        return self.async_show_menu(step_id="user", menu_options=MENU)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the measurement device."""
        source = Source(self._get_reconfigure_entry().data[CONF_SOURCE])
        step: ConfigFlowResult = await getattr(
            self, f"async_step_{RECONFIGURE_STEPS[source]}"
        )()
        return step

    async def async_step_supply(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        if user_input is not None:
            self._supply = user_input
            return await self.async_step_group()
        return self.async_show_form(
            step_id="supply", data_schema=supply_schema(self._choice.data[CONF_VARIANT])
        )

    async def async_step_group(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the first load-balancing group, and finish."""
        max_current = self._supply[CONF_SUPPLY_MAX_CURRENT]
        phases = self._choice.data[CONF_MEASURED_PHASES]
        errors: Errors = {}
        if user_input is not None:
            errors = group_errors(
                read_group(user_input),
                max_current_above=max_current,
                phases_above=parse_phases(phases),
            )
            if not errors:
                return self._create_entry(user_input)
        return self.async_show_form(
            step_id="group",
            data_schema=self.add_suggested_values_to_schema(
                group_schema(
                    self._choice.data[CONF_VARIANT],
                    max_current=max_current,
                    phases=phases,
                ),
                user_input,
            ),
            errors=errors,
            last_step=True,
        )

    def _create_entry(self, group: dict[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(
            title=self._choice.title,
            data=self._choice.data,
            options=self._supply,
            subentries=[
                ConfigSubentryData(
                    subentry_type=SUBENTRY_GROUP,
                    title=group.pop(CONF_NAME),
                    data=group,
                    unique_id=None,
                )
            ],
        )


class SupplyOptionsFlow(OptionsFlow):
    """Changes the supply of an entry."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        errors: Errors = {}
        if user_input is not None:
            errors = supply_errors(
                read_supply(user_input, self.config_entry.data[CONF_SOURCE]),
                self.config_entry,
            )
            if not errors:
                return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                supply_schema(self.config_entry.data[CONF_VARIANT]),
                user_input or self.config_entry.options,
            ),
            errors=errors,
        )
