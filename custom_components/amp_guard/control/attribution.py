"""Attribution: what of a sample is whose.

Within what each charger may have drawn, the base load is left where it was: a step that
a charger can explain is the charger's, the rest is the base load's.
"""

from collections.abc import Sequence

from ..model import PhaseValues
from .connector import Connector
from .draw import Bounds
from .step_response import USED_FROM


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
    drew is its own stop. But with any phase above the `limit` a rise is the base load's until a charger says
    otherwise: chargers alone cannot have passed it, and the cut must not be too small.
    """
    bounds = [c.draw.unless_stopped(c.draw_bounds(time, now)) for c in nearest]
    fall = _fall(others, bounds, base_load, current) if base_load else (0.0, 0.0, 0.0)
    if max(fall) >= USED_FROM and any(
        connector.draw.has_stopped(fall, low, time)
        for connector, (low, _, _) in zip(nearest, bounds, strict=True)
    ):
        bounds = [
            connector.draw.unless_stopped(each)
            for connector, each in zip(nearest, bounds, strict=True)
        ]
    doubtless = base_load is None or all(low is high for low, _, high in bounds)
    if doubtless and not any(in_question):
        for connector, (_, likely, _) in zip(nearest, bounds, strict=True):
            connector.draw.settle(likely)
        return
    is_above = max(current) > limit
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


def _fall(
    others: Sequence[Connector],
    bounds: Sequence[Bounds],
    base_load: Sequence[float],
    current: PhaseValues,
) -> tuple[float, float, float]:
    """Return what flows less than the base load and the least that cars may draw, A."""
    a, b, c = base_load
    for low, _, _ in bounds:
        x, y, z = low
        a += x
        b += y
        c += z
    for connector in others:
        x, y, z = connector.draw.estimate
        a += x
        b += y
        c += z
    x, y, z = current
    return a - x, b - y, c - z


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
        before = [
            connector.draw.estimate[phase] if connector.draw.reported_at < time else 0.0
            for connector in nearest
        ]
        highs = [
            min(high, max(mid, drawn))
            for high, mid, drawn in zip(highs, likely, before, strict=True)
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
