"""How often each content was seen, in little memory whatever their number."""

from array import array

_START = 1 << 12


class Seen:
    """Counts occurrences of digests; 8 bytes and a free place for each that was seen once.

    A digest is kept by its first 64 bits: of ten million contents two would be taken for one with a chance of one in
    four hundred thousand, and then the second would merely be counted as a copy.
    """

    __slots__ = ("_again", "_mask", "_table", "_used")

    def __init__(self) -> None:
        self._table = array("Q", bytes(8 * _START))
        self._mask = _START - 1
        self._used = 0
        self._again: dict[int, int] = {}

    def count(self, sha256: str) -> int:
        """How often this digest was counted before."""
        key = int(sha256[:16], 16) or 1
        table, mask = self._table, self._mask
        place = key & mask
        while held := table[place]:
            if held == key:
                number = self._again.get(key, 0) + 1
                self._again[key] = number
                return number
            place = (place + 1) & mask
        table[place] = key
        self._used += 1
        if self._used * 2 > mask:
            self._grow()
        return 0

    def _grow(self) -> None:
        mask = self._mask * 4 + 3
        table = array("Q", bytes(8 * (mask + 1)))
        for key in self._table:
            if key:
                place = key & mask
                while table[place]:
                    place = (place + 1) & mask
                table[place] = key
        self._table, self._mask = table, mask
