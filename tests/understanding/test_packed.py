"""What is packed says the same as the dictionary that it was made of, also after it was kept."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from flows.understanding.packed import Listed, Packed

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.dictionaries(WORDS, st.sampled_from(["nurse", "cook", ""]), max_size=30), WORDS)
def test_packed(items: dict[str, str], other: str) -> None:
    packed: Packed[str] = pickle.loads(pickle.dumps(Packed(items)))
    for word in (*items, other):
        assert packed.get(word) == items.get(word)
        assert (word in packed) == (word in items)
    assert all(packed.key(packed.number(word)) == word for word in items)


@given(st.dictionaries(WORDS, st.lists(st.integers(0, 2**32 - 1), max_size=5), max_size=30), WORDS)
def test_listed(items: dict[str, list[int]], other: str) -> None:
    listed: Listed = pickle.loads(pickle.dumps(Listed(items)))
    for word in (*items, other):
        assert list(listed.get(word)) == items.get(word, [])
