"""The two views of the memory."""

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.int64]
Floats = NDArray[np.float64]
