"""Keep the translations in step with the code.

    python tools/messages.py update            extract, merge, compile
    python tools/messages.py merge FILE.tsv    the same, and take translations in
    python tools/messages.py check             fail on anything missing or fuzzy
    python tools/messages.py compile           only write what the application reads

A line of the TSV is the English text, a tab, the Chinese text; ``\\n`` stands for
a line break. A plural is translated under its singular.
"""

import fcntl
import re
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "callcenter"
FOLDER = PACKAGE / "translations" / "zh_CN" / "LC_MESSAGES"
PO = FOLDER / "messages.po"
# Babel calls the locale by its script and looks for the binary form there.
MO = PACKAGE / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.mo"
KEYWORDS = {"_": None, "_l": None, "_n": (1, 2), "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.i18n", "silent": "no"}}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd%]")


def main(arguments: list[str]) -> int:
    """Run one of the commands; the exit code says whether all is well."""
    command, *files = arguments or ["update"]
    if command == "check":
        return check()
    if command == "compile":
        return compile_if_older()
    with locked():
        update({} if command == "update" else read_tsv(Path(files[0])))
    problems = [p for p in complaints(load()) if "no translation" not in p]
    print("\n".join(problems[:20]))
    return 0


class locked:  # noqa: N801 - reads as a verb
    """One update at a time, whoever runs it."""

    def __enter__(self) -> None:
        self.file = (Path(tempfile.gettempdir()) / "callcenter-messages.lock").open("w")
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_exc: object) -> None:
        self.file.close()


def extract() -> Catalog:
    """Every translatable text of the package, without line numbers."""
    catalog = Catalog(project="callcenter")
    found = extract_from_dir(
        PACKAGE, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=()
    )
    for _file, _line, message, _comments, context in found:
        if message and message != "":
            catalog.add(message, None, context=context)
    return catalog


def load() -> Catalog:
    """The present Chinese catalogue, empty when there is none yet."""
    if not PO.exists():
        return Catalog(locale="zh_CN", project="callcenter")
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def update(translations: dict[str, str]) -> None:
    """Bring the catalogue in step with the code and take translations in."""
    catalog = load()
    known = {key(m): m.string for m in catalog if m.id}
    fresh = Catalog(locale="zh_CN", project="callcenter", fuzzy=False)
    for message in extract():
        if not message.id:
            continue
        string = translations.get(key(message)) or known.get(key(message)) or ""
        if message.pluralizable and isinstance(string, str):
            string = (string,)
        fresh.add(message.id, string)
    save(fresh)
    for unknown in translations.keys() - {key(m) for m in fresh if m.id}:
        print(f"not in the code: {unknown}")


def save(catalog: Catalog) -> None:
    """Write the catalogue, sorted, and compile it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(
            file,
            catalog,
            sort_output=True,
            width=100,
            omit_header=False,
            no_location=True,
        )
    text = PO.read_text(encoding="utf-8")
    kept = [
        line
        for line in text.splitlines()
        if not line.startswith(
            (
                '"POT-Creation',
                '"PO-Revision',
                '"Generated-By',
                '"Last-Translator',
                '"Language-Team',
                "# ",
            )
        )
    ]
    PO.write_text("\n".join(kept).lstrip("#\n") + "\n", encoding="utf-8")
    compile_catalog()


def compile_catalog() -> None:
    """Write the binary form that the application reads."""
    MO.parent.mkdir(parents=True, exist_ok=True)
    with MO.open("wb") as file:
        write_mo(file, load())


def compile_if_older() -> int:
    """Compile unless the compiled catalogue is as new as its source."""
    compiled = FOLDER / "messages.mo"
    if not compiled.exists() or compiled.stat().st_mtime < PO.stat().st_mtime:
        with locked():
            compile_catalog()
    return 0


def read_tsv(path: Path) -> dict[str, str]:
    """English to Chinese, from a tab-separated file."""
    pairs = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            english, _tab, chinese = line.partition("\t")
            pairs[english.replace("\\n", "\n")] = chinese.replace("\\n", "\n")
    return pairs


def key(message: Message) -> str:
    """What identifies a message: its text, or its singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def complaints(catalog: Catalog) -> list[str]:
    """What is wrong with the catalogue, one sentence each."""
    found = []
    for message in catalog:
        if not message.id:
            continue
        strings = (
            message.string if isinstance(message.string, tuple) else (message.string,)
        )
        if message.fuzzy:
            found.append(f"fuzzy: {key(message)}")
        elif not all(strings):
            found.append(f"no translation: {key(message)}")
        else:
            ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
            names = {name for each in ids for name in PLACEHOLDER.findall(each)}
            if any(set(PLACEHOLDER.findall(str(s))) - {""} - names for s in strings):
                found.append(
                    f"unknown placeholder in the translation of: {key(message)}"
                )
    return found


def check() -> int:
    """Fail when a text of the code is missing, untranslated, fuzzy or left over."""
    catalog = load()
    known = {key(m) for m in catalog if m.id}
    needed = {key(m) for m in extract() if m.id}
    found = complaints(catalog)
    found += [f"not extracted yet: {text}" for text in sorted(needed - known)]
    found += [f"no longer used: {text}" for text in sorted(known - needed)]
    print("\n".join(found) or f"{len(known)} texts, all translated")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
