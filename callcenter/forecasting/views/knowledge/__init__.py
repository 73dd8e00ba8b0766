"""What planners know: events, history, totals, campaigns."""
