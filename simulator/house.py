"""A house: what everything but the chargers draws, phase by phase, through time."""

from bisect import bisect_right
from collections.abc import Sequence
import csv
from dataclasses import dataclass
from functools import cache
import gzip
from math import inf, isfinite
from pathlib import Path

from custom_components.amp_guard.model import NO_CURRENT, Phase, PhaseValues

TRACE_COLUMNS = ("time_s", "l1_a", "l2_a", "l3_a")

HOUSEHOLD_WEEK = Path(__file__).parent / "data" / "household_week.csv.gz"
"""A week of a real household, three phases; see the README beside it."""

HOUSEHOLD_QUARTER = HOUSEHOLD_WEEK.with_name("household_quarter.csv.gz")
"""Twelve weeks of the same household, on its one phase."""


class TraceError(ValueError):
    """A trace cannot be read; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `time` (s) on, `current` (A per phase; export is negative)."""

    time: float
    current: PhaseValues


class House:
    """The sum of what is in it: each source is a list of steps in order of time.

    Before a source's first step it draws nothing, after its last it draws on. With
    `period` the house begins anew every so many s.
    """

    def __init__(self, *sources: Sequence[Step], period: float | None = None) -> None:
        self._times, self._currents = _add_up(sources)
        self._period = period
        self._at = 0

    def current_at(self, time: float) -> PhaseValues:
        """Return A per phase at `time`."""
        return self._currents[self._find(self._within(time))]

    def steady_until(self, time: float) -> float:
        """Return the time in s at which the current next changes."""
        within = self._within(time)
        following = self._find(within) + 1
        end = inf if self._period is None else self._period
        if following < len(self._times):
            end = min(end, self._times[following])
        return time + (end - within)

    @property
    def steps(self) -> list[Step]:
        """Every change, in order of time."""
        return [Step(*step) for step in zip(self._times, self._currents, strict=True)]

    def _within(self, time: float) -> float:
        return time if self._period is None else time % self._period

    def _find(self, time: float) -> int:
        """Return the index of the step that holds at `time`; mostly the last one."""
        at, times = self._at, self._times
        if times[at] <= time:
            if at + 1 == len(times) or time < times[at + 1]:
                return at
            if at + 2 == len(times) or time < times[at + 2]:
                self._at = at + 1
                return at + 1
        self._at = max(0, bisect_right(times, time) - 1)
        return self._at


@dataclass(frozen=True, slots=True)
class Trace:
    """One phase through time: `amps` hold from `times` (s) on, each until the next."""

    times: list[float]
    amps: list[float]

    def cut(
        self, phase: Phase, start: float, length: float, factor: float = 1.0
    ) -> list[Step]:
        """Return a source of what it drew for `length` s from `start`, which becomes 0.

        It draws on `phase`, and `factor` times as much as the trace.
        """
        first = max(bisect_right(self.times, start) - 1, 0)
        end = bisect_right(self.times, start + length)
        return [
            Step(
                max(time - start, 0.0),
                PhaseValues(
                    *(amps * factor if phase is each else 0.0 for each in Phase)
                ),
            )
            for time, amps in zip(
                self.times[first:end], self.amps[first:end], strict=True
            )
        ]


def constant(current: PhaseValues) -> list[Step]:
    """Return a source that always draws `current`."""
    return [Step(-inf, current)]


def read_trace(path: Path) -> list[Step]:
    """Read a trace: CSV, also gzipped, with the columns time_s, l1_a, l2_a, l3_a.

    Raises:
        TraceError: The file is not there or is no such table.
    """
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            rows = csv.DictReader(file)
            missing = set(TRACE_COLUMNS) - set(rows.fieldnames or ())
            if missing:
                raise TraceError(f"{path.name}: no column {', '.join(sorted(missing))}")
            return _read_rows(path.name, rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(f"{path.name}: cannot be read ({error})") from error


@cache
def household_quarter() -> Trace:
    """Return twelve weeks of a real household's one phase."""
    with gzip.open(HOUSEHOLD_QUARTER, "rt") as file:
        _heading, *rows = file.read().split()
    times, amps = zip(*(map(float, row.split(",")) for row in rows), strict=True)
    return Trace(list(times), list(amps))


def _add_up(
    sources: Sequence[Sequence[Step]],
) -> tuple[list[float], list[PhaseValues]]:
    """Merge the sources into one list of times and the sum that holds from each."""
    changes: list[tuple[float, float, float, float]] = []
    for source in sources:
        before = NO_CURRENT
        for step in source:
            l1, l2, l3 = step.current
            changes.append((step.time, l1 - before.l1, l2 - before.l2, l3 - before.l3))
            before = step.current
    changes.sort(key=lambda change: change[0])
    times, currents = [-inf], [NO_CURRENT]
    a = b = c = 0.0
    for time, l1, l2, l3 in changes:
        a, b, c = a + l1, b + l2, c + l3
        total = PhaseValues(round(a, 6) + 0.0, round(b, 6) + 0.0, round(c, 6) + 0.0)
        if time == times[-1]:
            currents[-1] = total
        elif total != currents[-1]:
            times.append(time)
            currents.append(total)
    return times, currents


def _read_rows(name: str, rows: csv.DictReader[str]) -> list[Step]:
    steps: list[Step] = []
    for row in rows:
        line = rows.line_num
        try:
            time, *amps = (float(row[column]) for column in TRACE_COLUMNS)
        except (TypeError, ValueError) as error:
            raise TraceError(f"{name}, line {line}: not four numbers") from error
        if not all(map(isfinite, (time, *amps))):
            raise TraceError(f"{name}, line {line}: not a finite number")
        if steps and time <= steps[-1].time:
            raise TraceError(f"{name}, line {line}: time_s must rise from line to line")
        steps.append(Step(time, PhaseValues(*amps)))
    if not steps:
        raise TraceError(f"{name}: no line after the heading")
    return steps
