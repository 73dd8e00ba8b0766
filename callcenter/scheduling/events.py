"""What this room tells others."""

from blinker import signal

# sender: Schedule
schedule_published = signal("scheduling.schedule_published")
# sender: Shift; was: dict of its columns before
shift_changed = signal("scheduling.shift_changed")
