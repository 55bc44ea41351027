"""The targets on their corpus, and on what Hypothesis makes of it."""

from pathlib import Path

from hypothesis import given, strategies as st
import pytest

from tests.properties import examples

from .targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
SEEDS = {name: sorted((CORPUS / name).iterdir()) for name in TARGETS}


@pytest.mark.parametrize("name", TARGETS)
def test_each_target_has_seeds_and_takes_them(name: str) -> None:
    assert SEEDS[name]
    for seed in SEEDS[name]:
        TARGETS[name](seed.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
@examples(100)
def test_whatever_comes(name: str, data: st.DataObject) -> None:
    """Any bytes; and a seed with some of it cut out, doubled, or put in."""
    seed = data.draw(st.sampled_from(SEEDS[name])).read_bytes()
    for _ in range(data.draw(st.integers(0, 4))):
        begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(seed))] * 2)))
        piece = data.draw(st.binary(max_size=8) | st.just(seed[begin:end] * 2))
        seed = seed[:begin] + piece + seed[end:]
    TARGETS[name](data.draw(st.just(seed) | st.binary(max_size=200)))
