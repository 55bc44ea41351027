"""What came of the faults, as a table of Markdown."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from .kinds import KINDS, Kind
from .matrix import Outcome

type _Cell = Callable[[Sequence[Outcome]], str]


def _usual(figures: Sequence[float]) -> str:
    """Return the middle one and the most."""
    if not figures:
        return "–"
    return f"{median(figures):.0f} / {max(figures):.0f}"


def _told(runs: Sequence[Outcome]) -> str:
    """Return what was told in at least half of the runs, and when in the middle."""
    told: dict[str, list[float]] = {}
    for each in runs:
        for what, after in each.told.items():
            told.setdefault(what, []).append(after)
    return ", ".join(
        f"{what} {median(after):.0f}"
        for what, after in told.items()
        if 2 * len(after) >= len(runs)
    )


_COLUMNS: Sequence[tuple[str, _Cell]] = (
    ("runs", lambda runs: f"{len(runs)}"),
    ("s over", lambda runs: _usual([each.story.seconds_over for each in runs])),
    ("A·s over", lambda runs: _usual([each.story.amp_seconds for each in runs])),
    ("heat", lambda runs: f"{max(each.story.heat for each in runs):.2f}"),
    ("fuse went", lambda runs: f"{sum(each.trips > 0 for each in runs)}"),
    ("could be helped", lambda runs: f"{sum(each.failed for each in runs)}"),
    (
        "resumed after s",
        lambda runs: _usual(
            [each.resumed_after for each in runs if each.resumed_after is not None]
        ),
    ),
    ("lost kWh", lambda runs: f"{median(each.lost for each in runs):.2f}"),
    ("told, after s", _told),
)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a row for each fault: alone, then of each with another one."""
    head = ["Fault", *(name for name, _ in _COLUMNS)]
    lines = [_row(head), _row(["---", *("--:" for _ in _COLUMNS)])]
    for kind in KINDS:
        lines += _rows(kind, outcomes)
    return "\n".join(lines)


def totals(outcomes: Sequence[Outcome]) -> str:
    """Return how many fuses went, and what flowed above them."""
    went = sum(each.trips > 0 for each in outcomes)
    failed = sum(each.failed for each in outcomes)
    over = sum(each.story.amp_seconds for each in outcomes)
    return (
        f"{len(outcomes)} runs: the fuse went in {went}, in {failed} although a charger"
        f" could still be told; {over / len(outcomes):.0f} A·s over in the mean"
    )


def names_of(outcomes: Iterable[Outcome]) -> str:
    """Return the runs in which the fuse went, to be run again by name."""
    return "\n".join(
        f"{each.run.name}: {' + '.join(each.run.kinds)}: "
        f"{each.trips} times, {each.story.amp_seconds:.0f} A·s"
        + (", and could be helped" if each.failed else "")
        for each in outcomes
        if each.trips
    )


def _rows(kind: Kind, outcomes: Sequence[Outcome]) -> list[str]:
    alone = [each for each in outcomes if each.run.kinds == (kind,)]
    paired = [
        each for each in outcomes if kind in each.run.kinds and len(each.run.kinds) > 1
    ]
    rows = []
    for name, runs in ((kind, alone), ("… with another one", paired)):
        if runs:
            rows.append(_row([name, *(cell(runs) for _, cell in _COLUMNS)]))
    return rows


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
