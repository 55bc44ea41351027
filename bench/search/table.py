"""What a search found: totals, and the homes that are worst."""

from collections.abc import Callable, Iterator, Sequence
from statistics import mean

from .judge import CONTENDERS, OURS, PATIENT, Figures, Outcome, add_up

WORST = 10
"""Homes of each kind that are named."""

_COLUMNS: Sequence[tuple[str, Callable[[Figures], float], str]] = (
    ("share", lambda f: f.share, "{:.3f}"),
    ("A·s/h", lambda f: f.amp_seconds_over / f.hours, "{:.1f}"),
    ("s over/h", lambda f: f.seconds_over / f.hours, "{:.1f}"),
    ("trips", lambda f: f.trips, "{:.0f}"),
    ("..fast", lambda f: f.fast_trips, "{:.0f}"),
    ("lock-outs", lambda f: f.lock_outs, "{:.0f}"),
    ("stops/h", lambda f: f.stops / f.hours, "{:.2f}"),
    ("cmd/h", lambda f: f.commands / f.charger_hours, "{:.1f}"),
)

_KINDS: Sequence[tuple[str, Callable[[Outcome], float]]] = (
    ("trip", lambda home: home.figures[OURS].trips),
    ("lock-out", lambda home: home.figures[OURS].lock_outs),
    ("share", lambda home: home.figures[PATIENT].share - home.figures[OURS].share),
)
"""How bad a home is for ours, above 0; a share beside what one who knows could do."""


def totals(outcomes: Sequence[Outcome]) -> str:
    """Return a row for each contender, of all homes."""
    lines = [
        f"{'':12}"
        + "".join(f"{name:>10}" for name, _, _ in _COLUMNS)
        + f"{'mean share':>12}"
    ]
    for contender in CONTENDERS:
        figures = [outcome.figures[contender] for outcome in outcomes]
        lines.append(
            f"{contender:12}"
            + "".join(_cells(add_up(figures), 10))
            + f"{mean(each.share for each in figures):12.3f}"
        )
    return "\n".join(lines)


def worst(outcomes: Sequence[Outcome]) -> str:
    """Return the homes at which ours is worst, of each kind, with all contenders."""
    lines: list[str] = []
    for kind, badness in _KINDS:
        bad = [outcome for outcome in outcomes if badness(outcome) > 0]
        bad.sort(key=badness, reverse=True)
        lines.append(f"Worst by {kind}:" if bad else f"Worst by {kind}: none")
        for outcome in bad[:WORST]:
            lines += _home(outcome)
    return "\n".join(lines)


def _home(outcome: Outcome) -> Iterator[str]:
    """Yield what came of a home, in lines."""
    yield f"  {outcome.name}: {outcome.description}"
    for contender, figures in outcome.figures.items():
        cells = ", ".join(
            f"{name} {cell.strip()}"
            for (name, _, _), cell in zip(_COLUMNS, _cells(figures, 0), strict=True)
        )
        yield f"      {contender}: {cells}"


def _cells(figures: Figures, width: int) -> Iterator[str]:
    for _, value, shape in _COLUMNS:
        yield f"{shape.format(value(figures)):>{width}}"
