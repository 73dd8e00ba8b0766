"""Known lines as arrays."""

import numpy as np

from callcenter.engine.rostering.duties.model import OFF, Bools, Floats, Ints


class Table:
    """Known lines as arrays that grow."""

    def __init__(self, n_days: int) -> None:
        self._size = 0
        self._lines = np.full((64, n_days), OFF, np.int64)
        self._owner = np.zeros(64, np.int64)
        self._points = np.zeros(64)
        self.fits: Bools = np.zeros(0, np.bool_)

    def add(self, lines: Ints, owner: Ints, points: Floats) -> None:
        """Append lines."""
        until = self._size + len(lines)
        if until > len(self._lines):
            more = (2 * until) - len(self._lines)
            self._lines = np.pad(self._lines, ((0, more), (0, 0)))
            self._owner = np.pad(self._owner, (0, more))
            self._points = np.pad(self._points, (0, more))
        self._lines[self._size : until] = lines
        self._owner[self._size : until] = owner
        self._points[self._size : until] = points
        self._size = until
        self.fits = np.concatenate((self.fits, np.ones(len(lines), np.bool_)))

    def bind(self, may: dict[int, Bools]) -> None:
        """Tell which lines keep to what their owners may do, by the owner's place."""
        self.fits = np.ones(self._size, np.bool_)
        day = np.arange(self._lines.shape[1])
        for place, allowed in may.items():
            mine = np.flatnonzero(self.owner == place)
            self.fits[mine] = allowed[day, self._lines[mine]].all(axis=1)

    @property
    def lines(self) -> Ints:
        """Shape (n_lines, n_days)."""
        return self._lines[: self._size]

    @property
    def owner(self) -> Ints:
        """The owner's place among the part's people, shape (n_lines,)."""
        return self._owner[: self._size]

    @property
    def points(self) -> Floats:
        """Points of wishes, shape (n_lines,)."""
        return self._points[: self._size]

    def values(self, prices: Floats) -> Floats:
        """Points less what the line earns at these prices, shape (n_lines,)."""
        padded = np.concatenate((prices, np.zeros((len(prices), 1))), axis=1)
        flat = self.lines % padded.shape[1]
        flat += np.arange(len(prices)) * padded.shape[1]
        return np.asarray(self.points - np.take(padded, flat).sum(axis=1))
