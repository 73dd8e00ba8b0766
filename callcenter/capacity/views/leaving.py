"""How people leave, as the page of a plan tells it."""

from typing import Any

from callcenter.capacity import services
from callcenter.capacity.views import words


def tenure(curve: Any) -> list[dict[str, Any]]:
    """The share of people leaving within four weeks, by class of tenure."""
    import numpy as np

    def month(rate: float) -> float:
        return float(1.0 - np.exp(-4.0 * rate))

    return [
        {
            "name": words.tenure_name(first, end),
            "month": month(curve.hazard[place]),
            "lower": month(curve.lower[place]),
            "upper": month(curve.upper[place]),
            "leavers": float(curve.counts.leavers[place]),
        }
        for place, (first, end) in enumerate(services.tenure_classes())
    ]


def staying(curve: Any) -> list[tuple[int, float]]:
    """The share of people who stay so many days."""
    days = (30, 60, 90, 180, 365)
    shares = curve.staying([each / 7 for each in days]).tolist()
    return list(zip(days, shares, strict=True))
