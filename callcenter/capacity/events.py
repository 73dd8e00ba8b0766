"""What this room tells others.

`capacity_approved` sends the `Scenario` that rules from then on, inside the transaction
of its approval; ``by`` is the user's id. What it asks of recruiting is read with
`queries.hires_needed`.
"""

from blinker import signal

capacity_approved = signal("capacity.capacity_approved")
