"""Tables as columns: frozen dataclasses whose fields are arrays of one length."""

from dataclasses import fields
from typing import Self

import numpy as np

from callcenter.demo.calendar import Bools, Ints


class Table:
    """A frozen dataclass whose fields are arrays of one length."""

    def pick(self, rows: Ints | Bools) -> Self:
        """The given rows, in the given order."""
        columns = {f.name: getattr(self, f.name)[rows] for f in fields(self)}  # type: ignore[arg-type]
        return type(self)(**columns)

    def compact(self) -> Self:
        """The same with four bytes a number, but for instants (`…_at`)."""
        columns = {}
        for f in fields(self):  # type: ignore[arg-type]
            column = getattr(self, f.name)
            narrow = not f.name.endswith("_at")
            columns[f.name] = column.astype(np.int32) if narrow else column
        return type(self)(**columns)

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """All parts below each other."""
        return cls(
            **{
                f.name: np.concatenate([getattr(part, f.name) for part in parts])
                for f in fields(cls)  # type: ignore[arg-type]
            }
        )

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))  # type: ignore[arg-type]
