"""Connectors: a small module per format that turns files into columns of contacts.

Pure: the standard library and numpy, no web and no database. `connector` looks one up
by name; its ``read`` yields batches that the room's import inserts and rolls up, and
that ``callcenter acd facts`` sums without any database.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.acd.connectors.base import Connector, ReadOptions

FORMATS: dict[str, tuple[str, str]] = {
    "asterisk-queue-log": ("asterisk_queue_log", "AsteriskQueueLog"),
    "amazon-connect-ctr": ("amazon_connect_ctr", "AmazonConnectCtr"),
    "amazon-connect-agent-events": ("amazon_agent_events", "AmazonAgentEvents"),
    "genesys-conversation": ("genesys_conversation", "GenesysConversation"),
    "contacts-csv": ("contacts_csv", "ContactsCsv"),
    "intervals-csv": ("intervals_csv", "IntervalsCsv"),
    "anonymous-bank": ("anonymous_bank", "AnonymousBank"),
}
"""Format name: module and class, imported when first asked for."""

CONTACT_FORMATS = tuple(name for name in FORMATS if "agent-events" not in name)
"""The formats that hold contacts or their sums, so that facts can be made of them."""


def connector(name: str) -> "Connector":
    """The connector of that format. Raises `KeyError` when there is none."""
    module, class_name = FORMATS[name]
    found: Connector = getattr(import_module(f"{__name__}.{module}"), class_name)()
    return found


__all__ = ["CONTACT_FORMATS", "FORMATS", "Connector", "ReadOptions", "connector"]

lazily(__name__)
