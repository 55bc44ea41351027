"""The damage matrix as tables of Markdown."""

from collections.abc import Callable, Iterable, Sequence
from statistics import mean, median

from .matrix import DAMAGES, Outcome
from .weeks import Week

type _Cell = Callable[[Sequence[Outcome]], str]

_COLUMNS: Sequence[tuple[str, _Cell]] = (
    ("runs", lambda runs: f"{len(runs)}"),
    ("harm", lambda runs: _count(each.harmed for each in runs)),
    (
        "noticed",
        lambda runs: _count(each.detected_after is not None for each in runs),
    ),
    (
        "after s",
        lambda runs: _middle_and_most(
            [each.detected_after for each in runs if each.detected_after is not None]
        ),
    ),
    ("A·s until", lambda runs: _mean_and_most([each.before for each in runs])),
    ("A·s then", lambda runs: _mean_and_most([each.after for each in runs])),
    ("fuse went", lambda runs: _count(each.trips > 0 for each in runs)),
    (
        "harm, not noticed",
        lambda runs: _count(
            each.harmed and each.detected_after is None for each in runs
        ),
    ),
    ("well blamed", lambda runs: _count(each.blamed for each in runs)),
    ("draw wrong s", lambda runs: _mean_and_most([each.misjudged for each in runs])),
    (
        "energy",
        lambda runs: (
            f"{sum(each.energy for each in runs) / sum(each.undamaged_energy for each in runs):.2f}"
        ),
    ),
)


def damage_table(outcomes: Sequence[Outcome]) -> str:
    """Return a row for each damage."""
    rows = [
        (damage, [each for each in outcomes if each.damage == damage])
        for damage in DAMAGES
    ]
    return _table("Damage", rows)


def meter_table(outcomes: Sequence[Outcome]) -> str:
    """Return a row for each kind of meter, of all damages of it."""
    damaged = [
        each
        for each in outcomes
        if each.damage != DAMAGES[0] and not each.damage.startswith("charger")
    ]
    names = dict.fromkeys(f"{each.kind.net}, {each.kind.meter}" for each in damaged)
    rows = [
        (
            name,
            [each for each in damaged if f"{each.kind.net}, {each.kind.meter}" == name],
        )
        for name in names
    ]
    return _table("Meter", rows)


def worst(outcomes: Iterable[Outcome], count: int) -> str:
    """Return the runs with most harm that nobody noticed, to be run again by name."""
    unseen = [each for each in outcomes if each.harmed and each.detected_after is None]
    unseen.sort(key=lambda each: (each.trips, each.before), reverse=True)
    return "\n".join(
        f"{each.damage} on {each.phase.name} from {each.start:.0f} s, {each.kind.name},"
        f" seed {each.seed}: {each.before:.0f} A·s, {each.trips} fuses,"
        f" peak {each.peak:.1f} A"
        for each in unseen[:count]
    )


def week_table(weeks: Iterable[Week]) -> str:
    """Return a row for each week without damage."""
    lines = [
        "| Week | Site | s doubted | Alarms | First |",
        "|--:|---|--:|--:|---|",
    ]
    for week in weeks:
        first = week.alarms[0] if week.alarms else None
        lines.append(
            f"| {week.number} | {week.site} | {week.doubted:.0f} | {len(week.alarms)} |"
            f" {f'{first.what} at {first.time:.0f} s' if first else ''} |"
        )
    return "\n".join(lines)


def _table(heading: str, rows: Sequence[tuple[str, Sequence[Outcome]]]) -> str:
    lines = [
        f"| {heading} | " + " | ".join(name for name, _ in _COLUMNS) + " |",
        "|---|" + "--:|" * len(_COLUMNS),
    ]
    lines += [
        f"| {name} | " + " | ".join(cell(runs) for _, cell in _COLUMNS) + " |"
        for name, runs in rows
        if runs
    ]
    return "\n".join(lines)


def _count(each: Iterable[bool]) -> str:
    return str(sum(each))


def _mean_and_most(figures: Sequence[float]) -> str:
    return f"{mean(figures):.0f} / {max(figures):.0f}"


def _middle_and_most(figures: Sequence[float]) -> str:
    return f"{median(figures):.0f} / {max(figures):.0f}" if figures else "–"
