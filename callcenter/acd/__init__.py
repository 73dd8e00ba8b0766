"""Calls become facts: exports and streams of a switch in, interval facts out.

Inputs: files of contacts, agent states or interval sums (see ``connectors``).
Outputs: contacts stored once by source key, and sums by queue, agent and interval.
"""
