"""How forms are shown; the forms themselves are beside this, a file for each subject.

A form folds its advanced fields. What is entered and what is stored is flat all the
same: `show_form` folds it, `unfold` undoes that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult, section
from homeassistant.helpers.selector import (
    BooleanSelector,
    ObjectSelector,
    SelectSelector,
)
from homeassistant.helpers.translation import async_get_translations
import voluptuous as vol

from ...const import DOMAIN
from ...site.figures import figure
from ...site.rules import Errors
from .fields import NumberField

ADVANCED = "advanced"
"""The fields that a home can leave as they are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why what was entered is not taken: what rule a field breaks, by field.

    `about` fills the texts of the rules.
    """

    errors: Errors = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is refused."""
        return bool(self.errors)


ACCEPTED = Refusal()


def show_form[C: FlowContext, R: FlowResult[Any, Any], H](
    flow: FlowHandler[C, R, H],
    step_id: str,
    schema: vol.Schema,
    values: Mapping[str, Any] | None,
    refusal: Refusal = ACCEPTED,
    *,
    placeholders: Mapping[str, str] | None = None,
    last_step: bool | None = None,
) -> R:
    """Show a form filled in with `values`.

    Where a folded field is in error the fold stands open, and shows it: the frontend
    shows none at the fields within.
    """
    fields, errors = dict(schema.schema), refusal.errors
    if (folded := fields.get(ADVANCED)) is not None:
        within = {str(key) for key in folded.schema.schema}
        errors = {ADVANCED if key in within else key: errors[key] for key in errors}
        fields[vol.Required(ADVANCED)] = section(
            folded.schema, {"collapsed": ADVANCED not in errors}
        )
    return flow.async_show_form(
        step_id=step_id,
        data_schema=flow.add_suggested_values_to_schema(
            vol.Schema(fields), values and {**values, ADVANCED: values}
        ),
        errors=errors,
        description_placeholders={**(placeholders or {}), **refusal.about},
        last_step=last_step,
    )


def unfold(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered, wherever in the form."""
    entered = {key: user_input[key] for key in user_input if key != ADVANCED}
    return {**entered, **user_input.get(ADVANCED, {})}


def fold(fields: Mapping[vol.Marker, object]) -> dict[vol.Marker, object]:
    """Return the fields as the folded section of a form."""
    return {vol.Required(ADVANCED): section(vol.Schema(fields), {"collapsed": True})}


def nameless(*schemas: vol.Schema) -> frozenset[str]:
    """Return the fields of forms that can hold no name, address or secret.

    Numbers, and what is chosen among options that the translations name.
    """
    return frozenset(
        str(marker)
        for schema in schemas
        for fields in (schema.schema, schema.schema[ADVANCED].schema.schema)
        for marker, content in fields.items()
        if isinstance(content, (NumberField, BooleanSelector, SelectSelector))
    )


# --- what is refused ------------------------------------------------------------------


def name_errors(values: Mapping[str, Any]) -> Errors:
    """Return what is wrong with a name: nothing but blanks names nothing."""
    return {} if values[CONF_NAME].strip() else {CONF_NAME: "name_missing"}


def numbers_refused(
    hass: HomeAssistant, schema: vol.Schema, values: Mapping[str, Any]
) -> Refusal:
    """Return which number is out of its bounds, and what they are: the first such."""
    for key, number, value in _numbers(schema.schema, values):
        low, high = number.config["min"], number.config["max"]
        if not low <= value <= high:
            unit = number.config.get("unit_of_measurement", "")
            return Refusal(
                errors={key: "out_of_range"},
                about={
                    "low": figure(hass, low),
                    "high": f"{figure(hass, high)} {unit}".strip(),
                },
            )
        if number.is_whole and not float(value).is_integer():
            return Refusal(errors={key: "no_whole_number"})
    return ACCEPTED


def _numbers(
    fields: Mapping[Any, Any], values: Mapping[str, Any]
) -> Iterator[tuple[str, NumberField, float]]:
    """Yield the numbers of a form, in its folds and tables too, each by its field."""
    for marker, content in fields.items():
        key = str(marker)
        if isinstance(content, section):
            yield from _numbers(content.schema.schema, values)
        elif isinstance(content, ObjectSelector):
            cells = {
                k: cell["selector"] for k, cell in content.config["fields"].items()
            }
            for row in values.get(key, ()):
                yield from ((key, *each) for _, *each in _numbers(cells, row))  # type: ignore[misc]
        elif isinstance(content, NumberField) and values.get(key) is not None:
            yield key, content, values[key]


async def row_refused(hass: HomeAssistant, table: str, row: str, rule: str) -> Refusal:
    """Return that a row of a table breaks a rule, in Home Assistant's language."""
    texts = await translations(hass, "config")
    return Refusal(
        errors={table: "in_row"}, about={"row": row, "why": texts[f"error.{rule}"]}
    )


# --- what is said ---------------------------------------------------------------------


async def translations(hass: HomeAssistant, category: str) -> dict[str, str]:
    """Return the integration's texts in Home Assistant's language, by their keys."""
    texts = await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    prefix = f"component.{DOMAIN}.{category}."
    return {key.removeprefix(prefix): text for key, text in texts.items()}


def quoted(text: str) -> str:
    """Return what somebody typed in Markdown, its lines as they are."""
    return "\n".join(f"> {line}  " for line in text.strip().splitlines())


def table(rows: Iterable[Iterable[str]]) -> str:
    """Return the rows of a table in Markdown; its head stands in the translations."""
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '\\|') for cell in row)} |" for row in rows
    )
