"""Whatever is handed over, the answer is a refusal by name, never a traceback."""

import gzip
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcenter.acd.connectors import FORMATS
from callcenter.acd.connectors.records import excerpt
from callcenter.acd.connectors.sources import SourceRefusedError
from tests.acd.connectors.reading import read

LOG = b"1000|c1|sales|NONE|ENTERQUEUE||x|1\n" * 3000
every_format = pytest.mark.parametrize("format_name", list(FORMATS))


@every_format
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n \n\t\n", "empty"),
        (gzip.compress(b""), "empty"),
        (b"\x00\x01\x02\x03" * 50, "binary"),
        ("call id,queue".encode("utf-16-le"), "binary"),
        (b"\x1f\x8b", "damaged-gzip"),
        (gzip.compress(LOG)[:40] + b"rubbish" * 40, "damaged-gzip"),
    ],
    ids=["empty", "blank", "empty-gzip", "binary", "utf-16", "no-gzip", "damaged"],
)
def test_useless_files_are_refused_by_name(write, format_name, content, code):
    with pytest.raises(SourceRefusedError) as refusal:
        read(format_name, write(content))

    assert refusal.value.code == code


@every_format
@pytest.mark.parametrize(
    "content",
    [
        "hello world\nthis is no call record\n",
        '{"a": 1}\n',
        '{"a": ',
        "[[[",
        "[" * 200_000,
        "a,b;c|d\n1,2\n",
        "x" * 11_000_000,
        '"',
    ],
    ids=["prose", "json", "cut-json", "brackets", "deep", "csv", "one-line", "quote"],
)
def test_another_format_is_refused_by_name(write, format_name, content):
    with pytest.raises(SourceRefusedError) as refusal:
        read(format_name, write(content))

    assert refusal.value.code in {"wrong-format", "missing-columns"}


@every_format
def test_a_file_that_is_not_there_is_named(tmp_path, format_name):
    with pytest.raises(SourceRefusedError) as refusal:
        read(format_name, tmp_path / "missing")

    assert refusal.value.code == "not-found"


def test_a_log_cut_off_within_gzip_is_refused(write):
    packed = gzip.compress(LOG + np.random.default_rng(1).bytes(200_000).hex().encode())

    with pytest.raises(SourceRefusedError) as refusal:
        read("asterisk-queue-log", write(packed[:-50_000]))

    assert refusal.value.code == "damaged-gzip"


def test_text_that_turns_out_not_to_be_in_its_encoding_is_refused(write):
    rows = "1,sales,2024-03-04 10:00:00\n" * 4000
    text = b"id,queue,offered at\n" + rows.encode() + b"2,caf\xe9,2024-03-04 10:00:00\n"

    with pytest.raises(SourceRefusedError) as refusal:
        read("contacts-csv", write(text))

    assert refusal.value.code == "wrong-encoding"


@every_format
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400) | st.text('0123|,;:"[]{}\n abc').map(str.encode))
def test_no_bytes_lead_to_anything_but_rows_or_a_refusal(write, format_name, content):
    path = write(content)

    with suppress(SourceRefusedError):
        assert read(format_name, path).totals["offered"] >= 0


def test_an_excerpt_is_short_and_printable():
    assert excerpt("a\x00b" + "c" * 500) == "a\ufffdb" + "c" * 76 + "\u2026"


@pytest.mark.parametrize("key", ["a\\u0000b", "a\\ud800b"])
def test_text_that_no_database_takes_is_an_error(write, key):
    record = f'{{"ContactId": "{key}"}}\n{{"ContactId": "good"}}\n'

    result = read("amazon-connect-ctr", write(record))

    assert result.rules == [(1, "ContactId", "not-a-text")]


def test_overlong_names_are_an_error_in_a_log(write):
    long = LOG.splitlines()[0].replace(b"sales", b"s" * 300)

    result = read("asterisk-queue-log", write(long + b"\n" + LOG[:35]))

    assert result.rules[0] == (1, "", "too-long")


def test_a_nul_within_a_line_is_an_error(write):
    lines = LOG[:35] * 3000 + b"1001|c\x002|sales|NONE|ENTERQUEUE||x|1\n"

    result = read("asterisk-queue-log", write(lines))

    assert (3001, "", "not-text") in result.rules
