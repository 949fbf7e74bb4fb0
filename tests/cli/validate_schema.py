#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates every line of traces against the JSON Schema: validate_schema.py TRACE...

Beyond what the schema demands of a trace, its fields must all be known to it, and the
text escape of traces/format.md must bring bytes back: what forkscope writes today must be
documented today.  Also checks that the schema refuses what it must.

Status 0 where all is valid, 1 where not, 77 where python3-jsonschema is missing.
"""

import json
import os
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed")
    sys.exit(77)

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(SOURCE, "traces", "forkscope-trace.schema.json")

# Each line breaks one rule.
REFUSED = [
    '{}',
    '{"type":"poem"}',
    '{"type":"checkpoint","icount":-1,"digest":"' + "0" * 32 + '"}',
    '{"type":"checkpoint","icount":1.5,"digest":"' + "0" * 32 + '"}',
    '{"type":"checkpoint","icount":9007199254740992,"digest":"' + "0" * 32 + '"}',
    '{"type":"checkpoint","icount":1,"digest":"0"}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"proc":"1","ev":"teleport"}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"proc":"1.","ev":"wait.block"}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"ev":"wait.block"}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"proc":"1","ev":"exit",'
    '"status":{}}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"proc":"1","ev":"exit",'
    '"status":{"exit":0,"signal":9}}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"proc":"1","ev":"wait.return",'
    '"child":3}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"proc":"1","ev":"irq",'
    '"vector":304,"idle":false}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"proc":"1","ev":"free",'
    '"address":16}',
    '{"type":"event","seq":0,"icount":0,"cpu":0,"pid":1,"proc":"1","ev":"panic",'
    '"text":"a\\u0000"}',
]

COMMON = {"type", "seq", "icount", "cpu", "pid", "proc", "ev"}


def known_fields(schema, record):
    """The names that the schema has for a record of this kind."""
    kind = record["type"]
    names = set(schema["$defs"][kind]["properties"])
    if kind == "event":
        names |= set(schema["$defs"][record["ev"]]["properties"])
    return names


def text_bytes(text):
    """The reading of a text field that format.md gives."""
    return b"".join(bytes([ord(c) & 0xFF]) if 0xEF00 <= ord(c) <= 0xEFFF
                    else c.encode("utf-8") for c in text)


def lines_of(path):
    if path.endswith(".zst"):
        data = subprocess.run(["zstd", "-dcq", path], check=True,
                              stdout=subprocess.PIPE).stdout
    else:
        with open(path, "rb") as file:
            data = file.read()
    for line in data.decode("utf-8").split("\n")[:-1]:
        yield line


def validate(path, schema, validator):
    bad = 0
    for number, line in enumerate(lines_of(path), 1):
        record = json.loads(line)
        problems = [error.message for error in validator.iter_errors(record)]
        if not problems:
            problems = [f"field {name} is not in the schema"
                        for name in set(record) - known_fields(schema, record)]
        if record.get("ev") == "console":
            text_bytes(record["text"])
        for problem in problems:
            bad += 1
            print(f"{path}:{number}: {problem}")
    return bad


def main(paths):
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    bad = 0
    for line in REFUSED:
        if validator.is_valid(json.loads(line)):
            bad += 1
            print(f"the schema takes what it must refuse: {line}")
    for path in paths:
        bad += validate(path, schema, validator)
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
