"""The kinds of fields that forms are made of."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, override

from homeassistant.const import UnitOfElectricCurrent, UnitOfPower
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

PIN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


class NumberField(NumberSelector):
    """A number, proposed between two bounds: NaN, which passes both, is none.

    That it keeps them is checked by the step, which can say so in the user's language:
    see `numbers_refused` in this package. So is that it has no fraction (`is_whole`).
    """

    def __init__(self, config: NumberSelectorConfig, *, is_whole: bool = False) -> None:
        super().__init__(config)
        self.is_whole = is_whole

    @override
    def __call__(self, data: object) -> float:
        value: float = vol.Coerce(float)(data)
        if not isfinite(value):
            raise vol.Invalid("Not a number")
        return value


def number_field(low: float, high: float, unit: str) -> NumberField:
    """A number between two bounds."""
    return NumberField(_number_config(low, high) | {"unit_of_measurement": unit})


def whole_number_field(low: int, high: int) -> NumberField:
    """A number without a fraction between two bounds."""
    return NumberField(_number_config(low, high), is_whole=True)


def rows_field(
    fields: Mapping[str, ObjectSelectorField],
    translation_key: str,
    *,
    label_field: str,
    description_field: str,
) -> ObjectSelector:
    """A table: each row is edited by itself, and can be removed or added."""
    return ObjectSelector(
        ObjectSelectorConfig(
            fields=dict(fields),
            multiple=True,
            label_field=label_field,
            description_field=description_field,
            translation_key=translation_key,
        )
    )


def row_field(
    selector: Selector[Any], *, required: bool = False
) -> ObjectSelectorField:
    """A cell of a row."""
    return ObjectSelectorField(selector=selector, required=required)


def current_field(low: float, high: float) -> NumberField:
    """A current between two bounds, A."""
    return number_field(low, high, UnitOfElectricCurrent.AMPERE)


def power_field(low: float, high: float) -> NumberField:
    """A power between two bounds, kW."""
    config = _number_config(low, high)
    return NumberField(
        config | {"step": 0.1, "unit_of_measurement": UnitOfPower.KILO_WATT}
    )


def amount_field(most: float) -> NumberField:
    """An amount of money, in whatever is paid with there."""
    return NumberField(_number_config(0.0, most) | {"step": "any"})


def _number_config(low: float, high: float) -> NumberSelectorConfig:
    return NumberSelectorConfig(min=low, max=high, step=1, mode=NumberSelectorMode.BOX)


def choice_field(options: Iterable[str], translation_key: str = "") -> SelectSelector:
    """One of several options, each named by the translations."""
    config = SelectSelectorConfig(
        options=list(options), mode=SelectSelectorMode.DROPDOWN
    )
    if translation_key:
        config["translation_key"] = translation_key
    return SelectSelector(config)


def named_field(names: Mapping[str, str]) -> SelectSelector:
    """One of several things that have names of their own, by id."""
    return SelectSelector(
        SelectSelectorConfig(
            options=options_of(names), mode=SelectSelectorMode.DROPDOWN
        )
    )


def options_of(names: Mapping[str, str]) -> list[SelectOptionDict]:
    """Things that have names of their own, by id, as options."""
    return [SelectOptionDict(value=id_, label=name) for id_, name in names.items()]


def entity_field(*domains: str) -> EntitySelector:
    """An entity of one of these domains."""
    return EntitySelector(EntitySelectorConfig(filter={"domain": list(domains)}))
