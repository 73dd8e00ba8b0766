"""What this room tells others."""

from blinker import signal

# The sender is the `Schedule`.
schedule_published = signal("scheduling.schedule_published")
# The sender is the `Shift`; `was` holds its columns before.
shift_changed = signal("scheduling.shift_changed")
