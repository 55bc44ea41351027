"""A year of a household with a power tariff: what is charged, and what it costs in charging.

The household is real (minute means, twelve weeks again and again); its current is spread
evenly over three phases. The car is made: it comes each evening, wants some energy and
leaves at 07:00. It draws whole amperes on three phases, 30 s after it may; the law around
the plan is reduced to what a year needs: cuts at once, raises after 30 s, a main fuse.
Power in W, energy in kWh, money of the tariff's price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from custom_components.amp_guard.plans import CarPower, Moment
from custom_components.amp_guard.plans.presets import PRESETS
from custom_components.amp_guard.plans.tariff import Tariff, TariffPlan, is_weekday
from simulator.house import household_quarter

ZONE = ZoneInfo("Europe/Stockholm")
BEGIN = datetime(2024, 1, 1, tzinfo=ZONE)
"""A Monday, as the household's data begin with one."""
VOLTAGE = 230.0
PHASES = 3
AMPERE = PHASES * VOLTAGE
"""W of a car on three phases for each A."""
LEAST, MOST, FUSE = 6, 16, 25
"""A"""
MINUTE = 60.0
QUARTER = 15
STEP, IDLE_STEP = 10.0, 30.0
"""s between two looks, with a car that wants to charge and without."""
DELAY = 30.0
"""s until a raise is given, and until a car that was paused draws."""
JOULES = 3.6e6
PRICES = {
    "flanders": 4.0,
    "goteborg": 36.25,
    "sweden_winter": 111.5,
    "norway": 100.0,
}
"""Money for a kW and month: about 48 EUR a year (a round figure), 36.25 SEK
[solcellskollen.se, 23 March 2022], 111.50 SEK [seom.se], and 100 NOK from the step up to 5
kW to that up to 10 kW [rakkestadenergi.no, from 1 July 2024]."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Night:
    """A car that is there from `arrives` until `leaves`, s, and wants so much, kWh."""

    arrives: float
    leaves: float
    energy: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """What came of it.

    `charged` is by month what is charged for, W, `money` what it costs. `missing` is the
    energy that was not there by morning, on `short` of `nights`; `starts` are the car's.
    """

    charged: Mapping[date, float]
    money: float
    energy: float
    missing: float
    short: int
    nights: int
    starts: int


@cache
def household(days: int) -> tuple[float, ...]:
    """Return what the household draws in each minute, W."""
    trace = household_quarter()
    minutes, at, amps = [], 0, 0.0
    for minute in range(12 * 7 * 24 * 60):
        while at < len(trace.times) and trace.times[at] <= minute * MINUTE:
            amps = trace.amps[at]
            at += 1
        minutes.append(amps * VOLTAGE)
    return tuple(minutes[m % len(minutes)] for m in range(days * 24 * 60))


def evenings(days: int, seed: int = 1) -> list[Night]:
    """Return the car's nights: 12.7 kWh on average, as of real sessions, from 16 to 20."""
    random = Random(seed)
    return [
        Night(
            arrives=_at(day, random.uniform(16, 20)),
            leaves=_at(day + 1, 7.0),
            energy=random.triangular(3.0, 25.0, 10.0),
        )
        for day in range(days - 1)
    ]


