"""What the tests of the program share: where it is and how to run it."""
import json
import os
import subprocess

PROGRAM = os.environ["FULCRUM"]
ROOT = os.environ["FULCRUM_ROOT"]
TRIANGLE = os.path.join(ROOT, "cases", "triangle")
DPRK = os.path.join(ROOT, "cases", "dprk-2016")
DUEL = os.path.join(ROOT, "cases", "duel")


def run(*args, timeout=600):
    """Run the program; returns (exit status, stdout, stderr)."""
    done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def document(*args, timeout=600):
    """The JSON document of a command that must succeed."""
    code, out, err = run(*args, "--json", timeout=timeout)
    assert code == 0, f"{args}: exit {code}: {err}"
    return json.loads(out), out
