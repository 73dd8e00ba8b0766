"""What programs may ask of this room."""

from callcenter.forecasting.api import forecasts, knowledge
from callcenter.forecasting.api.blueprint import api_bp

__all__ = ["api_bp", "forecasts", "knowledge"]
