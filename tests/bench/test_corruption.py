"""The bench sees a grant that only false samples left room for."""

from bench.corruption import Corruption
from custom_components.amp_guard.model import NO_CURRENT, PhaseValues

TRUE = PhaseValues(12.4, 14.6, 13.9)
GIVEN = PhaseValues(16.0, 16.0, 16.0)


def passed(corruption: Corruption, samples: int) -> list[PhaseValues | None]:
    return [
        corruption.pass_on(TRUE, NO_CURRENT, 10.0 * count) for count in range(samples)
    ]


def test_a_raise_on_false_samples_alone_is_counted() -> None:
    corruption = Corruption(1.0, all_told=False, seed=1)
    for each in (PhaseValues(2.0, 2.0, 2.0), PhaseValues(1.0, 3.0, 2.0)):
        corruption._corrupt = lambda sample, each=each: sample.__class__(
            time=sample.time, current=each
        )
        corruption.pass_on(TRUE, NO_CURRENT, 0.0)
    corruption.judge_raise(GIVEN, 25.0)
    assert corruption.grants_from_false == 1
    # What the true samples leave room for as well is nobody's harm.
    corruption.judge_raise(PhaseValues(6.0, 6.0, 6.0), 25.0)
    assert corruption.grants_from_false == 1


def test_one_true_sample_holds_the_raise_back() -> None:
    corruption = Corruption(0.0, all_told=False, seed=1)
    assert passed(corruption, 3) == [TRUE, TRUE, TRUE]
    corruption.judge_raise(GIVEN, 25.0)
    assert corruption.grants_from_false == 0
    assert corruption.false_samples == 0


def test_the_share_is_kept_and_most_that_matters_is_rejected() -> None:
    corruption = Corruption(0.1, all_told=True, seed=1)
    taken = passed(corruption, 5000)
    assert 400 < corruption.false_samples < 600
    assert corruption.rejected_samples == taken.count(None)
    wrong = [each for each in taken if each is not None and each != TRUE]
    # A lost digit that changes little cannot be told from the truth.
    assert len(wrong) < 0.1 * corruption.false_samples


def test_a_load_that_starts_is_seen_though_a_voltage_is_wrong() -> None:
    corruption = Corruption(0.0, all_told=True, seed=1)
    risen = PhaseValues(TRUE.l1 + 10.0, TRUE.l2, TRUE.l3)
    taken = [
        corruption.pass_on(current, NO_CURRENT, 0.0)
        for _ in range(500)
        for current in (TRUE, TRUE, risen)
    ][2::3]
    assert 50 < corruption.false_samples < 150
    # Unless it is the voltage of the very phase: then one sample later.
    assert taken.count(None) < 0.5 * corruption.false_samples
    assert set(taken) == {risen, None}
