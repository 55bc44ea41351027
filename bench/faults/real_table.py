"""What came of the faults of real time, as a table of Markdown."""

from collections.abc import Iterable

from .real import RealOutcome

HEAD = (
    "Fault",
    "s over",
    "A·s over",
    "heat",
    "fuse went",
    "resumed after s",
    "lost kWh",
)


def real_table(outcomes: Iterable[RealOutcome]) -> str:
    """Return a row for each fault."""
    rows = [(*HEAD, "told, after s"), ("---", *["--:"] * (len(HEAD) - 1), "---")]
    return "\n".join(f"| {' | '.join(row)} |" for row in (*rows, *map(_row, outcomes)))


def _row(each: RealOutcome) -> tuple[str, ...]:
    told = [f"{what} {after:.0f}" for what, after in each.told.items()]
    if each.trouble:
        told.append(f"**{' '.join(each.trouble.split())}**")
    resumed = "–" if each.resumed_after is None else f"{each.resumed_after:.0f}"
    return (
        each.name,
        f"{each.seconds_over:.0f}",
        f"{each.amp_seconds:.0f}",
        f"{each.heat:.2f}",
        f"{each.trips}" if each.trips else "",
        resumed,
        f"{each.lost:.2f}",
        ", ".join(told),
    )
