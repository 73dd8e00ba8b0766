"""The workbench of one queue of a forecast."""
