"""How long callers are willing to wait, and whether they call again, from contacts.

Most callers are answered before their patience ends: what is seen is that it was longer
than their wait. Such data are censored, and the mean wait of those who gave up says
little; the estimators here use every wait. Contacts that end within a few seconds are
mostly misdials and announcements heard out; they are kept apart.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing.measures import Floats, checked

_Z = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True)
class Patience:
    """Patience of callers.

    Attributes
    ----------
    mean_s : float, seconds, of the exponential patience behind Erlang A; inf when
        nobody gave up
    lower_s, upper_s : float, seconds, 95 % band of the mean
    short_share : float, fraction of contacts that gave up within the short time
    n_abandoned, n_contacts : int, gave up after the short time; waited longer than it
    times_s : ndarray of float, shape (n_times,), waits at which somebody gave up
    survival : ndarray of float, shape (n_times,), share whose patience is longer
    survival_lower, survival_upper : ndarray of float, shape (n_times,), 95 % band
    hazard_edges_s : ndarray of float, shape (n_bins + 1,), seconds
    hazard : ndarray of float, shape (n_bins,), share that leaves per second
    """

    mean_s: float
    lower_s: float
    upper_s: float
    short_share: float
    n_abandoned: int
    n_contacts: int
    times_s: Floats
    survival: Floats
    survival_lower: Floats
    survival_upper: Floats
    hazard_edges_s: Floats
    hazard: Floats


@dataclass(frozen=True)
class Redial:
    """Callers who gave up and called again.

    Attributes
    ----------
    share : float, fraction of those who gave up; NaN when nobody did
    lower, upper : float, fraction, 95 % band
    mean_delay_s : float, seconds until the next call of those who called again
    n_abandoned : int
    """

    share: float
    lower: float
    upper: float
    mean_delay_s: float
    n_abandoned: int


def estimate_patience(
    waited_s: ArrayLike,
    is_abandoned: ArrayLike,
    *,
    short_s: float = 5.0,
    n_bins: int = 20,
) -> Patience:
    """Estimate patience from the waits of all contacts of a queue.

    Parameters
    ----------
    waited_s : array_like of float, shape (n_contacts,), seconds until answered or left
    is_abandoned : array_like of bool, shape (n_contacts,), whether it was left
    short_s : float, seconds, >= 0; who left sooner is counted apart, and the clock of
        the others starts there
    n_bins : int, bins of the hazard, with about as many leaving in each

    Returns
    -------
    Patience; the mean is that of an exponential law fitted to the censored waits, the
    survival curve that of Kaplan and Meier

    Raises
    ------
    EngineInputError : the shapes differ, a wait is negative or missing

    Source: Kaplan and Meier (1958), JASA 53, with Greenwood's variance on the log-log
    scale (Kalbfleisch and Prentice 2002, section 1.4); Brown et al. (2005), Statistical
    analysis of a telephone call center, JASA 100, section 5.
    """
    waited = checked("waited_s", waited_s).reshape(-1)
    left = np.asarray(is_abandoned, dtype=bool).reshape(-1)
    if waited.shape != left.shape:
        raise EngineInputError("waited_s and is_abandoned must be of one length")
    if short_s < 0.0 or n_bins < 1:
        raise EngineInputError("short_s must not be negative, n_bins at least 1")
    is_short = left & (waited < short_s)
    stayed = waited >= short_s
    waited, left = waited[stayed], left[stayed]
    n_left = int(left.sum())
    exposure = float((waited - short_s).sum())
    mean = exposure / n_left if n_left else np.inf
    spread = np.exp(_Z / np.sqrt(n_left)) if n_left else np.inf
    edges, hazard = _hazard(waited, left, short_s, n_bins)
    return Patience(
        mean_s=mean,
        lower_s=mean / spread if n_left else exposure / 3.0,
        upper_s=mean * spread,
        short_share=float(is_short.mean()) if is_short.size else 0.0,
        n_abandoned=n_left,
        n_contacts=int(waited.size),
        **_kaplan_meier(waited, left),
        hazard_edges_s=edges,
        hazard=hazard,
    )


def estimate_redial(
    caller: ArrayLike,
    arrived_s: ArrayLike,
    is_abandoned: ArrayLike,
    *,
    within_s: float = 3600.0,
) -> Redial:
    """Estimate the share of those who gave up that call again.

    Parameters
    ----------
    caller : array_like, shape (n_contacts,), the same value for the same caller
    arrived_s : array_like of float, shape (n_contacts,), seconds on one clock
    is_abandoned : array_like of bool, shape (n_contacts,)
    within_s : float, seconds, > 0; a later call is another matter

    Returns
    -------
    Redial; contacts that the records end too soon after are censored

    Raises
    ------
    EngineInputError : the shapes differ or a value is out of its range

    Source: Aguir, Karaesmen, Aksin and Chauvet (2004), The impact of retrials on call
    center performance, OR Spectrum 26; the share is that of Kaplan and Meier.
    """
    who = np.asarray(caller).reshape(-1)
    at = np.asarray(arrived_s, dtype=np.float64).reshape(-1)
    left = np.asarray(is_abandoned, dtype=bool).reshape(-1)
    if not who.shape == at.shape == left.shape:
        raise EngineInputError(
            "caller, arrived_s and is_abandoned must be of one length"
        )
    if not np.isfinite(at).all() or within_s <= 0.0:
        raise EngineInputError("arrived_s must be finite and within_s above 0")
    if not left.any():
        return Redial(np.nan, np.nan, np.nan, np.nan, 0)
    codes = np.unique(who, return_inverse=True)[1].reshape(-1)
    order = np.lexsort((at, codes))
    codes, at, left = codes[order], at[order], left[order]
    gap = np.append(np.diff(at), np.inf)
    gap[np.append(np.diff(codes) != 0, True)] = np.inf
    seen = np.minimum(at.max() - at, within_s)
    again = left & (gap <= seen)
    curve = _kaplan_meier(np.where(again, gap, seen)[left], again[left])
    ends = {name: each[-1] if each.size else 1.0 for name, each in curve.items()}
    return Redial(
        share=1.0 - float(ends["survival"]),
        lower=1.0 - float(ends["survival_upper"]),
        upper=1.0 - float(ends["survival_lower"]),
        mean_delay_s=float(gap[again].mean()) if again.any() else np.nan,
        n_abandoned=int(left.sum()),
    )


def _kaplan_meier(waited: Floats, left: NDArray[np.bool_]) -> dict[str, Floats]:
    """The survival curve at the times somebody left, with its 95 % band."""
    order = np.argsort(waited, kind="stable")
    waited, left = waited[order], left[order]
    times, first = np.unique(waited, return_index=True)
    leaving = np.add.reduceat(left.astype(np.float64), first) if times.size else times
    at_risk = (waited.size - first).astype(np.float64)
    some = leaving > 0.0
    times, leaving, at_risk = times[some], leaving[some], at_risk[some]
    with np.errstate(divide="ignore", invalid="ignore"):
        log_survival = np.cumsum(np.log1p(-leaving / at_risk))
        variance = np.cumsum(leaving / (at_risk * (at_risk - leaving)))
        half = _Z * np.sqrt(variance) / np.abs(log_survival)
        survival = np.exp(log_survival)
        lower = np.exp(log_survival * np.exp(half))
        upper = np.exp(log_survival * np.exp(-half))
    return {
        "times_s": times,
        "survival": survival,
        "survival_lower": np.nan_to_num(lower),
        "survival_upper": np.nan_to_num(upper),
    }


def _hazard(
    waited: Floats, left: NDArray[np.bool_], short_s: float, n_bins: int
) -> tuple[Floats, Floats]:
    """Leaving per second of waiting, in bins with about as many leaving in each."""
    if not left.any():
        return np.array([short_s, max(short_s, waited.max(initial=short_s))]), np.zeros(
            1
        )
    inner = np.quantile(waited[left], np.linspace(0.0, 1.0, n_bins + 1)[1:])
    edges = np.unique(np.concatenate([[short_s], inner]))
    if edges.size < 2:
        edges = np.array([short_s, short_s + 1.0])
    edges = edges.astype(np.float64)
    ordered = np.sort(waited)
    total = np.concatenate([[0.0], np.cumsum(ordered)])
    place = np.searchsorted(ordered, edges, side="right")
    inside = np.diff(total[place]) - edges[:-1] * np.diff(place)
    beyond = (ordered.size - place[1:]) * np.diff(edges)
    exposure = inside + beyond
    counted = np.histogram(waited[left], bins=edges)[0].astype(np.float64)
    return edges, counted / np.maximum(exposure, 1e-12)
