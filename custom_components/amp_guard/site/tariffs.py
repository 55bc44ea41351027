"""A power tariff as it is configured."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigSubentry

from ..const import (
    CONF_BLOCKS,
    CONF_FIGURE,
    CONF_FIRST_HOUR,
    CONF_FIRST_MONTH,
    CONF_LAST_HOUR,
    CONF_LAST_MONTH,
    CONF_OTHER_HOURS,
    CONF_PEAKS,
    CONF_PRESET,
    CONF_PRICE,
    CONF_WINDOW,
    CONF_WORKDAY,
    CONF_WORKDAYS,
    AmpGuardConfigEntry,
)
from ..model import PowerLimit, Reason
from ..plans.presets import PRESETS, Preset
from ..plans.tariff import Hours, Rule, Tariff, TariffPlan
from .planned_limit import PlannedLimit, charger_ids

KILO = 1000.0
OWN = "own"
"""A tariff that its owner describes."""
HOURS_A_DAY, MONTHS_A_YEAR = 24, 12
PER_CENT = 100.0


def tariff_limits(
    entry: AmpGuardConfigEntry, subentry: ConfigSubentry
) -> tuple[PlannedLimit]:
    """Return the limit that keeps a tariff's peaks."""
    limit = PowerLimit(
        id=subentry.subentry_id,
        chargers=charger_ids(entry),
        reason=Reason.POWER_WINDOW,
    )
    tariff = read_tariff(subentry.data)
    return (
        PlannedLimit(
            subentry=subentry.subentry_id,
            limit=limit,
            plan=TariffPlan(tariff),
            entities=() if tariff.workday is None else (tariff.workday,),
        ),
    )


def read_tariff(data: Mapping[str, Any]) -> Tariff:
    """Return the tariff that a subentry's data describe."""
    preset = PRESETS.get(data[CONF_PRESET]) or _own(data)
    own = data.get(CONF_FIGURE)
    figure = preset.figure if own is None else KILO * own
    return Tariff(
        minutes=preset.minutes,
        rule=preset.rule,
        figure=figure,
        peaks=preset.peaks,
        hours=_blocks(preset, figure, data) or preset.hours,
        steps=preset.steps,
        price=data.get(CONF_PRICE),
        workday=data.get(CONF_WORKDAY),
    )


def _blocks(
    preset: Preset, figure: float, data: Mapping[str, Any]
) -> tuple[Hours, ...]:
    """Return the hours of the time blocks, each with its figure."""
    figures = [figure]
    for key in CONF_BLOCKS:
        own = data.get(key)
        figures.append(figures[-1] if own is None else KILO * own)
    return tuple(
        replace(hours, figure=figures[number - 1]) for number, hours in preset.blocks
    )


def _own(data: Mapping[str, Any]) -> Preset:
    peaks = int(data[CONF_PEAKS])
    hours = Hours(
        months=_months(int(data[CONF_FIRST_MONTH]), int(data[CONF_LAST_MONTH])),
        workdays=True if data[CONF_WORKDAYS] else None,
        hours=_hours(int(data[CONF_FIRST_HOUR]), int(data[CONF_LAST_HOUR])),
    )
    share = data[CONF_OTHER_HOURS] / PER_CENT
    others = (Hours(months=hours.months, share=share),) if share else ()
    return Preset(
        minutes=int(data[CONF_WINDOW]),
        rule=Rule.PEAKS if peaks else Rule.FIXED,
        figure=5.0 * KILO,
        peaks=max(peaks, 1),
        hours=(hours, *others),
        source="the owner",
    )


def _months(first: int, last: int) -> frozenset[int]:
    """Return the months from one to another, over the end of the year too."""
    end = last if last >= first else last + MONTHS_A_YEAR
    return frozenset((m - 1) % MONTHS_A_YEAR + 1 for m in range(first, end + 1))


def _hours(first: int, end: int) -> frozenset[int]:
    """Return the hours from one to before another, over midnight too."""
    last = end if end > first else end + HOURS_A_DAY
    return frozenset(hour % HOURS_A_DAY for hour in range(first, last))
