"""How forms are shown; the forms themselves are beside this, a file for each subject.

A form folds its advanced fields. What is entered and what is stored is flat all the
same: `show_form` folds it, `unfold` undoes that.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult, section
import voluptuous as vol

from ...site.rules import Errors

ADVANCED = "advanced"
"""The fields that a home can leave as they are."""


def show_form[C: FlowContext, R: FlowResult[Any, Any], H](
    flow: FlowHandler[C, R, H],
    step_id: str,
    schema: vol.Schema,
    values: Mapping[str, Any] | None,
    errors: Errors,
    *,
    placeholders: Mapping[str, str] | None = None,
) -> R:
    """Show a form filled in with `values`.

    Where a folded field is in error the fold stands open, and shows it: the frontend
    shows none at the fields within.
    """
    fields = dict(schema.schema)
    if (folded := fields.get(ADVANCED)) is not None:
        within = {str(key) for key in folded.schema.schema}
        shown = {ADVANCED if key in within else key: errors[key] for key in errors}
        fields[vol.Required(ADVANCED)] = section(
            folded.schema, {"collapsed": ADVANCED not in shown}
        )
        errors = shown
    return flow.async_show_form(
        step_id=step_id,
        data_schema=flow.add_suggested_values_to_schema(
            vol.Schema(fields), values and {**values, ADVANCED: values}
        ),
        errors=errors,
        description_placeholders=placeholders,
    )


def unfold(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered, wherever in the form."""
    entered = {key: user_input[key] for key in user_input if key != ADVANCED}
    return {**entered, **user_input.get(ADVANCED, {})}


def fold(fields: Mapping[vol.Marker, object]) -> dict[vol.Marker, object]:
    """Return the fields as the folded section of a form."""
    return {vol.Required(ADVANCED): section(vol.Schema(fields), {"collapsed": True})}


def name_errors(values: Mapping[str, Any]) -> Errors:
    """Return what is wrong with a name: nothing but blanks names nothing."""
    return {} if values[CONF_NAME].strip() else {CONF_NAME: "name_missing"}


def table(rows: Iterable[Iterable[str]]) -> str:
    """Return the rows of a table in Markdown; its head stands in the translations."""
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '\\|') for cell in row)} |" for row in rows
    )
