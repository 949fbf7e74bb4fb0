#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Grades a mutant of tests/mutants:  mutants.py NAME FORKSCOPE KERNEL

The rubric is made from the header of the mutant's patch: its program, explored under its
lifetime.  The mutant must lose its point, for a reason that its header names; what is left
of it must be a run that replays.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MUTANTS = HERE.parent / "mutants"
# Far more than any of them needs.
RUNS = 20000


def header(name):
    fields = {}
    for line in (MUTANTS / f"{name}.patch").read_text(encoding="ascii").splitlines():
        if line.startswith("--- "):
            break
        key, colon, value = line.partition(": ")
        if colon:
            fields[key] = value
    return fields


def rubric(fields):
    program, *arguments = fields["program"].split()
    if program.endswith(".c"):
        program = str(MUTANTS / "programs" / program)
    test = {
        "name": "explored",
        "points": 1,
        "program": [program, *arguments],
        "explore": {"runs": RUNS},
    }
    if fields["lifetime"] != "any":
        test["lifetimes"] = [fields["lifetime"]]
    return {"format": "forkscope-rubric", "version": 1, "name": fields["name"],
            "timeout": 20000000, "tests": [test]}


def main(name, forkscope, kernel):
    fields = header(name)
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "rubric.json"
        path.write_text(json.dumps(rubric(fields)), encoding="utf-8")
        graded = subprocess.run(
            [forkscope, "grade", "--format", "json", "-o", f"{directory}/out", str(path),
             kernel], stdout=subprocess.PIPE, check=False, cwd=directory)
        if graded.returncode != 1:
            sys.exit(f"status {graded.returncode}, not 1")
        test = json.loads(graded.stdout)["submissions"][0]["tests"][0]
        print(f"{test['outcome']}: {test['reason']}")
        names = fields["check"].split() + [fields.get("invariant", "-")]
        crash = test["outcome"] == "crashed" and {"panic", "kernel-fault"} & set(names)
        if not crash and not any(f"({name})" in test["reason"] for name in names):
            sys.exit(f"none of {' '.join(names)}")
        replay = test["replay"].split()
        subprocess.run([forkscope] + replay[1:], check=True, cwd=directory)


main(*sys.argv[1:])
