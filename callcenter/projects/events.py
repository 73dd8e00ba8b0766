"""What this room tells others.

`stage_changed` sends the `Project` inside the transaction, with ``was`` and ``by``.
"""

from blinker import signal

stage_changed = signal("projects.stage_changed")
