"""The kinds of fields that forms are made of."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import override

from homeassistant.const import UnitOfElectricCurrent
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

PIN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


class _Number(NumberSelector):
    """A number between two bounds: NaN, which passes both, is none."""

    @override
    def __call__(self, data: object) -> float:
        value = super().__call__(data)
        if not isfinite(value):
            raise vol.Invalid("Not a number")
        return value


class _WholeNumber(_Number):
    """A number without a fraction."""

    @override
    def __call__(self, data: object) -> float:
        value = super().__call__(data)
        if not value.is_integer():
            raise vol.Invalid("Not a whole number")
        return value


def number_field(low: float, high: float, unit: str) -> NumberSelector:
    """A number between two bounds."""
    return _Number(_number_config(low, high) | {"unit_of_measurement": unit})


def whole_number_field(low: int, high: int) -> NumberSelector:
    """A number without a fraction between two bounds."""
    return _WholeNumber(_number_config(low, high))


def current_field(low: float, high: float) -> NumberSelector:
    """A current between two bounds, A."""
    return number_field(low, high, UnitOfElectricCurrent.AMPERE)


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
