"""Tables of records that become the event loop's memory."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.int64]
Floats = NDArray[np.float64]


class Table:
    """Records of one kind: one block, seen as integers (`m`) and as floats (`f`)."""

    def __init__(self, n: int, size: int) -> None:
        self.size = size
        self.m: Cells = np.zeros((n, size), dtype=np.int64)
        self.f: Floats = self.m.view(np.float64)

    def __len__(self) -> int:
        return len(self.m)


def table_of(rows: Sequence[Sequence[float]], size: int, *, floats: set[int]) -> Table:
    """A table of rows whose columns are integers but for those named."""
    table = Table(len(rows), size)
    for column in range(size):
        view = table.f if column in floats else table.m
        view[:, column] = [row[column] for row in rows]
    return table
