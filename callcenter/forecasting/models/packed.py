"""Arrays as columns."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    # Most pages read no packed day, so numpy comes with the first one.
    Floats = Any


class PackedFloats(TypeDecorator[Floats]):
    """The values of a day's intervals as little-endian 32-bit floats, in order."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Floats | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """The bytes."""
        if value is None:
            return None
        import numpy as np

        return np.ascontiguousarray(value, dtype="<f4").tobytes()

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether two arrays hold the same, unknown values included."""
        import numpy as np

        return x is y or (
            x is not None and y is not None and np.array_equal(x, y, equal_nan=True)
        )

    def process_result_value(self, value: Any, dialect: Dialect) -> Floats | None:  # noqa: ARG002
        """The values, shape (n_slots,)."""
        if value is None:
            return None
        import numpy as np

        return np.frombuffer(bytes(value), dtype="<f4").astype(np.float64)
