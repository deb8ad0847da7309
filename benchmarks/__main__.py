"""`./dev bench [NAME]`: every promise measured beside its peer, or one of them."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PROMISES = (
    "ranking",
    "quality",
    "zones",
    "needs_import",
    "hand_over",
    "commits",
    "demonstration",
    "verify",
    "trace",
    "matching",
    "disclosure",
    "followed",
    "sessions",
    "grants",
    "letters",
    "national",
)


def main(arguments: list[str]) -> int:
    chosen = [arguments.pop(0)] if arguments and arguments[0] in PROMISES else list(PROMISES)
    codes = []
    for name in chosen:
        print(f"\n===== {name} =====", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
        codes.append(subprocess.run(command, cwd=HERE.parent, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
