"""Power tariffs: what a window may have so that a month's peaks do not cost more.

What is charged follows from the windows' mean powers: of the month's highest window, of
the mean of the highest ones of several days, of the step in which that lies. Power in W,
prices in money for a kW and month.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from . import Moment
from .window import Closed, PowerWindow

KILO = 1000.0
ALL_MONTHS = frozenset(range(1, 13))
ALL_HOURS = frozenset(range(24))
SATURDAY = 5
LEAST_OF_A_STEP = 0.5
"""Part of a step's upper end below which no later peak is held to save the step."""


class Rule(StrEnum):
    """What a target follows from."""

    FIXED = "fixed"
    """A figure."""
    PEAKS = "peaks"
    """The mean of the highest windows of so many days, which is kept as it is."""
    STEPS = "steps"
    """The step in which that mean lies: it is not left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """Hours in which a window counts, by local time.

    `workdays`: True on working days, False on the others, None every day. `share`
    is the part of its power that counts; `figure` is these hours' own, W.
    """

    months: frozenset[int] = ALL_MONTHS
    workdays: bool | None = None
    hours: frozenset[int] = ALL_HOURS
    share: float = 1.0
    figure: float | None = None

    def hold(self, clock: datetime, *, is_workday: bool) -> bool:
        """Say whether a moment is one of these hours, on a working day or another one."""
        return (
            clock.month in self.months
            and clock.hour in self.hours
            and self.workdays in (None, is_workday)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Tariff:
    """A tariff: windows of `minutes`, and what is charged of them.

    `figure` is the target where it is fixed, else the peak that the owner takes into
    account, W: none is kept below it. `peaks` are how many days' highest windows count.
    `steps` are the upper ends of steps, W, in their order. The first of `hours` that
    hold count; outside them there is no limit. `price` is money for a kW and month, of
    steps for the next one. `workday` is the entity that says whether today is a working
    day.
    """

    minutes: int
    rule: Rule
    figure: float
    peaks: int = 1
    hours: tuple[Hours, ...] = (Hours(),)
    steps: tuple[float, ...] = ()
    price: float | None = None
    workday: str | None = None

    def counts(self, clock: datetime, *, is_workday: bool) -> Hours | None:
        """Return the hours that count at a moment, None where none do."""
        return next(
            (hours for hours in self.hours if hours.hold(clock, is_workday=is_workday)),
            None,
        )

    def charged(self, days: Sequence[float]) -> float:
        """Return the mean of the highest of the days, W; a day that is to come counts 0."""
        return sum(sorted(days, reverse=True)[: self.peaks]) / self.peaks

    def target(self, hours: Hours, days: Mapping[date, float], today: date) -> float:
        """Return the mean power that a window may have today, W.

        `days` are the highest windows of this month's days.
        """
        figure = self.figure if hours.figure is None else hours.figure
        own = days.get(today, 0.0)
        others = [peak for day, peak in days.items() if day != today]
        match self.rule:
            case Rule.FIXED:
                counted = figure
            case Rule.PEAKS:
                ranked = sorted(others, reverse=True)
                lowest = ranked[self.peaks - 1] if len(ranked) >= self.peaks else 0.0
                counted = max(figure, own, lowest)
            case Rule.STEPS:
                counted = self._within_step(figure, own, others)
        return counted / hours.share

    def _within_step(self, figure: float, own: float, others: Sequence[float]) -> float:
        """Return what keeps the mean within its step, W.

        That is the step's end, on each day: what a low day leaves would be lacking on the
        next one. Days that were above it are made up for, as far as that makes sense.
        """
        days = (*others, own)
        for end in self.steps:
            if end < min(figure, self.steps[-1]):
                continue
            above = sorted((peak for peak in days if peak > end), reverse=True)
            if len(above) < self.peaks:
                left = self.peaks * end - sum(above)
                evenly = left / (self.peaks - len(above))
                if evenly >= LEAST_OF_A_STEP * end:
                    return max(min(end, evenly), own)
        return max(figure, own, self.steps[-1])

    def rise(
        self, days: Mapping[date, float], today: date, counted: float, more: float
    ) -> float:
        """Return what a window today costs that counts `more` W above `counted` W."""
        price = self.price or 0.0
        if self.rule is Rule.FIXED:
            return price * more / KILO
        own = days.get(today, 0.0)
        was, becomes = (
            self.charged([*{**days, today: max(own, power)}.values()])
            for power in (counted, counted + more)
        )
        if self.rule is Rule.PEAKS:
            return price * (becomes - was) / KILO
        return price * (self._step(becomes) - self._step(was))

    def _step(self, mean: float) -> int:
        return sum(end < mean for end in self.steps)


class WorkingDays:
    """Which days are working days: Monday to Friday, unless something says otherwise."""

    def __init__(self) -> None:
        """Have heard nothing yet."""
        self._said: dict[date, bool] = {}

    def hear(self, today: date, said: float | bool | None) -> None:
        """Take what is said of today; it holds for the day."""
        if isinstance(said, bool):
            oldest = today - timedelta(days=1)  # whose last window ends today
            self._said[today] = said
            self._said = {d: was for d, was in self._said.items() if d >= oldest}

    def include(self, day: date) -> bool:
        """Say whether a day is one."""
        return self._said.get(day, is_weekday(day))


def is_weekday(day: date) -> bool:
    """Say whether a day is one of Monday to Friday."""
    return day.weekday() < SATURDAY


@dataclass(slots=True)
class Month:
    """The highest windows of the days of a month, W."""

    first: date = date.min
    days: dict[date, float] = field(default_factory=dict)

    def begin(self, today: date) -> None:
        """Forget the month before, where another one has begun."""
        if self.first != (first := today.replace(day=1)):
            self.first, self.days = first, {}

    def note(self, day: date, counted: float) -> None:
        """Note a window; one of another month is over."""
        if day.replace(day=1) == self.first:
            self.days[day] = max(self.days.get(day, 0.0), counted)


@dataclass(frozen=True, kw_only=True, slots=True)
class TariffState:
    """What is shown: power in W, None where it is not known or does not count.

    `mean` and `forecast` are the window's, `target` what it may have, `charged` what the
    month is charged for so far and `peaks` the days (ISO 8601) it comes from; `more` is what one kW
    above the target would cost.
    """

    mean: float | None
    forecast: float | None
    target: float | None
    charged: float
    peaks: tuple[tuple[str, float], ...]
    more: float | None


class TariffPlan:
    """Keeps windows at a tariff's target."""

    def __init__(self, tariff: Tariff) -> None:
        """Start with a month without peaks."""
        self._tariff = tariff
        self._window = PowerWindow(tariff.minutes)
        self._month = Month()
        self._working_days = WorkingDays()
        self._today = date.min
        self._hours: Hours | None = None
        self._target: float | None = None
        self.allowed: float | None = None

    def look(self, moment: Moment) -> None:
        """Take what is so now."""
        self._today = moment.clock.date()
        self._month.begin(self._today)
        if (workday := self._tariff.workday) is not None:
            self._working_days.hear(self._today, moment.said.get(workday))
        self._hours = self._counts(moment.clock)
        closed = self._window.look(moment, self._aim())
        if closed is not None:
            self._note(closed, moment.clock.tzinfo)
        self._target = self._aim()
        self.allowed = (
            None if self._target is None else self._window.allow(moment, self._target)
        )

    def _aim(self) -> float | None:
        if self._hours is None:
            return None
        return self._tariff.target(self._hours, self._month.days, self._today)

    def _counts(self, clock: datetime) -> Hours | None:
        is_workday = self._working_days.include(clock.date())
        return self._tariff.counts(clock, is_workday=is_workday)

    def _note(self, closed: Closed, zone: tzinfo | None) -> None:
        start = closed.start.astimezone(zone)
        if (hours := self._counts(start)) is not None:
            self._month.note(start.date(), hours.share * closed.mean)

    @property
    def shown(self) -> TariffState:
        """What is shown of it."""
        days = self._month.days
        ranked = sorted(days.items(), key=lambda day: -day[1])
        return TariffState(
            mean=self._window.mean,
            forecast=self._window.forecast,
            target=self._target,
            charged=self._tariff.charged([*days.values()]),
            peaks=tuple(
                (day.isoformat(), peak) for day, peak in ranked[: self._tariff.peaks]
            ),
            more=None if self._tariff.price is None else self._more(),
        )

    def _more(self) -> float:
        if self._hours is None or self._target is None:
            return 0.0
        share = self._hours.share
        return self._tariff.rise(
            self._month.days, self._today, share * self._target, share * KILO
        )

    # --- what is kept ---------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Return it for the store."""
        return {
            "minutes": self._tariff.minutes,
            "window": self._window.as_dict(),
            "month": self._month.first.isoformat(),
            "days": {day.isoformat(): w for day, w in self._month.days.items()},
        }

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Go on from what was kept; of windows of another length only the peaks."""
        if stored["minutes"] == self._tariff.minutes:
            self._window.restore(stored["window"])
        self._month = Month(
            date.fromisoformat(stored["month"]),
            {date.fromisoformat(d): float(w) for d, w in stored["days"].items()},
        )
