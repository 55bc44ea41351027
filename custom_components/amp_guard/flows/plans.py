"""What limits power beside the fuses: added and changed below a supply, in one form each."""

from abc import abstractmethod
from typing import Any, ClassVar, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, CONF_NAME
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import PowerConverter
import voluptuous as vol

from ..const import (
    CONF_ENTITY,
    CONF_UNBALANCE,
    CONF_WORKDAY,
    SUBENTRY_OPERATOR,
    SUBENTRY_TARIFF,
)
from ..meters.sensors import resolve
from ..site.rules import Errors
from .forms import ACCEPTED, Refusal, name_errors, numbers_refused, show_form, unfold
from .forms.plan import OPERATOR_SCHEMA, TARIFF_SCHEMA

ON_OR_OFF = ("binary_sensor", "switch", "input_boolean")
"""The domains of what says only whether consumption is dimmed."""


class PlanFlow(ConfigSubentryFlow):
    """Adds or changes a plan: one form, in which `entity` is the one that the plan asks."""

    kind: ClassVar[str]
    entity: ClassVar[str]
    schema: ClassVar[vol.Schema]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Describe a new one."""
        return self._step("user", user_input, {})

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change one."""
        subentry = self._get_reconfigure_subentry()
        known = self._shown(dict(subentry.data))
        return self._step(
            "reconfigure", user_input, {CONF_NAME: subentry.title, **known}
        )

    def _step(
        self, step: str, user_input: dict[str, Any] | None, values: dict[str, Any]
    ) -> SubentryFlowResult:
        refusal = ACCEPTED
        if user_input is not None:
            values = unfold(user_input)
            refusal = numbers_refused(self.hass, self.schema, values) or Refusal(
                errors=name_errors(values) | self._taken(values) | self._errors(values)
            )
            if not refusal:
                return self._finish(values)
        return show_form(self, step, self.schema, values, refusal)

    def _taken(self, values: dict[str, Any]) -> Errors:
        """Return that another one has this name, where one has."""
        own = ""
        if self.source == SOURCE_RECONFIGURE:
            own = self._get_reconfigure_subentry().subentry_id
        others = {
            other.title
            for other in self._get_entry().get_subentries_of_type(self.kind)
            if other.subentry_id != own
        }
        return {CONF_NAME: "name_taken"} if values[CONF_NAME] in others else {}

    def _finish(self, values: dict[str, Any]) -> SubentryFlowResult:
        title = values.pop(CONF_NAME)
        data = self._kept(values)
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=title, data=data)
        return self.async_update_and_abort(
            self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
        )

    def _shown(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what is stored as it is entered."""
        if (id_ := data.get(self.entity)) is None:
            return data
        return {**data, self.entity: resolve(self.hass, id_)}

    def _kept(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what was entered as it is stored."""
        if (entity_id := values.get(self.entity)) is None:
            return values
        # It is found again when its owner renames it.
        known = er.async_get(self.hass).async_get(entity_id)
        return {**values, self.entity: entity_id if known is None else known.id}

    @abstractmethod
    def _errors(self, values: dict[str, Any]) -> Errors:
        """Return the rules that what was entered breaks."""


class TariffFlow(PlanFlow):
    """Adds or changes a power tariff."""

    kind = SUBENTRY_TARIFF
    entity = CONF_WORKDAY
    schema = TARIFF_SCHEMA

    @override
    def _errors(self, values: dict[str, Any]) -> Errors:
        return {}


class OperatorFlow(PlanFlow):
    """Adds or changes what the grid's operator may ask."""

    kind = SUBENTRY_OPERATOR
    entity = CONF_ENTITY
    schema = OPERATOR_SCHEMA

    @override
    def _errors(self, values: dict[str, Any]) -> Errors:
        if (entity_id := values.get(CONF_ENTITY)) is None:
            return {} if values[CONF_UNBALANCE] else {CONF_ENTITY: "nothing_asked"}
        state = self.hass.states.get(entity_id)
        if state is None or entity_id.partition(".")[0] in ON_OR_OFF:
            return {}
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        # A helper may have none: then it is W.
        known = unit is None or unit in PowerConverter.VALID_UNITS
        return {} if known else {CONF_ENTITY: "no_power"}
