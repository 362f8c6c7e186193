"""Very many strings and what they stand for, in little memory.

>>> packed = Packed({"krankenschwester": "nurse", "pflegekraft": "nurse"})
>>> packed.get("pflegekraft"), packed.get("koch"), packed.key(packed.number("pflegekraft"))
('nurse', None, 'pflegekraft')
"""

from array import array
from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from marisa_trie import Trie

V = TypeVar("V", bound=Hashable)


class Packed(Generic[V]):
    """The keys (without NUL) stand in a trie, which gives each a number; their values are numbers too.

    150,000 phrases take 2 MB so, as a `dict` 25 MB; a look-up takes some microseconds. It never changes.
    """

    def __init__(self, items: Mapping[str, V]) -> None:
        self._keys = Trie(items)
        numbers = {value: n for n, value in enumerate(dict.fromkeys(items.values()))}
        self._values = tuple(numbers)
        self._value_of = array("I", [0]) * len(items)
        for key, value in items.items():
            self._value_of[self._keys[key]] = numbers[value]

    def get(self, key: str) -> V | None:
        number = self._keys.get(key)
        return None if number is None else self._values[self._value_of[number]]

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def number(self, key: str) -> int:
        """A key's number; KeyError for what is none."""
        return int(self._keys[key])

    def key(self, number: int) -> str:
        """The key with this number."""
        return str(self._keys.restore_key(number))


class Listed:
    """Strings that stand for many numbers each, all in one array: four bytes a number, in ascending order.

    >>> list(Listed({"ab": [3, 5], "b": [4]}).get("ab")), list(Listed({}).get("x"))
    ([3, 5], [])
    """

    def __init__(self, items: Mapping[str, Sequence[int]]) -> None:
        self._keys = Trie(items)
        self._numbers = array("I")
        self._starts = array("I", [0])
        for number in range(len(items)):
            self._numbers.extend(items[self._keys.restore_key(number)])
            self._starts.append(len(self._numbers))

    def get(self, key: str) -> "array[int]":
        """The numbers of a key; none for what is no key."""
        number = self._keys.get(key)
        return array("I") if number is None else self._numbers[self._starts[number] : self._starts[number + 1]]
