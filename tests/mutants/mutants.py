#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the mutants, whose one source is the headers of the patches beside this file.

    mutants.py list                       each header as one line, fields between tabs
    mutants.py table                      the table of README.md
    mutants.py check                      headers, patches and README.md agree
    mutants.py run NAME FORKSCOPE KERNEL  the plain run ends as the header says
    mutants.py reference FORKSCOPE        the kernel itself is right on every program

A plain run is one that preempts nobody.
"""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

KEYS = ("name", "wrong", "from", "lifetime", "program", "check", "plain", "preemptions")
OPTIONAL = ("invariant",)
LICENCE = "SPDX-License-Identifier: GPL-2.0-or-later"
LIFETIMES = ("reparent", "exitlock", "mailbox", "waitqueue")
CHECKS = (
    "contract lost-wakeup deadlock livelock panic kernel-fault double-free use-after-free "
    "out-of-block leak lock-sleep lock-owner lock-kept lock-order race isolation status "
    "console"
).split()
MUTANTS_MIN = 26

# Far above what a program here needs, far below what a person would wait for.
INSTRUCTIONS = "20M"
NO_PREEMPTION = "1G"


def header(path):
    """The `key: value` lines above the diff."""
    fields = {}
    lines = path.read_text(encoding="ascii").splitlines()
    if lines[0] != LICENCE:
        sys.exit(f"{path.name}: does not begin with {LICENCE}")
    for line in lines[1:]:
        if line.startswith("--- "):
            return fields
        if line:
            key, _, value = line.partition(": ")
            if not value or key in fields:
                sys.exit(f"{path.name}: {line}")
            fields[key] = value
    sys.exit(f"{path.name}: no diff")


def mutants():
    return [header(path) for path in sorted(HERE.glob("*.patch"))]


def source(program):
    """A program of the guest by its name, or one of programs/ by its source."""
    name = program.split()[0]
    if name.endswith(".c"):
        return HERE / "programs" / name
    return ROOT / "userprogs" / "testbin" / f"{name}.c"


def plain_run(forkscope, lifetime, program, *options):
    name, *arguments = program.split()
    if name.endswith(".c"):
        name = str(source(program))
    return subprocess.run(
        [forkscope, "run", "--timeslice", NO_PREEMPTION, "--max-instructions", INSTRUCTIONS,
         "--append", f"lifetime={lifetime}", *options, "--", name, *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False)


def table():
    rows = ["| name | mistake | from | lifetime | program | check |",
            "|---|---|---|---|---|---|"]
    for m in mutants():
        check = m["check"].split()[0]
        if check == "contract":
            check += f" ({m['invariant']})"
        rows.append(f"| `{m['name']}` | {m['wrong']} | {m['from']} | {m['lifetime']} | "
                    f"`{m['program']}` | {check} |")
    return "\n".join(rows)


def faults(path, m, invariants):
    if m["name"] != path.stem:
        yield "the name is not the file's"
    if [k for k in m if k in KEYS] != list(KEYS) or set(m) - set(KEYS + OPTIONAL):
        yield f"wrong keys: {' '.join(m)}"
    if not re.fullmatch(r"design document 00[0-4]|classic: .+", m["from"]):
        yield f"from: {m['from']}"
    if m["lifetime"] not in LIFETIMES + ("any",):
        yield f"lifetime: {m['lifetime']}"
    if not source(m["program"]).is_file():
        yield f"program: there is no {source(m['program'])}"
    if set(m["check"].split()) - set(CHECKS):
        yield f"check: {m['check']}"
    if ("contract" in m["check"].split()) != ("invariant" in m):
        yield "an invariant is named if and only if the contract is one of the checks"
    if m.get("invariant", "outcome") not in invariants:
        yield f"invariant: {m['invariant']}"
    if not re.fullmatch(r"passes|fails [14]", m["plain"]):
        yield f"plain: {m['plain']}"
    if not m["preemptions"].isdigit() or (m["plain"] != "passes" and m["preemptions"] != "0"):
        yield f"preemptions: {m['preemptions']}"
    patch = subprocess.run(
        ["patch", "--dry-run", "-f", "-p1", "-F0", "-d", ROOT, "-i", path],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if patch.returncode != 0:
        yield f"does not apply:\n{patch.stdout}"


def check():
    text = (ROOT / "emu" / "check" / "check.c").read_text(encoding="utf-8")
    invariants = re.findall(r'\[CHECK_\w+\] = \{\s*"([a-z-]+)"', text)
    wrong = []
    for path in sorted(HERE.glob("*.patch")):
        wrong += [f"{path.name}: {what}" for what in faults(path, header(path), invariants)]
    all_of_them = mutants()
    if len(all_of_them) < MUTANTS_MIN:
        wrong.append(f"{len(all_of_them)} mutants, and there are to be {MUTANTS_MIN}")
    need_search = [m for m in all_of_them if m["preemptions"] != "0"]
    if 3 * len(need_search) < 2 * len(all_of_them):
        wrong.append("fewer than two thirds need an interleaving")
    for lifetime in LIFETIMES:
        if not any(m["lifetime"] == lifetime for m in all_of_them):
            wrong.append(f"none is for {lifetime}")
    if table() not in (HERE / "README.md").read_text(encoding="utf-8"):
        wrong.append("README.md: the table is not that of `mutants.py table`")
    sys.exit("\n".join(wrong) or 0)


def run(name, forkscope, kernel):
    m = header(HERE / f"{name}.patch")
    expected = 0 if m["plain"] == "passes" else int(m["plain"].split()[1])
    for lifetime in LIFETIMES if m["lifetime"] == "any" else (m["lifetime"],):
        result = plain_run(forkscope, lifetime, m["program"], "--kernel", kernel)
        if result.returncode != expected:
            sys.exit(f"{lifetime}: status {result.returncode}, not {expected}\n"
                     f"{result.stdout.decode(errors='replace')}")


def reference(forkscope):
    for program in sorted({m["program"] for m in mutants()}):
        for lifetime in LIFETIMES:
            result = plain_run(forkscope, lifetime, program)
            if result.returncode != 0:
                sys.exit(f"{program}, {lifetime}: status {result.returncode}\n"
                         f"{result.stdout.decode(errors='replace')}")


def main():
    command, *arguments = sys.argv[1:] or [""]
    if command == "list":
        for m in mutants():
            print("\t".join(m.get(key, "") for key in KEYS + OPTIONAL))
    elif command == "table":
        print(table())
    elif command == "check":
        check()
    elif command == "run" and len(arguments) == 3:
        run(*arguments)
    elif command == "reference" and len(arguments) == 1:
        reference(*arguments)
    else:
        sys.exit(__doc__)


main()
