"""Attribution: what of a sample is whose.

Within what each charger may have drawn, the base load is left where it was: a step that
a charger can explain is the charger's, the rest is the base load's.
"""

from collections.abc import Sequence

from ..model import MINIMUM_SIGNALLED_CURRENT, PhaseValues
from .bounds import Bounds
from .connector import Connector
from .own_start import TOLERANCE
from .step_response import USED_FROM

LEAST_START = MINIMUM_SIGNALLED_CURRENT - TOLERANCE
"""A: no car starts with less."""
type Together = tuple[float, float, float]
"""What all of them draw, A by phase."""


def estimate(
    nearest: Sequence[Connector],
    others: Sequence[Connector],
    base_load: tuple[float, float, float] | None,
    current: PhaseValues,
    *,
    time: float,
    now: float,
    limit: float,
    in_question: tuple[bool, bool, bool],
) -> None:
    """Find what each of the `nearest` drew at `time`, leaving the base load where it was.

    The `others` are known by a meter that is nearer to them. A fall of just what a car
    drew is its own stop, a rise of just what one would take its own start. With any phase
    above the `limit` any other rise is the base load's until a charger says otherwise:
    chargers alone cannot have passed it, and the cut must not be too small.
    """
    bounds = _bounds(nearest, time, now)
    if base_load is not None:
        together = _together(others, base_load, current)
        if _stops(nearest, bounds, together, time):
            bounds = _bounds(nearest, time, now)
        if _starts(nearest, together, time):
            bounds = _bounds(nearest, time, now)
    is_above = max(current) > limit
    doubtless = base_load is None or (
        not is_above and False not in [lo is hi for lo, _, hi in bounds]
    )
    if doubtless and True not in in_question:
        for connector, (_, likely, _) in zip(nearest, bounds, strict=True):
            connector.draw.settle(likely)
        return
    by_phase = [
        _attribute_on(
            phase,
            nearest,
            others,
            bounds,
            time=time,
            together=current[phase] - (base_load[phase] if base_load else 0.0),
            above=is_above,
            stopped=in_question[phase],
        )
        for phase in range(3)
    ]
    for connector, drawn in zip(nearest, zip(*by_phase, strict=True), strict=True):
        connector.draw.settle(PhaseValues(*drawn))


def _bounds(nearest: Sequence[Connector], time: float, now: float) -> list[Bounds]:
    return [
        c.draw.as_reported
        if not c.lost and c.untold.takes_all(time)
        else c.untold.widen(c.draw_bounds(time, now), time)
        for c in nearest
    ]


def _together(
    others: Sequence[Connector], base_load: Sequence[float], current: PhaseValues
) -> Together:
    """Return what the nearest draw if the base load stayed where it was, A by phase."""
    (a, b, c), (x, y, z) = current, base_load
    a, b, c = a - x, b - y, c - z
    for connector in others:
        x, y, z = connector.draw.estimate
        a, b, c = a - x, b - y, c - z
    return a, b, c


def _stops(
    nearest: Sequence[Connector],
    bounds: Sequence[Bounds],
    together: Together,
    time: float,
) -> bool:
    """Return whether what flows less is now known to be a stop of a car."""
    a, b, c = together
    a, b, c = -a, -b, -c
    for (x, y, z), _, _ in bounds:
        a, b, c = a + x, b + y, c + z
    fall = (a, b, c)
    return max(fall) >= USED_FROM and any(
        connector.untold.has_stopped(fall, least, time)
        for connector, (least, _, _) in zip(nearest, bounds, strict=True)
    )


def _starts(nearest: Sequence[Connector], together: Together, time: float) -> bool:
    """Return whether what flows more than before is now known to be a start of a car."""
    if not [c for c in nearest if c.untold.may_start()]:
        return False
    a, b, c = together
    for connector in nearest:
        x, y, z = connector.draw.estimate
        a, b, c = a - x, b - y, c - z
    rise = (a, b, c)
    return max(rise) >= LEAST_START and any(
        connector.untold.has_started(rise, time) for connector in nearest
    )


def _attribute_on(
    phase: int,
    nearest: Sequence[Connector],
    others: Sequence[Connector],
    bounds: Sequence[Bounds],
    *,
    time: float,
    together: float,
    above: bool,
    stopped: bool,
) -> list[float]:
    """Return what each of the nearest draws on a phase, A.

    If the base load stayed where it was, all chargers together draw `together` A.
    `above` the limit none is taken to have risen but by its own word. Where cars may
    have `stopped` by themselves, each may draw less than it reports.
    """
    for connector in others:
        together -= connector.draw.estimate[phase]
    lows = [0.0 if stopped else low[phase] for low, _, _ in bounds]
    likely = [mid[phase] for _, mid, _ in bounds]
    highs = [high[phase] for _, _, high in bounds]
    if above:
        highs = [
            max(mid, connector.draw.kept(phase, high, time))
            for connector, high, mid in zip(nearest, highs, likely, strict=True)
        ]
    return _attribute(together - sum(likely), lows, likely, highs)


def _attribute(
    residual: float,
    lows: Sequence[float],
    likely: Sequence[float],
    highs: Sequence[float],
) -> list[float]:
    """Return what each charger draws on one phase, A.

    `residual` is what the likeliest draws leave unexplained if the base load stayed;
    it goes to those that have slack that way, in proportion.
    """
    if residual > 0:
        slacks = [high - mid for high, mid in zip(highs, likely, strict=True)]
    else:
        slacks = [low - mid for low, mid in zip(lows, likely, strict=True)]
    total = sum(slacks)
    if total == 0.0:
        return list(likely)
    share = min(1.0, residual / total)
    return [mid + slack * share for mid, slack in zip(likely, slacks, strict=True)]
