"""What this room tells others.

`forecast_approved` sends the `Forecast` inside the transaction that stored its
requirements; ``by`` is the user's id.
"""

from blinker import signal

forecast_approved = signal("forecasting.forecast_approved")
