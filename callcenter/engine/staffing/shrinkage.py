"""From agents on contacts to agents on the schedule."""

from collections.abc import Mapping

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
    required_agents : array_like of float, shape (n_cells,), >= 0; NaN is unknown
    shrinkage : array_like of float, shape (n_cells,), fraction, 0 <= shrinkage < 1

    Returns
    -------
    ndarray of float, shape (n_cells,), fractions kept; see `whole_agents`; NaN where
    it is not known who is required

    Raises
    ------
    EngineInputError : the shapes do not fit, or a value is out of its range
    """
    share = checked("shrinkage", shrinkage)
    if (share >= 1.0).any():
        raise EngineInputError("shrinkage must be less than 1")
    required, is_known = _known("required_agents", required_agents)
    shape, (agents, known, lost) = broadcast(
        required_agents=required, known=is_known, shrinkage=share
    )
    return np.where(known > 0.0, agents / (1.0 - lost), np.nan).reshape(shape)


def combined_shrinkage(
    of_paid_time: Mapping[str, ArrayLike],
    of_the_rest: Mapping[str, ArrayLike] | None = None,
) -> NDArray[np.float64]:
    """The whole shrinkage of several kinds, each as it is measured.

    Kinds that are shares of all paid time add up: leave of 10 % and training of 5 %
    take 15 %. Kinds that are shares of what remains multiply: of the 85 % present,
    breaks of 10 % leave 76.5 %.

    Parameters
    ----------
    of_paid_time : mapping of kind to array_like of float, shape (n_cells,), fraction
    of_the_rest : mapping of kind to array_like of float, shape (n_cells,), fraction

    Returns
    -------
    ndarray of float, shape (n_cells,), fraction of paid time

    Raises
    ------
    EngineInputError : a share is out of its range, the shapes do not fit, or nothing is
        left of the paid time

    Source: Cleveland and Mayben (1997), Call Center Management on Fast Forward,
    chapter 8.
    """
    outer = {name: _share(name, value) for name, value in of_paid_time.items()}
    inner = {name: _share(name, value) for name, value in (of_the_rest or {}).items()}
    both = {f"paid:{k}": v for k, v in outer.items()}
    both |= {f"rest:{k}": v for k, v in inner.items()}
    if not both:
        return np.zeros(())
    shape, arrays = broadcast(**both)
    named = dict(zip(both, arrays, strict=True))
    left = 1.0 - sum(v for k, v in named.items() if k.startswith("paid:"))
    for name, value in named.items():
        left = left * (1.0 - value) if name.startswith("rest:") else left
    if (np.asarray(left) <= 1e-12).any():
        raise EngineInputError("the shrinkages together leave no paid time")
    whole: NDArray[np.float64] = 1.0 - np.asarray(left)
    return whole.reshape(shape)


def _known(
    name: str, value: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The values with 0 where they are NaN, and 1 where they are known, else 0."""
    array = np.asarray(value, dtype=np.float64)
    is_missing = np.isnan(array)
    return checked(name, np.where(is_missing, 0.0, array)), 1.0 - is_missing


def _share(name: str, value: ArrayLike) -> NDArray[np.float64]:
    share = checked(f"shrinkage {name}", value)
    if (share >= 1.0).any():
        raise EngineInputError(f"shrinkage {name} must be less than 1")
    return share


def whole_agents(scheduled: ArrayLike) -> NDArray[np.float64]:
    """The next whole number of people, forgiving the rounding of a division.

    Parameters
    ----------
    scheduled : array_like of float, shape (n_cells,), >= 0; NaN is unknown

    Returns
    -------
    ndarray of float, shape (n_cells,), whole numbers; NaN stays
    """
    agents, is_known = _known("scheduled", scheduled)
    whole = np.maximum(np.ceil(agents - 1e-9), 0.0)
    return np.where(is_known > 0.0, whole, np.nan)
