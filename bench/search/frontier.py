"""The frontier: what is charged against the time above the fuse, for who waits how long.

On the search's homes the plain loop and the ideal controller are run with several waits;
on the published course the points of other balancers stand as they were published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..closed_loop import MakeDecider, balancer
from ..report import run_scenario
from ..scenario_file import SCENARIOS, load
from .contenders import Ideal, PlainLoop
from .homes import draw_home
from .judge import Figures, Outcome, add_up, judge

COURSE = "three-cars-25a"
COURSE_OPTIMUM = 3.26
"""kWh under the fuse, as published."""
OURS, LOOP, IDEAL = "this one", "a plain loop", "an ideal controller"
LOOP_WAITS = (10.0, 30.0, 60.0, 120.0, 300.0)
IDEAL_WAITS = (0.0, 30.0, 120.0, 300.0)
"""s of headroom before a raise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """Where one stands: s and A·s over the fuse (of an hour, or of the course), share."""

    seconds_over: float
    amp_seconds_over: float
    share: float
    label: str = ""


PUBLISHED = (
    Point(
        label="openWB",
        amp_seconds_over=146.0,
        seconds_over=13.0,
        share=3.26 / COURSE_OPTIMUM,
    ),
    Point(
        label="SmartEVSE 3",
        amp_seconds_over=775.0,
        seconds_over=72.0,
        share=2.50 / COURSE_OPTIMUM,
    ),
    Point(
        label="SmartEVSE fork",
        amp_seconds_over=211.0,
        seconds_over=34.0,
        share=3.14 / COURSE_OPTIMUM,
    ),
    Point(
        label="ACN, round robin",
        amp_seconds_over=143.0,
        seconds_over=11.0,
        share=3.24 / COURSE_OPTIMUM,
    ),
    Point(
        label="ACN, first come",
        amp_seconds_over=99.0,
        seconds_over=11.0,
        share=2.74 / COURSE_OPTIMUM,
    ),
)
"""What others reach on the course; see docs/control.md."""

CONTENDERS: Mapping[tuple[str, float], MakeDecider] = {
    (OURS, 0.0): balancer,
    **{(LOOP, wait): partial(PlainLoop, patience=wait) for wait in LOOP_WAITS},
    **{(IDEAL, wait): partial(Ideal, patience=wait) for wait in IDEAL_WAITS},
}


def run_frontier(home: tuple[int, int]) -> Outcome:
    """Return what comes of the home of a seed and a number, with each wait."""
    return judge(
        draw_home(*home), {_name(*who): make for who, make in CONTENDERS.items()}
    )


def lines(outcomes: Sequence[Outcome]) -> Mapping[str, list[Point]]:
    """Return the points of each contender over all homes, in the order of its waits."""
    found: dict[str, list[Point]] = {OURS: [], LOOP: [], IDEAL: []}
    for who, wait in CONTENDERS:
        total = add_up([outcome.figures[_name(who, wait)] for outcome in outcomes])
        found[who].append(_point(total, "" if who == OURS else f"{wait:g} s"))
    return found


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a row for each point."""
    rows = [f"{'':28}{'s over/h':>10}{'A·s/h':>8}{'share':>8}"]
    rows += [
        f"{who + ' ' + point.label:28}{point.seconds_over:10.1f}"
        f"{point.amp_seconds_over:8.1f}{point.share:8.3f}"
        for who, points in lines(outcomes).items()
        for point in points
    ]
    return "\n".join(rows)


def draw_frontier(outcomes: Sequence[Outcome], path: Path) -> None:
    """Draw the homes above the published course, by s over and by A·s over."""
    mpl.rcParams["svg.hashsalt"] = "frontier"
    figure = Figure(figsize=(9, 7.5), layout="constrained")
    homes, course = figure.subplots(2, 2, sharey="row")
    report = run_scenario(load(SCENARIOS / f"{COURSE}.json"))
    ours = Point(
        seconds_over=report.seconds_over,
        amp_seconds_over=report.amp_seconds_over,
        share=report.energy_total_kwh / COURSE_OPTIMUM,
    )
    for row, points in (
        (homes, lines(outcomes)),
        (course, {OURS: [ours]} | {each.label: [each] for each in PUBLISHED}),
    ):
        for axes, unit in zip(row, ("s", "A·s"), strict=True):
            for who, some in points.items():
                _draw(axes, some, who, unit)
            axes.set_xlim(left=0.0)
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_xlabel(f"{unit} over the fuse")
        row[0].set_ylabel("share of the optimum")
    homes[0].set_title(
        f"{len(outcomes)} plausible homes, means of an hour", fontsize=10
    )
    course[0].set_title(f"{COURSE}, others as published", fontsize=10)
    homes[1].legend(frameon=False)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


_COLOURS = {OURS: "#b3261e", LOOP: "#1f6f8b", IDEAL: "#8cc084"}
_OTHER_COLOUR = "#7a7f87"


def _draw(axes: Axes, points: Sequence[Point], who: str, unit: str) -> None:
    over = [
        point.seconds_over if unit == "s" else point.amp_seconds_over
        for point in points
    ]
    axes.plot(
        over,
        [point.share for point in points],
        marker="o",
        color=_COLOURS.get(who, _OTHER_COLOUR),
        label=who,
        markersize=9 if who == OURS else 5,
    )
    for x, point in zip(over, points, strict=True):
        axes.annotate(
            point.label or OURS,
            (x, point.share),
            xytext=(5, -11),
            textcoords="offset points",
            fontsize=8,
        )


def _point(total: Figures, label: str) -> Point:
    return Point(
        seconds_over=total.seconds_over / total.hours,
        amp_seconds_over=total.amp_seconds_over / total.hours,
        share=total.share,
        label=label,
    )


def _name(who: str, wait: float) -> str:
    return f"{who}, {wait:g} s"
