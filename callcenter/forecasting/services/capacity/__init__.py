"""Weeks ahead: work, people, hires and money."""
