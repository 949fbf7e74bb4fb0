#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates what `forkscope grade` prints, and rubrics:

    validate_results.py gradescope|junit|json FILE
    validate_results.py rubric FILE...

gradescope: the fields of results.json as Gradescope documents them ("Autograder
Specifications"), and no others.  junit: the elements and attributes of the JUnit XML that
continuous integration reads, and counts that agree with the cases.  json: our own, as
docs/rubric.md has it.  rubric: against tools/rubrics/rubric.schema.json, which also has to
refuse what breaks a rule.

Silent where all is valid.
"""

import copy
import json
import os
import sys
import xml.etree.ElementTree as ElementTree

import jsonschema

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCHEMA = os.path.join(SOURCE, "tools", "rubrics", "rubric.schema.json")

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}

GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number", "minimum": 0},
                    "max_score": {"type": "number", "minimum": 0},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
                # A test counts by score and max_score together, or by its status.
                "required": ["score", "max_score", "status", "name", "output"],
            },
        },
    },
    # One of the two is demanded; where both are, score is the one that counts.
    "required": ["score", "tests"],
}

OUTCOMES = ["error", "passed", "wrong", "crashed", "deadlocked", "timed-out", "skipped",
            "not-built"]
TEXT = {"type": ["string", "null"]}
POINTS = {"type": "number", "minimum": 0}
OURS = {
    "type": "object",
    "required": ["rubric", "points", "submissions"],
    "additionalProperties": False,
    "properties": {
        "rubric": {"type": "string"},
        "points": POINTS,
        "submissions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["submission", "kind", "score", "points", "compiler", "tests"],
                "additionalProperties": False,
                "properties": {
                    "submission": {"type": "string"},
                    "kind": {"enum": ["unknown", "folder", "kernel", "trace"]},
                    "score": POINTS,
                    "points": POINTS,
                    "compiler": TEXT,
                    "tests": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "outcome", "score", "points",
                                         "visibility", "tags", "reason", "trace",
                                         "picture", "replay"],
                            "additionalProperties": False,
                            "properties": {
                                "name": {"type": "string"},
                                "outcome": {"enum": OUTCOMES},
                                "score": POINTS,
                                "points": POINTS,
                                "visibility": VISIBILITY,
                                "tags": {"type": "array", "items": {"type": "string"}},
                                "reason": TEXT,
                                "trace": TEXT,
                                "picture": TEXT,
                                "replay": TEXT,
                                "subtests": {"type": "array"},
                            },
                        },
                    },
                },
            },
        },
    },
}

JUNIT = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped", "time"},
                   {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time", "timestamp",
                   "file", "assertions"},
                  {"testcase", "properties", "system-out", "system-err"}),
    "testcase": ({"name", "classname", "time", "file", "line", "assertions"},
                 {"failure", "error", "skipped", "properties", "system-out",
                  "system-err"}),
    "failure": ({"message", "type"}, set()),
    "error": ({"message", "type"}, set()),
    "skipped": ({"message"}, set()),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
}
REQUIRED = {"testsuites": {"tests", "failures", "errors", "skipped"},
            "testsuite": {"name", "tests", "failures", "errors", "skipped"},
            "testcase": {"name", "classname"}, "failure": {"message", "type"},
            "error": {"message", "type"}, "skipped": {"message"},
            "property": {"name", "value"}}

# Each takes a valid rubric and breaks one rule.
BROKEN = [
    lambda r: r.pop("name"),
    lambda r: r.update(version=2),
    lambda r: r.update(format="rubric"),
    lambda r: r.update(tests=[]),
    lambda r: r.update(pionts=1),
    lambda r: r["tests"][0].pop("points"),
    lambda r: r["tests"][0].update(points=-1),
    lambda r: r["tests"][0].update(points="1"),
    lambda r: r["tests"][0].update(program=[]),
    lambda r: r["tests"][0].update(program="argtest"),
    lambda r: r["tests"][0].update(name="../x"),
    lambda r: r["tests"][0].update(name=".x"),
    lambda r: r["tests"][0].update(status=256),
    lambda r: r["tests"][0].update(status="none"),
    lambda r: r["tests"][0].update(visibility="public"),
    lambda r: r["tests"][0].update(orderings=["waits"]),
    lambda r: r["tests"][0].update(timeslices=[10]),
    lambda r: r["tests"][0].update(lifetimes=["a b"]),
    lambda r: r["tests"][0].update(memory=9),
    lambda r: r["tests"][0].update(console={}),
    lambda r: r["tests"][0].update(console={"exact": "a", "pattern": "a"}),
    lambda r: r["tests"][0].update(console="a"),
    lambda r: r["tests"][0].update(reference={"mode": "tree"}),
    lambda r: r["tests"][0].update(reference={"trace": "t", "mode": "loose"}),
    lambda r: r["tests"][0].update(explore={}),
    lambda r: r["tests"][0].update(explore={"runs": 0}),
    lambda r: r["tests"][0].update(subtests=[]),
    lambda r: r["tests"][0].update(subtests=[{"name": "a"}]),
]


def by_schema(schema, path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    validator = jsonschema.Draft202012Validator(schema)
    for error in validator.iter_errors(document):
        yield f"{error.json_path}: {error.message}"


def gradescope(path):
    yield from by_schema(GRADESCOPE, path)
    with open(path, encoding="utf-8") as file:
        results = json.load(file)
    total = sum(test["score"] for test in results["tests"])
    if abs(total - results["score"]) > 0.001:
        yield f"the score is {results['score']}, the tests' sum {total}"
    for test in results["tests"]:
        if test["score"] > test["max_score"]:
            yield f"{test['name']} has more than its points"


def junit_element(element):
    attributes, children = JUNIT.get(element.tag, (set(), set()))
    if element.tag not in JUNIT:
        yield f"unknown element {element.tag}"
    for name in set(element.attrib) - attributes:
        yield f"{element.tag} has an attribute {name}"
    for name in REQUIRED.get(element.tag, set()) - set(element.attrib):
        yield f"{element.tag} lacks {name}"
    for child in element:
        if child.tag not in children:
            yield f"{child.tag} within {element.tag}"
        yield from junit_element(child)


def junit(path):
    root = ElementTree.parse(path).getroot()
    if root.tag != "testsuites":
        yield f"the root is {root.tag}"
    yield from junit_element(root)
    for suite in [root] + list(root):
        cases = list(suite.iter("testcase"))
        for name, tag in (("failures", "failure"), ("errors", "error"),
                          ("skipped", "skipped")):
            count = sum(case.find(tag) is not None for case in cases)
            if int(suite.get(name)) != count:
                yield f"{suite.get('name')}: {name} is {suite.get(name)}, not {count}"
        if int(suite.get("tests")) != len(cases):
            yield f"{suite.get('name')}: tests is {suite.get('tests')}, not {len(cases)}"


def rubric(path):
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    yield from by_schema(schema, path)
    with open(path, encoding="utf-8") as file:
        good = json.load(file)
    for number, spoil in enumerate(BROKEN):
        bad = copy.deepcopy(good)
        spoil(bad)
        if validator.is_valid(bad):
            yield f"the schema takes rubric {number} that it must refuse"


def broken(directory, path):
    """Writes each broken rubric as NUMBER.json, for the command to refuse."""
    with open(path, encoding="utf-8") as file:
        good = json.load(file)
    for number, spoil in enumerate(BROKEN):
        bad = copy.deepcopy(good)
        spoil(bad)
        with open(os.path.join(directory, f"{number}.json"), "w",
                  encoding="utf-8") as file:
            json.dump(bad, file)


def main(kind, *paths):
    if kind == "broken":
        broken(*paths)
        return 0
    check = {"gradescope": gradescope, "junit": junit, "rubric": rubric,
             "json": lambda path: by_schema(OURS, path)}[kind]
    problems = [f"{path}: {problem}" for path in paths for problem in check(path)]
    print("".join(problem + "\n" for problem in problems), end="")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
