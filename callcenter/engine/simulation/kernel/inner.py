"""How the event loop is compiled, and how its memory is passed on.

Only the loop as a whole is called from Python and stored on disk; what it calls becomes
part of it and needs neither. A division by zero gives infinity, as in numpy.
"""

from typing import Any

import numpy as np

from callcenter.engine.compiled import is_compiling, njit
from callcenter.engine.simulation.kernel.typing import Cells, Floats

inner = njit(
    nogil=True,
    error_model="numpy",
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)
# What every contact passes through, once or twice in the loop.
tight = njit(
    nogil=True,
    error_model="numpy",
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
    forceinline=True,
)
outer = njit(cache=True, nogil=True, error_model="numpy")

if is_compiling():
    from numba import types
    from numba.core import cgutils
    from numba.extending import intrinsic
    from numba.np.numpy_support import carray

    def _as_pointer(_typing: Any, address: Any) -> Any:
        def code(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], cgutils.voidptr_t)

        return types.voidptr(address), code

    _pointer: Any = intrinsic(_as_pointer)

    @inner
    def borrowed(m: Cells, f: Floats) -> tuple[Cells, Floats]:
        """Both views without an owner: nothing is counted when they are passed on."""
        return (
            carray(_pointer(m.ctypes.data), m.shape, np.int64),
            carray(_pointer(f.ctypes.data), f.shape, np.float64),
        )

else:

    def borrowed(m: Cells, f: Floats) -> tuple[Cells, Floats]:
        """Both views as they are."""
        return m, f
