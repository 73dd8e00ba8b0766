"""What a forecast requires, what that rests on, and studies of it."""
