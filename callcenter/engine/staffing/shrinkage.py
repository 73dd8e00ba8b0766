"""From agents on contacts to agents on the schedule."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.measures import broadcast, checked


def scheduled_agents(
    required_agents: ArrayLike, shrinkage: ArrayLike
) -> NDArray[np.float64]:
    """How many must be scheduled so that the required number is on contacts.

    Parameters
    ----------
    required_agents : array_like of float, shape (n_cells,), >= 0
    shrinkage : array_like of float, shape (n_cells,), fraction, 0 <= shrinkage < 1

    Returns
    -------
    ndarray of float, shape (n_cells,), fractions kept; see `whole_agents`

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range
    """
    share = checked("shrinkage", shrinkage)
    if (share >= 1.0).any():
        raise EngineInputError("shrinkage must be less than 1")
    shape, (agents, lost) = broadcast(
        required_agents=checked("required_agents", required_agents), shrinkage=share
    )
    return (agents / (1.0 - lost)).reshape(shape)


def whole_agents(scheduled: ArrayLike) -> NDArray[np.float64]:
    """The next whole number of people, forgiving the rounding of a division.

    Parameters
    ----------
    scheduled : array_like of float, shape (n_cells,), >= 0

    Returns
    -------
    ndarray of float, shape (n_cells,), whole numbers
    """
    return np.ceil(checked("scheduled", scheduled) - 1e-9)
