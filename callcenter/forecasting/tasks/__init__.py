"""The jobs of this room."""

from callcenter.forecasting.tasks import forecasts, refreshing, studies

__all__ = ["forecasts", "refreshing", "studies"]
