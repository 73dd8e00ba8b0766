"""The operations system of a call center, from recruiting to project margin."""

__version__ = "0.1.0"
