"""Set-up in the manual's words: the meter, the supply, a group and its chargers."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryDataWithId,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.util.ulid import ulid_now

from .const import (
    CONF_ACTIVE,
    CONF_ANOTHER,
    CONF_CHARGERS,
    CONF_MEASURED_PHASES,
    CONF_SOURCE,
    CONF_SUPPLY_MAX_CURRENT,
    CONF_VARIANT,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_GROUP,
)
from .flows.chargers import ChargerSteps
from .flows.demonstration import DemonstrationSteps
from .flows.drafts import Surroundings, found_chargers
from .flows.forms import name_errors, show_form, table, unfold
from .flows.forms.charger import chargers_schema
from .flows.forms.site import ACTIVATE_SCHEMA, group_schema, supply_schema
from .flows.no_meter import NoMeterSteps
from .flows.open_reporter import OpenReporterSteps
from .flows.sensors import SensorSteps
from .flows.subentries import ChargerFlow, GroupFlow
from .flows.wifi import WifiSteps
from .meters import Source
from .model import Group, Supply
from .site.phases import format_phases, parse_phases
from .site.reading import read_charger, read_group, read_supply
from .site.rules import Errors, group_errors, supply_errors

MENU = [
    "found",
    "address",
    "wifi",
    "sensors",
    "open_reporter",
    "no_meter",
    "demonstration",
]
"""The ways to a measurement device, each a step of its own."""

RECONFIGURE_STEPS = {
    Source.AMP_GUARD: "address",
    Source.SENSORS: "sensors",
    Source.OPEN_REPORTER: "open_reporter",
    Source.NONE: "no_meter",
}
"""The step that changes each kind of measurement device."""


class AmpGuardConfigFlow(
    WifiSteps,
    SensorSteps,
    OpenReporterSteps,
    NoMeterSteps,
    DemonstrationSteps,
    ChargerSteps[ConfigFlowContext, ConfigFlowResult, str],
    domain=DOMAIN,
):
    """From the meter to chargers that are balanced.

    Nothing is kept before the last step.
    """

    check_options = ("activate", "check", "chargers")

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._supply: dict[str, Any] = {}
        self._group: dict[str, Any] = {}
        # Chargers name their group before it exists.
        self._group_id = ulid_now()

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
        if source is Source.DEMONSTRATION:
            return self.async_abort(reason="demonstration_is_fixed")
        step: ConfigFlowResult = await getattr(
            self, f"async_step_{RECONFIGURE_STEPS[source]}"
        )()
        return step

    async def async_step_supply(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        if user_input is not None:
            self._supply = unfold(user_input)
            return await self.async_step_group()
        return show_form(
            self, "supply", supply_schema(self._choice.data[CONF_VARIANT]), None, {}
        )

    async def async_step_group(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the first load-balancing group."""
        meter = self._choice.data
        max_current = self._supply[CONF_SUPPLY_MAX_CURRENT]
        errors: Errors = {}
        if user_input is not None:
            self._group = unfold(user_input)
            errors = name_errors(self._group) | group_errors(
                read_group(self._group),
                max_current_above=max_current,
                phases_above=parse_phases(meter[CONF_MEASURED_PHASES]),
            )
            if not errors:
                return await self.async_step_chargers()
        return show_form(
            self,
            "group",
            group_schema(
                meter[CONF_VARIANT],
                name=self.hass.config.location_name,
                max_current=max_current,
                phases=meter[CONF_MEASURED_PHASES],
            ),
            self._group,
            errors,
        )

    async def async_step_chargers(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Import chargers: those that are found, and another one."""
        if user_input is None:
            return self._show_chargers()
        found = found_chargers(self.hass)
        ticked = user_input.get(CONF_CHARGERS, [])
        if not found.keys() >= set(ticked):
            return self._show_chargers({CONF_CHARGERS: "charger_gone"})
        self._described, self._waiting = [], [found[key] for key in ticked]
        if user_input[CONF_ANOTHER]:
            return await self.async_step_entities()
        if self._waiting:
            return await self.async_step_charger()
        return await self.async_step_activate()

    def _show_chargers(self, errors: Errors | None = None) -> ConfigFlowResult:
        found = found_chargers(self.hass)
        return self.async_show_form(
            step_id="chargers",
            data_schema=chargers_schema(
                {key: draft.title for key, draft in found.items()}
            ),
            errors=errors,
        )

    async def async_step_activate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what will be limited to what, and begin."""
        if not self._are_free():
            return self._show_chargers({"base": "charger_taken"})
        if user_input is not None:
            return self._create_entry(active=user_input[CONF_ACTIVE])
        return self.async_show_form(
            step_id="activate",
            data_schema=ACTIVATE_SCHEMA,
            description_placeholders={"limits": self._limits()},
            last_step=True,
        )

    @property
    def _surroundings(self) -> Surroundings:
        return Surroundings(
            supply=self._read_supply(),
            groups={self._group_id: self._read_group()},
            names={self._group_id: self._group[CONF_NAME]},
        )

    def _read_supply(self) -> Supply:
        return read_supply(self._supply, self._choice.data[CONF_SOURCE])

    def _read_group(self) -> Group:
        return read_group(self._group, self._group_id)

    def _limits(self) -> str:
        """Return a table's rows: what may draw how much, with and without the meter."""
        supply, group = self._read_supply(), self._read_group()
        measured = self._choice.data[CONF_MEASURED_PHASES]
        fuse = f"{supply.supply_max_current:g} A"
        rows = [
            (self._choice.title, measured, fuse, fuse),
            (
                self._group[CONF_NAME],
                format_phases(group.phases),
                f"{group.max_current_online:g} A",
                f"{group.max_current_offline:g} A",
            ),
        ]
        for draft in self._described:
            charger = read_charger(draft.data)
            rows.append(
                (
                    draft.title,
                    format_phases(charger.wiring),
                    f"{charger.max_current:g} A",
                    f"{charger.offline_current:g} A",
                )
            )
        return table(rows)

    def _create_entry(self, *, active: bool) -> ConfigFlowResult:
        group = {**self._group, CONF_ACTIVE: active}
        subentries: list[ConfigSubentryData] = [
            ConfigSubentryDataWithId(
                subentry_id=self._group_id,
                subentry_type=SUBENTRY_GROUP,
                title=group.pop(CONF_NAME),
                data=group,
                unique_id=None,
            )
        ]
        return self.async_create_entry(
            title=self._choice.title,
            data=self._choice.data,
            options=self._supply,
            subentries=subentries + [draft.subentry for draft in self._described],
        )


class SupplyOptionsFlow(OptionsFlow):
    """Changes the supply of an entry."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the main fuse."""
        entry = self.config_entry
        values: Mapping[str, Any] = entry.options
        errors: Errors = {}
        if user_input is not None:
            values = unfold(user_input)
            errors = supply_errors(read_supply(values, entry.data[CONF_SOURCE]), entry)
            if not errors:
                return self.async_create_entry(data=values)
        return show_form(
            self, "init", supply_schema(entry.data[CONF_VARIANT]), values, errors
        )
