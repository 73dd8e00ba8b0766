"""What this room tells others. The sender is the `Employee`."""

from blinker import signal

joined = signal("people.joined")
transferred = signal("people.transferred")
left = signal("people.left")
returned = signal("people.returned")
absent = signal("people.absent")
