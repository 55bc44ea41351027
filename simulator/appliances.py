"""What switches within seconds: made, as no published household trace shows it."""

from collections.abc import Iterable
from random import Random

from custom_components.amp_guard.model import NO_CURRENT, Phase, PhaseValues

from .house import Step

DAY = 86_400.0
HOUR = 3_600.0


def switch(
    phase: Phase, current: float, intervals: Iterable[tuple[float, float]]
) -> list[Step]:
    """Return a source of `current` A on `phase`, on in each (start, end), s."""
    on = PhaseValues(*(current if phase == each else 0.0 for each in Phase))
    steps: list[Step] = []
    for start, end in intervals:
        steps += [Step(start, on), Step(end, NO_CURRENT)]
    return steps


def kettle(phase: Phase, starts: Iterable[float]) -> list[Step]:
    """Return a kettle: 9 A for 3 min from each of `starts`, s."""
    return switch(phase, 9.0, ((start, start + 180) for start in starts))


def oven(phase: Phase, start: float, end: float) -> list[Step]:
    """Return an oven from `start` to `end`, s: 10 A, 30 s on and 40 s off."""
    cycles = int((end - start) // 70) + 1
    begins = [start + 70 * cycle for cycle in range(cycles) if start + 70 * cycle < end]
    return switch(phase, 10.0, [(begin, min(begin + 30, end)) for begin in begins])


def pump(
    phase: Phase, current: float, intervals: Iterable[tuple[float, float]]
) -> list[Step]:
    """Return a pump of `current` A in each interval; it starts at 4 x for 0.5 s."""
    steps: list[Step] = []
    for start, end in intervals:
        running = switch(phase, current, [(start + 0.5, end)])
        steps += switch(phase, 4 * current, [(start, start + 0.5)])[:1] + running
    return steps


def daily_appliances(seed: int, duration: float) -> list[list[Step]]:
    """Return a household's kettle, oven and pump over `duration` s from midnight.

    Each day a kettle on L1 three to six times between 6 and 22 h, an oven on L2 for 30
    to 60 min about noon on two days of three and about 18 h on all, and a pump of 3 A
    on L3 for 1 to 3 min every 20 to 60 min. The same `seed` gives the same times.
    """
    random = Random(seed)
    days = int(duration // DAY) + 1
    kettles: list[float] = []
    ovens: list[list[Step]] = []
    for day in range(days):
        midnight = day * DAY
        kettles += [
            midnight + random.uniform(6 * HOUR, 22 * HOUR)
            for _ in range(random.randint(3, 6))
        ]
        begins = [random.gauss(18 * HOUR, 1800)]
        if random.random() < 2 / 3:
            begins.append(random.gauss(12 * HOUR, 1800))
        for begin in begins:
            length = random.uniform(1800, 3600)
            ovens.append(oven(Phase.L2, midnight + begin, midnight + begin + length))
    pumping: list[tuple[float, float]] = []
    at = random.uniform(0, HOUR)
    while at < duration:
        pumping.append((at, at + random.uniform(60, 180)))
        at = pumping[-1][1] + random.uniform(1200, 3600)
    boiling = [kettle(Phase.L1, [start]) for start in kettles]
    return [*boiling, *ovens, pump(Phase.L3, 3.0, pumping)]
