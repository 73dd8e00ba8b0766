"""What planners know of the past and the future, which no history tells."""
