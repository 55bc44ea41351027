"""Spells of time in which something is the case."""

type Spell = tuple[float, float]
"""From and until, s."""


def within(spells: tuple[Spell, ...], now: float) -> bool:
    """Return whether `now` lies in one of the spells."""
    return bool(spells) and any(start <= now < end for start, end in spells)
