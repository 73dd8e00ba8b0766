"""Write the three lock files anew from setup.cfg: run by ``make lock``.

`requirements.lock` runs the product, `requirements-dev.lock` tests it too, and
`requirements-distributed.lock` is what the extra ``distributed`` needs.
"""

import configparser
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")
BOTH = ("setup.cfg", "tools/build-requirements.in")
SAME = ("-c", "requirements.lock")


def compile_lock(target: str, *arguments: str, requirements: str = "") -> None:
    """Resolve the arguments' requirements into the target, hashes included."""
    command = [str(UV), "pip", "compile", "--quiet", "--universal", "--no-header"]
    command += ["--python-version", "3.11", "--generate-hashes", "--no-annotate"]
    subprocess.run(
        [*command, *arguments, "-o", target],
        cwd=ROOT,
        check=True,
        input=requirements,
        text=True,
    )


def main() -> None:
    """Lock the product, then what tests and brokers add to the same versions."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    extra = setup["options.extras_require"]["distributed"]
    compile_lock("requirements.lock", *BOTH)
    compile_lock("requirements-dev.lock", "--all-extras", *BOTH, *SAME)
    compile_lock("requirements-distributed.lock", "-", *SAME, requirements=extra)


if __name__ == "__main__":
    main()
