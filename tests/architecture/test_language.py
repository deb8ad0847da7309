"""French is in the source; English is complete, and compiled from this catalogue."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]


def test_every_sentence_has_its_english() -> None:
    command = [sys.executable, "tools/messages.py", "check"]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
