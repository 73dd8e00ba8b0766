"""What this room tells others.

`decided` sends the `Request` that became approved, rejected or withdrawn, inside
the transaction of the decision; listeners act on those of their own kind.
"""

from blinker import signal

opened = signal("workflow.opened")
decided = signal("workflow.decided")
