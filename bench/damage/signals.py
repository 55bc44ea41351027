"""How one signal of a meter or of a charger goes wrong, from one moment on.

Each fault is a public report's: a current transformer that fell off, a factor that is
set wrong, a reading that stays when the session has ended.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from custom_components.amp_guard.chargers.reading import LARGEST_CURRENT
from custom_components.amp_guard.model import (
    NO_CURRENT,
    ChargerReading,
    ChargerStatus,
    Phase,
    PhaseValues,
)
from simulator.house import House

REBOOT_LASTS = 45.0
"""s for which a meter that restarts reads nothing on all phases."""
NOISE = 0.3
"""A, at the most, that a current transformer shows with nothing in it."""
REMEMBERED = 120.0
"""s of what was true that a late signal can be of."""


# --- a meter --------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterDamage:
    """From `start` (s) on, `fault` befalls `phase`; `other` is what another day drew."""

    fault: str
    phase: Phase
    start: float
    other: House


@dataclass(kw_only=True, slots=True)
class _Measured:
    """What a meter measures now and measured before: A that are true."""

    now: float
    current: PhaseValues
    before: deque[tuple[float, PhaseValues]]
    at_start: PhaseValues
    damage: MeterDamage
    random: Random

    @property
    def amps(self) -> float:
        """What is true of the phase."""
        return self.current[self.damage.phase]

    def as_of(self, time: float) -> PhaseValues:
        """What was true at the last sample until `time`."""
        return next(
            (current for taken, current in reversed(self.before) if taken <= time),
            self.before[0][1],
        )


type _Fault = Callable[[_Measured], PhaseValues | None]


def _on_phase(change: Callable[[_Measured], float]) -> _Fault:
    return lambda seen: with_phase(seen.current, seen.damage.phase, change(seen))


def _scaled(factor: float) -> _Fault:
    return _on_phase(lambda seen: seen.amps * factor)


def _rounded(step: float) -> _Fault:
    return _on_phase(lambda seen: round(seen.amps / step) * step)


def _late(delay: float) -> _Fault:
    return lambda seen: seen.as_of(seen.now - delay)


def _swap(seen: _Measured) -> PhaseValues:
    phase, current = seen.damage.phase, seen.current
    other = following(phase)
    swapped = with_phase(current, phase, current[other])
    return with_phase(swapped, other, current[phase])


def _reboot(seen: _Measured) -> PhaseValues:
    over = seen.now >= seen.damage.start + REBOOT_LASTS
    return seen.current if over else NO_CURRENT


METER_FAULTS: Mapping[str, _Fault] = {
    "none": lambda seen: seen.current,
    "missing": lambda _: None,
    "zero": _on_phase(lambda _: 0.0),
    "constant": _on_phase(lambda seen: seen.at_start[seen.damage.phase]),
    "noise of 0-0.3 A": _on_phase(lambda seen: seen.random.uniform(0.0, NOISE)),
    "× 1/1000": _scaled(0.001),
    "× 1/10": _scaled(0.1),
    "× 10": _scaled(10.0),
    "× 1000": _scaled(1000.0),
    "sign turned": _scaled(-1.0),
    "swapped": _swap,
    "10 s late": _late(10.0),
    "60 s late": _late(60.0),
    "half-updated": _on_phase(lambda seen: seen.before[-1][1][seen.damage.phase]),
    "in steps of 1 A": _rounded(1.0),
    "in steps of 5 A": _rounded(5.0),
    "of another day": _on_phase(
        lambda seen: seen.damage.other.current_at(seen.now)[seen.damage.phase]
    ),
    "all 0 for 45 s": _reboot,
}
"""What is measured instead of the truth, before the meter rounds; None: no sample."""

WHOLE_METER = {"missing", "10 s late", "60 s late", "all 0 for 45 s"}
"""Faults that are no single phase's."""


def damaged_phases(damage: MeterDamage) -> tuple[Phase, ...]:
    """Return the phases of which it is right to say that they are not measured."""
    if damage.fault == "none":
        return ()
    if damage.fault in WHOLE_METER:
        return tuple(Phase)
    if damage.fault == "swapped":
        return damage.phase, following(damage.phase)
    return (damage.phase,)


