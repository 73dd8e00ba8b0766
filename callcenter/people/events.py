"""What this room tells others.

The sender is the `Employee`. ``transferred`` carries ``move``; ``left`` and
``returned`` nothing; ``absent`` carries ``absence``; ``absence_withdrawn`` sends the
`Absence` that is no more.
"""

from blinker import signal

joined = signal("people.joined")
transferred = signal("people.transferred")
left = signal("people.left")
returned = signal("people.returned")
absent = signal("people.absent")
absence_withdrawn = signal("people.absence_withdrawn")
