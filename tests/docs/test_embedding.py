"""The documentation's programs do what it says they do."""

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "embedding.md"


def test_the_program_of_the_embedding_page_prints_what_it_says(tmp_path: Path) -> None:
    program, printed = re.findall(r"```(?:python)?\n(.*?)```", PAGE.read_text(), re.DOTALL)
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout == printed
