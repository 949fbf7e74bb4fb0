#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one case of the command line: run.py CASE-FILE NAME

A case file (cases/*.case) holds cases, separated by blank lines, of lines "key: value":

    name: kernel-missing
    run: forkscope run --kernel none.elf -- forktest
    status: 3
    stderr: none\\.elf: No such file
    stderr-lines: 1

  name          names the CTest test cli.FILE.NAME
  setup         a shell command that must succeed before; may repeat
  run           the shell command under test, in an empty directory of its own with the
                build's bin/ in PATH and $SHARE naming its share/forkscope
  status        the exit status expected (0 where there is no such line)
  stdout        a regular expression that must be found in it, ^ and $ at lines; may repeat
  stdout-not    one that must not be found; may repeat
  stdout-lines  how many lines there are
  stderr, stderr-not, stderr-lines   the same for standard error
  timeout       seconds (60)

A line that begins with # is a comment; a line that begins with blanks goes on with the
value before it.  Whatever runs, a sanitizer's report or a bug of ours fails the case.
"""

import os
import re
import subprocess
import sys
import tempfile

REPEATED = {"setup", "stdout", "stdout-not", "stderr", "stderr-not"}
SINGLE = {"name", "run", "status", "stdout-lines", "stderr-lines", "timeout"}
NEVER = r"AddressSanitizer|LeakSanitizer|runtime error:|forkscope: bug at"


def parse(path):
    cases, case, key = [], {}, None
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            text = line.rstrip("\n")
            if text.startswith("#"):
                continue
            if not text.strip():
                case, key = {}, None
                continue
            if text[0] in " \t" and key:
                values = case[key]
                values[-1] += " " + text.strip()
                continue
            key, colon, value = text.partition(": ")
            if not colon or key not in REPEATED | SINGLE:
                sys.exit(f"{path}:{number}: not a line of a case: {text}")
            if key in SINGLE and key in case:
                sys.exit(f"{path}:{number}: a second {key}")
            if not case:
                cases.append(case)
            case.setdefault(key, []).append(value)
    return {case["name"][0]: case for case in cases}


def complaints(case, result):
    status = int(case.get("status", ["0"])[0])
    if result.returncode != status:
        yield f"status {result.returncode}, not {status}"
    for stream in "stdout", "stderr":
        text = getattr(result, stream).decode("utf-8", "backslashreplace")
        for pattern in case.get(stream, []):
            if not re.search(pattern, text, re.MULTILINE):
                yield f"{stream} has no match of: {pattern}"
        for pattern in case.get(stream + "-not", []) + [NEVER]:
            if re.search(pattern, text, re.MULTILINE):
                yield f"{stream} has a match of: {pattern}"
        lines = case.get(stream + "-lines")
        if lines and len(text.splitlines()) != int(lines[0]):
            yield f"{stream} has {len(text.splitlines())} lines, not {lines[0]}"


def run(case, directory):
    def shell(command, check):
        return subprocess.run(
            ["/bin/bash", "-c", command],
            cwd=directory,
            check=check,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=float(case.get("timeout", ["60"])[0]),
        )

    for command in case.get("setup", []):
        shell(command, True)
    return shell(case["run"][0], False)


def main():
    path, name = sys.argv[1:]
    case = parse(path)[name]
    with tempfile.TemporaryDirectory() as directory:
        try:
            result = run(case, directory)
        except subprocess.CalledProcessError as error:
            sys.exit(f"setup failed: {error.cmd[-1]}\n{error.stderr.decode()}")
        except subprocess.TimeoutExpired as error:
            sys.exit(f"not done after {error.timeout} s: {error.cmd[-1]}")
    found = list(complaints(case, result))
    if not found:
        return
    print("$", case["run"][0])
    for stream in "stdout", "stderr":
        text = getattr(result, stream).decode("utf-8", "backslashreplace")
        print(f"--- {stream}\n{text[:4000]}", end="" if text.endswith("\n") else "\n")
    print("---")
    sys.exit("\n".join(found))


main()
