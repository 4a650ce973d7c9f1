"""Install the peers into benchmarks/.peers, an environment of their own.

python benchmarks/peers.py
"""

from __future__ import annotations

import subprocess
import sys
import venv

from common import PEERS_PYTHON, peer_requirements


def install(requirement: str) -> str | None:
    """Install one package; return the last line of pip's complaint if it failed."""
    command = [PEERS_PYTHON, "-m", "pip", "install", "--quiet", *requirement.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return (errors or ["pip failed"])[-1]


def main() -> int:
    if not PEERS_PYTHON.exists():
        print(f"creating {PEERS_PYTHON.parent.parent}", flush=True)
        venv.create(PEERS_PYTHON.parent.parent, with_pip=True)
    failed = 0
    for requirement in peer_requirements():
        complaint = install(requirement)
        failed += complaint is not None
        print(f"{requirement:28} {complaint or 'installed'}", flush=True)
    print(
        f"{failed} could not be installed; the benchmarks leave those out" if failed else "all in"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
