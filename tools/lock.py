"""Writes the versions of every transitive package into `pyproject.toml`.

There is no lock file in the repository, for it would name the address it was resolved from. The
versions alone do the same work: `uv` obeys `[tool.uv] constraint-dependencies`.
"""

import json
import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
SECTION = re.compile(r"constraint-dependencies = \[.*?\n\]\n", re.DOTALL)


def resolved() -> list[str]:
    """`name==version`, with its marker, for every package that any group needs."""
    subprocess.run(["uv", "lock", "--upgrade", "--quiet"], cwd=PROJECT.parent, check=True)
    command = ["uv", "export", "--all-groups", "--no-hashes", "--no-emit-project", "--quiet"]
    told = subprocess.run(command, cwd=PROJECT.parent, check=True, capture_output=True, text=True)
    lines = (line.strip() for line in told.stdout.splitlines())
    return sorted({line for line in lines if re.match(r"[A-Za-z0-9]", line)})


def main() -> None:
    """Forgets the old versions, resolves, writes the new ones."""
    text = SECTION.sub("constraint-dependencies = [\n]\n", PROJECT.read_text())
    PROJECT.write_text(text)
    pins = "".join(f"    {json.dumps(pin)},\n" for pin in resolved())
    PROJECT.write_text(SECTION.sub(f"constraint-dependencies = [\n{pins}]\n", text))


if __name__ == "__main__":
    main()
