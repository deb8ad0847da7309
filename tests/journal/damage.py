"""Where the rows of a table are in the bytes of a SQLite file, after the format's description."""

from collections.abc import Iterator
from pathlib import Path

LEAF, INTERIOR = 13, 5


class File:
    """The bytes of a database that nobody is using."""

    def __init__(self, path: Path) -> None:
        self.bytes = path.read_bytes()
        self.page_size = int.from_bytes(self.bytes[16:18]) or 65_536

    def cells(self, root: int) -> Iterator[range]:
        """The bytes of each row kept on the leaves of this table's tree."""
        start = (root - 1) * self.page_size
        head = start + (100 if root == 1 else 0)
        count = int.from_bytes(self.bytes[head + 3 : head + 5])
        leaf = self.bytes[head] == LEAF
        pointers = head + (8 if leaf else 12)
        for index in range(count):
            at = start + int.from_bytes(
                self.bytes[pointers + 2 * index : pointers + 2 * index + 2]
            )
            if leaf:
                yield self._cell(at)
            else:
                yield from self.cells(int.from_bytes(self.bytes[at : at + 4]))
        if not leaf:
            yield from self.cells(int.from_bytes(self.bytes[head + 8 : head + 12]))

    def _cell(self, at: int) -> range:
        size, after = self._varint(at)
        _rowid, after = self._varint(after)
        room = self.page_size - 35
        if size <= room:
            return range(at, after + size)
        least = (self.page_size - 12) * 32 // 255 - 23
        here = least + (size - least) % (self.page_size - 4)
        return range(at, after + (here if here <= room else least))

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for index in range(9):
            byte = self.bytes[at + index]
            if index == 8:
                return value << 8 | byte, at + 9
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, at + index + 1
        raise AssertionError