class DamagedMeter:
    """Applies a damage to what is true, sample by sample."""

    def __init__(self, damage: MeterDamage, seed: int) -> None:
        """The same `seed` gives the same noise."""
        self._damage = damage
        self._fault = METER_FAULTS[damage.fault]
        self._random = Random(seed)
        self._before: deque[tuple[float, PhaseValues]] = deque()
        self._at_start: PhaseValues | None = None

    def apply(self, current: PhaseValues, now: float) -> PhaseValues | None:
        """Return what is measured of the true `current`, A; None: nothing."""
        measured: PhaseValues | None = current
        if now >= self._damage.start:
            if self._at_start is None:
                self._at_start = current
            measured = self._fault(
                _Measured(
                    now=now,
                    current=current,
                    before=self._before or deque([(now, current)]),
                    at_start=self._at_start,
                    damage=self._damage,
                    random=self._random,
                )
            )
        self._before.append((now, current))
        while self._before[0][0] < now - REMEMBERED:
            self._before.popleft()
        return measured


# --- a charger ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportDamage:
    """From `start` (s) on, `fault` befalls what a charger reports."""

    fault: str
    start: float


@dataclass(kw_only=True, slots=True)
class _Reported:
    """What a charger reports now and reported before."""

    now: float
    reading: ChargerReading
    before: deque[tuple[float, ChargerReading]]
    at_start: ChargerReading
    last_charging: ChargerReading
    """The newest of those with a car that drew."""


type _ReportFault = Callable[[_Reported], ChargerReading]


def _reported_times(factor: float) -> _ReportFault:
    def scale(seen: _Reported) -> ChargerReading:
        current = seen.reading.current
        if current is None:
            return seen.reading
        scaled = PhaseValues(*(amps * factor for amps in current))
        # What no charger draws is not read as a current.
        believable = max(scaled) <= LARGEST_CURRENT
        return replace(seen.reading, current=scaled if believable else None)

    return scale


def _no_current(seen: _Reported) -> ChargerReading:
    return replace(seen.reading, current=None, current_time=None)


def _left_over(seen: _Reported) -> ChargerReading:
    return replace(seen.reading, current=seen.last_charging.current)


def _reported_late(delay: float) -> _ReportFault:
    def postpone(seen: _Reported) -> ChargerReading:
        late = next(
            (each for time, each in reversed(seen.before) if time <= seen.now - delay),
            seen.before[0][1],
        )
        time = None if late.current_time is None else late.current_time + delay
        return replace(late, current_time=time)

    return postpone


def _status_stuck(seen: _Reported) -> ChargerReading:
    return replace(seen.reading, status=seen.at_start.status)


REPORT_FAULTS: Mapping[str, _ReportFault] = {
    "current missing": _no_current,
    "current left over": _left_over,
    "current × 1/1000": _reported_times(0.001),
    "current × 1/10": _reported_times(0.1),
    "current × 10": _reported_times(10.0),
    "60 s late": _reported_late(60.0),
    "status stuck": _status_stuck,
}
"""What is read instead of the true report."""


class DamagedReport:
    """Applies a damage to what a charger reports, reading by reading."""

    def __init__(self, damage: ReportDamage) -> None:
        self._damage = damage
        self._fault = REPORT_FAULTS[damage.fault]
        self._before: deque[tuple[float, ChargerReading]] = deque()
        self._at_start: ChargerReading | None = None
        self._last_charging: ChargerReading | None = None

    def apply(self, reading: ChargerReading, now: float) -> ChargerReading:
        """Return what is read of the true `reading`."""
        if reading.status is ChargerStatus.CHARGING or self._last_charging is None:
            self._last_charging = reading
        read = reading
        if now >= self._damage.start:
            if self._at_start is None:
                self._at_start = reading
            read = self._fault(
                _Reported(
                    now=now,
                    reading=reading,
                    before=self._before or deque([(now, reading)]),
                    at_start=self._at_start,
                    last_charging=self._last_charging,
                )
            )
        self._before.append((now, reading))
        while self._before[0][0] < now - REMEMBERED:
            self._before.popleft()
        return read


def following(phase: Phase) -> Phase:
    """Return the phase after this one, L1 after L3."""
    return Phase((phase + 1) % len(Phase))


def with_phase(current: PhaseValues, phase: Phase, amps: float) -> PhaseValues:
    """Return `current` with another figure on one phase."""
    figures = list(current)
    figures[phase] = amps
    return PhaseValues(*figures)
