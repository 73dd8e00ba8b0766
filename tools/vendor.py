"""Fetch the pinned third-party assets from npm and record what they are.

``python tools/vendor.py`` downloads, builds and writes every file named in
``callcenter/web/vendor.json`` and stores its SHA-384 there; ``--check`` compares
the committed files with those sums and needs no network. Only developers who
change a version run the first one: the files themselves are committed.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "callcenter/web/vendor.json"
RULE = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")

Entry = dict[str, Any]


def main() -> int:
    """Refresh the files, or with ``--check`` compare them with their sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    if parser.parse_args().check:
        return check(manifest["files"])
    refresh(manifest)
    return 0


def check(files: list[Entry]) -> int:
    """Name every file that differs from its recorded sum."""
    wrong = [
        each["to"] for each in files if sha384(ROOT / each["to"]) != each["sha384"]
    ]
    for name in wrong:
        print(f"differs from its recorded sha384: {name}")
    return 1 if wrong else 0


def sha384(path: Path) -> str:
    """The sum in the notation of subresource integrity."""
    return "sha384-" + base64.b64encode(
        hashlib.sha384(path.read_bytes()).digest()
    ).decode("ascii")


def refresh(manifest: Entry) -> None:
    """Install the pinned packages in a scratch folder and write every file."""
    with tempfile.TemporaryDirectory() as scratch:
        modules = install(manifest["packages"], Path(scratch))
        for entry in manifest["files"]:
            target = ROOT / entry["to"]
            target.parent.mkdir(parents=True, exist_ok=True)
            BUILDERS[entry["how"]](entry, modules, target)
            entry["sha384"] = sha384(target)
            print(f"{target.stat().st_size:>10,}  {entry['to']}")
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    MANIFEST.write_text(text + "\n", "utf-8")


def install(packages: dict[str, str], scratch: Path) -> Path:
    """Install exact versions without running their scripts."""
    wanted = [f"{name}@{version}" for name, version in packages.items()]
    (scratch / "package.json").write_text("{}", "utf-8")
    command = ["npm", "install", "--no-audit", "--no-fund", "--save-exact"]
    subprocess.run([*command, *wanted], cwd=scratch, check=True, capture_output=True)
    return scratch / "node_modules"


def source_of(entry: Entry, modules: Path) -> Path:
    """The file inside its package."""
    return modules / entry["package"] / entry["from"]


def copy(entry: Entry, modules: Path, target: Path) -> None:
    """Take the file as it is."""
    target.write_bytes(source_of(entry, modules).read_bytes())


def bundle(entry: Entry, modules: Path, target: Path) -> None:
    """Bundle only the named exports of a package into one classic script."""
    script = modules.parent / "entry.js"
    script.write_text("\n".join(entry["entry"]), "utf-8")
    options = ["--bundle", "--minify", "--format=iife", "--legal-comments=none"]
    subprocess.run(
        [
            modules / ".bin/esbuild",
            script,
            *options,
            f"--banner:js={entry['banner']}",
            f"--global-name={entry['global']}",
            f"--outfile={target}",
        ],
        check=True,
        capture_output=True,
    )


def sprite(entry: Entry, modules: Path, target: Path) -> None:
    """Gather the named icons as symbols of one SVG file."""
    symbols = []
    for name in sorted(entry["icons"]):
        svg = (source_of(entry, modules) / f"{name}.svg").read_text("utf-8")
        inner = re.sub(r"\s*\n\s*", "", re.sub(r"</?svg[^>]*>", "", svg))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{inner}</symbol>')
    text = "\n".join(symbols)
    target.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">\n{text}\n</svg>\n', "utf-8"
    )


def subset(entry: Entry, modules: Path, target: Path) -> None:
    """Keep only the style rules whose classes are all on the kept list."""
    css = source_of(entry, modules).read_text("utf-8")
    banner = re.match(r"@charset[^;]*;|", css)
    css = re.sub(r"/\*.*?\*/", "", css[banner.end() if banner else 0 :], flags=re.S)
    keep = re.compile("|".join(f"(?:{pattern})" for pattern in entry["keep"]))
    target.write_text(f"{entry['banner']}\n{keep_rules(css, keep)}\n", "utf-8")


def keep_rules(css: str, keep: re.Pattern[str]) -> str:
    """The rules of a minified style sheet that the pattern lets through."""
    kept = []
    for head, body in blocks(css):
        if head.startswith("@media"):
            inner = keep_rules(body, keep)
            kept.append(f"{head}{{{inner}}}" if inner else "")
        elif not head.startswith("@"):
            selectors = [each for each in split_selectors(head) if wanted(each, keep)]
            kept.append(f"{','.join(selectors)}{{{body}}}" if selectors else "")
    return "".join(kept)


def blocks(css: str) -> list[tuple[str, str]]:
    """Head and body of every top-level block."""
    found, depth, start, opened = [], 0, 0, 0
    for place, letter in enumerate(css):
        if letter == "{":
            depth += 1
            if depth == 1:
                opened = place
        elif letter == "}":
            depth -= 1
            if depth == 0:
                found.append((css[start:opened].strip(), css[opened + 1 : place]))
                start = place + 1
    return found


def split_selectors(head: str) -> list[str]:
    """The selectors of a list; commas inside brackets do not part them."""
    return re.split(r",(?![^(]*\))", head)


def wanted(selector: str, keep: re.Pattern[str]) -> bool:
    """True when each class in the selector is kept."""
    return all(keep.fullmatch(name) for name in RULE.findall(selector))


BUILDERS = {"copy": copy, "bundle": bundle, "sprite": sprite, "subset": subset}

if __name__ == "__main__":
    sys.exit(main())
