"""Opening what people hand over: plain or gzip, any size, any nonsense.

Excel's "Unicode text" is UTF-16; it is turned into UTF-8 while it is read.

Nothing here trusts the file. A line longer than `MAX_LINE_BYTES` is cut off and
reported, binary bytes are recognised before anything is parsed, and a damaged gzip
stream is refused by name.
"""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from callcenter.acd.connectors.kinds import RowError, excerpt

MAX_LINE_BYTES = 1_000_000
MAX_TEXT = 200
"""The longest name, key or customer that is taken."""
HEAD_BYTES = 65_536
EXCERPT_BYTES = 200
_SURROGATE = re.compile("[\ud800-\udfff]")
_GZIP_MAGIC = b"\x1f\x8b"
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27})


class SourceRefusedError(ValueError):
    """A whole file cannot be read: ``code`` says why, ``context`` holds the facts.

    Codes: ``empty``, ``not-found``, ``unreadable``, ``binary``, ``damaged-gzip``,
    ``wrong-format``, ``wrong-encoding``, ``missing-columns``, ``same-columns``,
    ``interval-too-coarse``, ``bad-mapping``.
    """

    def __init__(self, code: str, **context: object) -> None:
        self.code = code
        self.context = context
        facts = ", ".join(f"{key}={value}" for key, value in context.items())
        super().__init__(f"{code}: {facts}" if facts else code)


@contextmanager
def open_source(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading bytes, unpacking gzip whatever the file is called.

    Raises `SourceRefusedError` with ``not-found``, ``unreadable``, ``empty`` or
    ``damaged-gzip``; the last also for damage met while the caller reads on.
    """
    try:
        with _open_bytes(path) as stream:
            yield stream
    except FileNotFoundError as error:
        raise SourceRefusedError("not-found", file=path.name) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceRefusedError("damaged-gzip", file=path.name) from error
    except OSError as error:
        raise SourceRefusedError("unreadable", file=path.name) from error


@contextmanager
def _open_bytes(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as raw:
        magic = raw.read(2)
        if not magic:
            raise SourceRefusedError("empty", file=path.name)
        raw.seek(0)
        if magic != _GZIP_MAGIC:
            yield _as_utf8(raw, magic)
            return
        with gzip.GzipFile(fileobj=raw) as unpacked:
            magic = unpacked.read(2)
            unpacked.seek(0)
            yield _as_utf8(cast("BinaryIO", unpacked), magic)


def _as_utf8(stream: BinaryIO, mark: bytes) -> BinaryIO:
    """The stream, UTF-16 with its mark turned into UTF-8."""
    if mark not in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return stream
    return cast("BinaryIO", io.BufferedReader(_Transcoded(stream), HEAD_BYTES))


class _Transcoded(io.RawIOBase):
    """UTF-16 read as UTF-8; halves of characters become the replacement sign."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raw = b"\0"
        while not self._held and raw:
            raw = self._stream.read(HEAD_BYTES)
            text = self._decoder.decode(raw, final=not raw)
            self._held = text.encode("utf-8")
        n = min(len(buffer), len(self._held))
        buffer[:n], self._held = self._held[:n], self._held[n:]
        return n


def read_head(path: Path) -> bytes:
    """The first `HEAD_BYTES` of a file, unpacked.

    Raises `SourceRefusedError` with ``empty`` when there is nothing but blanks and
    ``binary`` when the bytes are no text in any encoding we read.
    """
    with open_source(path) as stream:
        head = stream.read(HEAD_BYTES)
    if not head.strip():
        raise SourceRefusedError("empty", file=path.name)
    if head.translate(None, _CONTROL) != head:
        raise SourceRefusedError(
            "binary", file=path.name, head=excerpt(head[:16].hex())
        )
    return head


def sniff_encoding(head: bytes) -> str:
    """The encoding of a text among those we read: utf-8-sig, utf-8 or gb18030."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) - error.start > 3 or len(head) < HEAD_BYTES:
            return "gb18030"
    return "utf-8"


def text_lines(
    path: Path, *, encoding: str = "utf-8", errors: list[RowError]
) -> Iterator[tuple[int, str]]:
    """Number and text of each line, ends stripped, blank lines left out.

    A line that is too long or not in the encoding goes to ``errors`` and is passed
    over. The caller empties ``errors`` as it pleases.
    """
    with open_source(path) as stream:
        for number, raw in _capped_lines(stream):
            if raw is None:
                errors.append(too_long(number, path.name))
                continue
            try:
                text = raw.decode(encoding).strip("\r\n \t\ufeff")
            except UnicodeDecodeError:
                text = "\0"
            if "\0" in text:
                value = excerpt(raw[:EXCERPT_BYTES].decode("latin-1"))
                errors.append(RowError(number, "", "not-text", value, path.name))
                continue
            if text:
                yield number, text


def is_storable(text: str) -> bool:
    """Whether every database takes the text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and (text.isascii() or not _SURROGATE.search(text))


def too_long(line: int, source: str) -> RowError:
    """The error of a line past the cap."""
    return RowError(line, "", "line-too-long", f"> {MAX_LINE_BYTES} bytes", source)


def _capped_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) <= MAX_LINE_BYTES:
            yield number, raw
            continue
        yield number, None
        while raw and not raw.endswith(b"\n"):
            raw = stream.readline(MAX_LINE_BYTES)
