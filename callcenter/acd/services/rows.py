"""Contacts on their way into the database: whole numbers in one matrix, and keys.

A row has no object of its own. Names stand as numbers into a list, so that a chunk
can be written to disk and read again without any parsing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from callcenter.acd.connectors.packed import ByteTexts, CodedTexts
from callcenter.acd.connectors.records import ContactBatch
from callcenter.acd.services.groups import has_equal

Ints = NDArray[np.int64]
Keys = NDArray[np.bytes_]

COLUMNS = (
    "key_hash",
    "content_hash",
    "version",
    "queue_name_id",
    "agent_name_id",
    "customer",
    "direction",
    "outcome",
    "offered_at",
    "wait_s",
    "talk_s",
    "hold_s",
    "wrap_s",
    "transfers",
)
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_CONTENT = COLUMNS[COLUMNS.index("version") + 1 :]
MAX_KEY_BYTES = 200
_LARGEST = 2_000_000_000


@dataclass(slots=True)
class Rows:
    """Contacts as a matrix of shape (n_columns, n_rows) beside their source keys."""

    keys: Keys
    figures: Ints

    def __len__(self) -> int:
        return self.figures.shape[1]

    def __getitem__(self, name: str) -> Ints:
        return self.figures[_PLACE[name]]

    def take(self, chosen: NDArray[np.bool_] | Ints) -> "Rows":
        """The chosen rows."""
        return Rows(self.keys[chosen], self.figures[:, chosen])

    def key_texts(self) -> list[str]:
        """The source keys as text."""
        return [key.decode() for key in self.keys.tolist()]


def join(parts: Sequence[Rows]) -> Rows:
    """Several parts one after the other."""
    if len(parts) == 1:
        return parts[0]
    width = max(part.keys.dtype.itemsize for part in parts)
    keys = np.concatenate([part.keys.astype(f"S{width}") for part in parts])
    return Rows(keys, np.concatenate([part.figures for part in parts], axis=1))


def newest(rows: Rows) -> Rows:
    """One row per key: the one with the highest version, the last among equals."""
    if not has_equal(rows["key_hash"]):
        return rows
    order = np.lexsort((rows["version"], rows["key_hash"]))
    hashes = rows["key_hash"][order]
    is_last = np.append(hashes[1:] != hashes[:-1], True)
    return rows.take(np.sort(order[is_last]))


class Numbering(dict[str, int]):
    """Names numbered from 1 in order of appearance; 0 is no name."""

    def __init__(self) -> None:
        super().__init__()
        self[""] = 0

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number

    @property
    def names(self) -> list[str]:
        """The names by their number, the empty one first."""
        return list(self)


@dataclass(slots=True)
class RowMaker:
    """Turns a connector's batches into rows; one per delivery.

    ``identity`` is the project and source within which source keys are unique, and
    ``secret`` keys the digest of customers.
    """

    identity: str
    secret: bytes
    queues: Numbering
    agents: Numbering

    def rows(self, batch: ContactBatch) -> Rows:
        """The batch as rows, durations rounded to whole seconds."""
        n = len(batch)
        keys = encoded(batch.source_key)
        figures = np.zeros((len(COLUMNS), n), np.int64)
        rows = Rows(keys, figures)
        rows["key_hash"][:] = hash_keys(keys, seed_of(self.identity))
        rows["version"][:] = batch.version
        rows["queue_name_id"][:] = self._numbers(self.queues, batch.queue)
        rows["agent_name_id"][:] = self._numbers(self.agents, batch.agent)
        rows["customer"][:] = self._customers(batch.customer)
        for name in ("direction", "outcome", "offered_at"):
            rows[name][:] = getattr(batch, name)
        for name in ("wait_s", "talk_s", "hold_s", "wrap_s", "transfers"):
            values = np.rint(getattr(batch, name))
            rows[name][:] = np.clip(values, 0, _LARGEST)
        np.minimum(rows["transfers"], 32_767, out=rows["transfers"])
        return rows

    @staticmethod
    def _numbers(numbering: Numbering, names: Sequence[str]) -> Ints:
        if isinstance(names, CodedTexts):
            numbers = np.zeros(len(names.names), np.int64)
            for place in names.occurring():
                numbers[place] = numbering[names.names[place]]
            return names.mapped(numbers)
        return np.fromiter(map(numbering.__getitem__, names), np.int64, len(names))

    def _customers(self, customers: Sequence[str]) -> Ints:
        """A keyed digest of each customer, 0 where there is none."""
        if not any(customers):
            return np.zeros(len(customers), np.int64)
        secret = self.secret
        digests = b"".join(
            blake2b(text.encode(), digest_size=8, key=secret).digest()
            if text
            else b"\0\0\0\0\0\0\0\0"
            for text in customers
        )
        return np.frombuffer(digests, np.int64).copy()


def seal(rows: Rows, queue_ids: Ints, agent_ids: Ints) -> None:
    """Replace numbers by the ids of the stored names, and digest the content.

    ``queue_ids`` and ``agent_ids`` hold the id for each number. The digest is made
    now because numbers differ from delivery to delivery while ids do not.
    """
    rows["queue_name_id"][:] = queue_ids[rows["queue_name_id"]]
    rows["agent_name_id"][:] = agent_ids[rows["agent_name_id"]]
    content = np.full(len(rows), 0x5851F42D4C957F2D, np.uint64)
    for name in _CONTENT:
        content = _mixed(content ^ rows[name].view(np.uint64))
    rows["content_hash"][:] = content.view(np.int64)


def encoded(texts: Sequence[str]) -> Keys:
    """The texts as bytes of one width."""
    if isinstance(texts, ByteTexts):
        return texts.cells
    try:
        keys = np.array(texts, np.bytes_)
    except UnicodeEncodeError:
        keys = np.array([text.encode() for text in texts], np.bytes_)
    if not texts:
        return np.zeros(0, "S1")
    return keys


def seed_of(identity: str) -> int:
    """A start value for `hash_keys` from what the keys are unique within."""
    digest = blake2b(identity.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def hash_keys(keys: Keys, seed: int) -> Ints:
    """A digest of 64 bits of each key, independent of the width of the array.

    Murmur3's finaliser over each eight bytes; words past the end of a key are left
    out. Two of 100 million keys fall together with a chance of one in 3,700.
    """
    width = -(-keys.dtype.itemsize // 8) * 8
    padded = np.ascontiguousarray(keys.astype(f"S{width}"))
    words = padded.view(np.uint64).reshape(len(keys), width // 8)
    hashes = np.full(len(keys), seed, np.uint64)
    for place in range(width // 8):
        word = words[:, place]
        hashes = np.where(word == 0, hashes, _mixed(hashes ^ word))
    return hashes.view(np.int64)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Murmur3's 64-bit finaliser, with an odd constant against fixed points."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xFF51AFD7ED558CCD)
    values ^= values >> np.uint64(33)
    values *= np.uint64(0xC4CEB9FE1A85EC53)
    values ^= values >> np.uint64(33)
    return values


__all__ = [
    "COLUMNS",
    "MAX_KEY_BYTES",
    "Numbering",
    "RowMaker",
    "Rows",
    "hash_keys",
    "join",
    "newest",
    "seal",
]
