"""Making forecasts, changing them by hand, and seeing how they come true."""