def run(tariff: Tariff, days: int, nights: Sequence[Night], *, obeys: bool) -> Year:
    """Let the days pass, with the tariff's plan or with the fuse alone."""
    plan = TariffPlan(tariff)
    house, meter = household(days), Meter(tariff)
    car, missing, short, starts, energy = Car(), 0.0, 0, 0, 0.0
    waiting = list(reversed(nights))
    end, now = 60.0 * len(house), 0.0
    while now < end:
        drawn = house[int(now // MINUTE)]
        if waiting and now >= waiting[-1].arrives and not car.plugged:
            car.plug(waiting[-1].energy)
        if car.plugged and now >= waiting[-1].leaves:
            night = waiting.pop()
            left = car.unplug()
            missing, short = missing + left, short + (left > 0.1)
            energy += night.energy - left
        clock = (BEGIN.astimezone(UTC) + timedelta(seconds=now)).astimezone(ZONE)
        if obeys:
            cars = {"car": car.power} if car.plugged else {}
            plan.look(Moment(time=now, clock=clock, power=drawn + car.draws, cars=cars))
        allowed = plan.allowed if obeys else None
        most = MOST if allowed is None else int(allowed / AMPERE + 1e-9)
        fuse = int(FUSE - drawn / VOLTAGE / PHASES)
        starts += car.follow(min(most, fuse, MOST), now)
        step = STEP if car.wants else IDLE_STEP
        meter.count(clock, drawn + car.draws, step)
        car.charge(step)
        now += step
    charged = meter.charged
    return Year(
        charged=charged,
        money=_money(tariff, charged),
        energy=energy,
        missing=missing,
        short=short,
        nights=len(nights) - len(waiting),
        starts=starts,
    )


class Car:
    """A car at its charger."""

    def __init__(self) -> None:
        self.plugged = False
        self.left = 0.0
        self.amps = 0
        self._raise_at = self._draws_at = 0.0
        self._now = 0.0

    def plug(self, energy: float) -> None:
        """Come, and want so much, kWh."""
        self.plugged, self.left, self.amps = True, energy, 0

    def unplug(self) -> float:
        """Leave; return what is missing, kWh."""
        self.plugged, self.amps, left = False, 0, self.left
        self.left = 0.0
        return left

    @property
    def wants(self) -> bool:
        """Whether it would charge."""
        return self.plugged and self.left > 0.0

    @property
    def draws(self) -> float:
        """What it draws, W."""
        return self.amps * AMPERE if self._now >= self._draws_at else 0.0

    @property
    def power(self) -> CarPower:
        """What is known of it."""
        return CarPower(
            drawn=self.draws,
            least=LEAST * AMPERE,
            starts_from=LEAST * AMPERE,
            wants=self.wants,
            offered=self.draws > 0,
            idle=False,
        )

    def follow(self, most: int, now: float) -> int:
        """Follow a limit, A; return 1 where it starts."""
        self._now = now
        target = most if most >= LEAST and self.wants else 0
        if target <= self.amps:
            self.amps, self._raise_at = target, now + DELAY
            return 0
        if now < self._raise_at:
            return 0
        starts = int(not self.amps)
        self._draws_at = now + DELAY if starts else self._draws_at
        self.amps, self._raise_at = target, now + DELAY
        return starts

    def charge(self, seconds: float) -> None:
        """Charge for so long."""
        self.left = max(self.left - self.draws * seconds / JOULES, 0.0)


class Meter:
    """The utility's: energy that is imported in each window; the judge."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        self._days: dict[date, dict[date, float]] = {}
        self._key: tuple[datetime, int] | None = None
        self._clock = BEGIN
        self._energy = 0.0

    def count(self, clock: datetime, power: float, seconds: float) -> None:
        """Count what is imported in the next seconds, which lie in one window."""
        hour = clock.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        key = (hour, clock.minute // self._tariff.minutes)
        if key != self._key:
            self._close()
            self._key, self._clock, self._energy = key, clock, 0.0
        self._energy += power * seconds

    def _close(self) -> None:
        if self._key is None:
            return
        mean = self._energy / (60.0 * self._tariff.minutes)
        note(self._tariff, self._days, self._clock, mean)

    @property
    def charged(self) -> dict[date, float]:
        """What is charged for in each month, W."""
        self._close()
        return billed(self._tariff, self._days)


def note(
    tariff: Tariff, months: dict[date, dict[date, float]], clock: datetime, mean: float
) -> None:
    """Note a window's mean power, W, where it counts."""
    hours = tariff.counts(clock, is_workday=is_weekday(clock))
    if hours is not None:
        day = clock.date()
        days = months.setdefault(day.replace(day=1), {})
        days[day] = max(days.get(day, 0.0), hours.share * mean)


def billed(
    tariff: Tariff, months: Mapping[date, Mapping[date, float]]
) -> dict[date, float]:
    """Return what is charged for in each month, W."""
    return {
        month: sum(sorted(days.values(), reverse=True)[: tariff.peaks]) / tariff.peaks
        for month, days in months.items()
    }


def _money(tariff: Tariff, charged: Mapping[date, float]) -> float:
    """Return what the months cost; of steps what they cost above the first one."""
    price = tariff.price or 0.0
    if tariff.steps:
        return sum(
            price * sum(end < power for end in tariff.steps)
            for power in charged.values()
        )
    return sum(price * power / 1000 for power in charged.values())


# --- perfect foresight ------------------------------------------------------------------


def foresight(
    tariff: Tariff, days: int, nights: Sequence[Night]
) -> tuple[dict[date, float], float]:
    """Return what who knew the year would be charged for, W, and pay: never less.

    Each night is charged at the lowest level that is enough, without a least current and
    as if each window were known; a night is charged for in the day that it is highest.
    """
    length = 60.0 * tariff.minutes
    minutes = household(days)
    per = tariff.minutes
    house = [sum(minutes[n : n + per]) / per for n in range(0, len(minutes), per)]
    clocks = [
        (BEGIN.astimezone(UTC) + timedelta(seconds=n * length)).astimezone(ZONE)
        for n in range(len(house))
    ]
    shares = [
        0.0 if hours is None else hours.share
        for clock in clocks
        for hours in [tariff.counts(clock, is_workday=is_weekday(clock))]
    ]
    months: dict[date, dict[date, float]] = {}
    for clock, mean in zip(clocks, house, strict=True):
        note(tariff, months, clock, mean)
    for night in nights:
        windows = range(
            int(-(-night.arrives // length)),
            min(int(night.leaves // length), len(house)),
        )
        level = _level(night.energy, windows, house, shares, length)
        within = [n for n in windows if shares[n] and level > shares[n] * house[n]]
        if within:
            clock = clocks[within[-1]]
            days_of = months.setdefault(clock.date().replace(day=1), {})
            days_of[clock.date()] = max(days_of.get(clock.date(), 0.0), level)
    charged = billed(tariff, months)
    return charged, _money(tariff, charged)


def _level(
    energy: float,
    windows: range,
    house: Sequence[float],
    shares: Sequence[float],
    length: float,
) -> float:
    """Return the lowest counted mean power at which so much is charged, W."""
    low, high = 0.0, FUSE * AMPERE
    for _ in range(24):
        level = (low + high) / 2
        charged = sum(
            min(
                MOST * AMPERE,
                max((level / shares[n] if shares[n] else 1e9) - house[n], 0.0),
            )
            for n in windows
        )
        if charged * length / JOULES >= energy:
            high = level
        else:
            low = level
    return high if low > 0.0 else 0.0


def _at(day: int, hour: float) -> float:
    """Return the s from the begin until an hour of local time, whole steps of 30 s."""
    clock = datetime.combine(BEGIN.date() + timedelta(days=day), datetime.min.time())
    begun = clock.replace(tzinfo=ZONE).astimezone(UTC)
    seconds = (begun - BEGIN.astimezone(UTC)).total_seconds() + 3600 * hour
    return seconds // IDLE_STEP * IDLE_STEP


# --- the table ----------------------------------------------------------------------------


def tariffs() -> dict[str, Tariff]:
    """Return the tariffs that are tried, by their presets, each with a price.

    Norway's once more, by who takes the step into account that the house alone is in.
    """
    tried = {
        name: Tariff(
            minutes=preset.minutes,
            rule=preset.rule,
            figure=preset.figure,
            peaks=preset.peaks,
            hours=preset.hours,
            steps=preset.steps,
            price=PRICES[name],
        )
        for name, preset in PRESETS.items()
        if name in PRICES
    }
    return tried | {"norway_10_kw": replace(tried["norway"], figure=10_000.0)}


def print_year(name: str, tariff: Tariff, days: int, seed: int) -> None:
    """Print a year with a tariff: with the plan, without, and who knew it."""
    nights = evenings(days, seed)
    known, least = foresight(tariff, days, nights)
    rows = {
        "no limit": run(tariff, days, nights, obeys=False),
        "plan": run(tariff, days, nights, obeys=True),
        "house alone": run(tariff, days, [], obeys=False),
    }
    print(f"{name}: {days} days, seed {seed}")
    print("               kW charged   money    kWh  kWh missing  nights short  starts")
    for who, year in rows.items():
        print(
            f"  {who:12} {_mean(year.charged):10.2f} {year.money:8.0f} {year.energy:6.0f}"
            f" {year.missing:12.1f} {year.short:8d}/{year.nights:<4d} {year.starts:7d}"
        )
    print(f"  foresight    {_mean(known):10.2f} {least:8.0f}")


def _mean(charged: Mapping[date, float]) -> float:
    return sum(charged.values()) / len(charged) / 1000
