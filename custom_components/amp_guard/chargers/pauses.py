"""How long is waited until a charger is told again what it did not take, s."""

FIRST_PAUSE = 5.0
"""s until what failed is tried again, doubled each time ..."""
LONGEST_PAUSE = 300.0
"""... up to this for a raise ..."""
LONGEST_PAUSE_OF_CUT = 60.0
"""... and up to this for a cut: a fuse may wait for it."""
HURRIED_PAUSE = 10.0
"""... or this, while its fuse is overloaded: one at 1.5 times its rating has 15 s."""
HURRIED = 6.0
"""s for which that is taken to last: the loop says it again each 5 s at least."""
MOST_HURRIED = 10
"""Attempts that may hang at a time, and still another one is sent so soon."""
BUSY_PAUSE = 60.0
"""s that an integration is left alone that was asked too often (HTTP 429) ..."""
BUSY_PAUSE_OF_CUT = 15.0
"""... or for a cut."""
PATIENCE = 60.0
"""s that an attempt may hang until the same is sent beside it, doubled each time ..."""
PATIENCE_OF_CUT = 15.0
"""... or for a cut."""
MOST_DOUBLINGS = 10


def grown(pause: float, times: int) -> float:
    """Return a pause, doubled so many times."""
    return pause * 2.0 ** min(times, MOST_DOUBLINGS)
