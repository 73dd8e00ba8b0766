"""What this room tells others.

`forecast_approved` sends the `Forecast` inside the transaction that stored its
requirements; ``by`` is the user's id. `capacity_approved` sends the `Scenario` that
rules from then on, inside the transaction of its approval; what it asks of recruiting
is read with `queries.hires_needed`. `forecast_proposed` sends the `Forecast` of a
weekly refresh when it has all its figures.
"""

from blinker import signal

forecast_approved = signal("forecasting.forecast_approved")
capacity_approved = signal("forecasting.capacity_approved")
forecast_proposed = signal("forecasting.forecast_proposed")
