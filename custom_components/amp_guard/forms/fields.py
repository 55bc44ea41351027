"""The kinds of fields that forms are made of."""

from collections.abc import Iterable, Mapping

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

PIN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))


def current_field(low: float, high: float) -> NumberSelector:
    """A current between two bounds, in whole A."""
    return NumberSelector(
        NumberSelectorConfig(
            min=low,
            max=high,
            step=1,
            unit_of_measurement=UnitOfElectricCurrent.AMPERE,
            mode=NumberSelectorMode.BOX,
        )
    )


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
