"""What this room tells others.

`stage_changed` sends the `Project` inside the transaction, with ``was`` and ``by``.
`target_changed` sends the id of a `Queue` inside the transaction, with ``from_day``,
the first day on which other thresholds may hold than before, or None for all days.
"""

from blinker import signal

stage_changed = signal("projects.stage_changed")
target_changed = signal("projects.target_changed")
