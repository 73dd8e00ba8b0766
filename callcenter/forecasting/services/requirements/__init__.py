"""From an approved forecast to the agents that it takes."""
