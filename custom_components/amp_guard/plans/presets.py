"""Tariffs as they are published, each with its source and the day it was read.

Companies differ, and change theirs: what an owner's own contract says goes before this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .tariff import ALL_HOURS, Hours, Rule

READ = date(2026, 11, 27)
WINTER = frozenset({11, 12, 1, 2, 3})
KILO = 1000.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """What a tariff counts. `figure` is W where the owner says none.

    `blocks` are, where each time block has its own figure, hours by block; else `hours`
    are all that count.
    """

    minutes: int
    rule: Rule
    figure: float
    peaks: int = 1
    hours: tuple[Hours, ...] = (Hours(),)
    steps: tuple[float, ...] = ()
    blocks: tuple[tuple[int, Hours], ...] = ()
    source: str
    read: date = READ


def _blocks() -> tuple[tuple[int, Hours], ...]:
    """Return Slovenia's blocks 1 to 5: by season, kind of day and hour."""
    high, middle = (
        frozenset({*range(7, 14), *range(16, 20)}),
        frozenset({6, 14, 15, 20, 21}),
    )
    low = ALL_HOURS - high - middle
    winter = frozenset({11, 12, 1, 2})
    summer = frozenset(range(3, 11))
    return tuple(
        (first + n, Hours(months=months, workdays=workdays, hours=hours))
        for months, workdays, first in (
            (winter, True, 1),
            (winter, False, 2),
            (summer, True, 2),
            (summer, False, 3),
        )
        for n, hours in enumerate((high, middle, low))
    )


PRESETS: Mapping[str, Preset] = {
    "flanders": Preset(
        minutes=15,
        rule=Rule.PEAKS,
        figure=2.5 * KILO,
        source="flow-energy.be, 10 vragen over het capaciteitstarief: the highest quarter of"
        " a month, at least 2.5 kW, billed as the mean of twelve months",
    ),
    "goteborg": Preset(
        minutes=60,
        rule=Rule.PEAKS,
        figure=5.0 * KILO,
        peaks=3,
        source="goteborgenergi.se/privat/elnat/elnatsavgiften (page of 2024): the mean of"
        " the three highest hours of a month, on three different days",
    ),
    "sweden_winter": Preset(
        minutes=60,
        rule=Rule.PEAKS,
        figure=5.0 * KILO,
        peaks=3,
        hours=(Hours(months=WINTER, workdays=True, hours=frozenset(range(6, 20))),),
        source="falkenberg-energi.se/elnat/effektavgifter: November to March, 06 to 20 on"
        " working days, the mean of the three highest hours on different days; telge.se:"
        " from 07. The duty to have such a tariff (EIFS 2022:1) was repealed by 30 June"
        " 2026, companies may [ei.se, effektavgifter]",
    ),
    "norway": Preset(
        minutes=60,
        rule=Rule.STEPS,
        figure=5.0 * KILO,
        peaks=3,
        steps=tuple(KILO * end for end in (2, 5, 10, 15, 20, 25, 50, 75, 100)),
        source="noranett.no/nettleie, rakkestadenergi.no (prices from 1 July 2024) and"
        " glitrenett.no/kunde/nettleie-og-priser (from 1 January 2024): the mean of the"
        " three highest hours on different days, in steps",
    ),
    "slovenia": Preset(
        minutes=15,
        rule=Rule.FIXED,
        figure=5.0 * KILO,
        blocks=_blocks(),
        source="uro.si/w/casovni-blok (blocks of 2024): an agreed power for each of five"
        " blocks. From 1 January 2027 days off have two blocks and the middle of the day a"
        " longer cheap one [slovenskenovice.delo.si, 30 September 2025; siol.net, 26 August"
        " 2025]; their hours could not be found, and are not in here",
    ),
}
