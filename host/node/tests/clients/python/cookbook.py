"""The programs of docs/clients.md for Python, run as they stand there but for the port."""

import pathlib
import re
import subprocess
import sys

DOCS = pathlib.Path(__file__).parents[5] / "docs/clients.md"


def run(node, library):
    """Runs the program that imports `library`; what it printed."""
    programs = re.findall(r"^```python\n(.*?)^```", DOCS.read_text(), re.MULTILINE | re.DOTALL)
    (program,) = (program for program in programs if f"\nfrom {library} import" in "\n" + program)
    assert "ws://127.0.0.1:8545" in program
    command = [sys.executable, "-c", program.replace("ws://127.0.0.1:8545", node.ws)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
