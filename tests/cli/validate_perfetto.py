#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates Chrome trace event JSON on standard input, as Perfetto reads it.

Every event has the fields of its phase; slices of a thread nest; an asynchronous slice has
an id of its own, a begin and an end in that order; a flow has one start and one finish, each
inside a slice of its thread; every process has a name.
"""

import json
import sys

problems = []


def expect(condition, text, event):
    if not condition:
        problems.append(f"{text}: {json.dumps(event)}")


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def main():
    trace = json.load(sys.stdin)
    names, slices, spans, flows = set(), {}, {}, {}
    for event in trace["traceEvents"]:
        phase = event.get("ph")
        expect(phase in ("M", "X", "b", "e", "s", "f", "i"), "unknown phase", event)
        expect(whole(event.get("pid")) and whole(event.get("tid")), "no pid or tid", event)
        expect(isinstance(event.get("name"), str), "no name", event)
        if phase == "M":
            if event["name"] == "process_name":
                names.add(event["pid"])
            continue
        expect(whole(event.get("ts")), "no timestamp", event)
        if phase == "X":
            expect(whole(event.get("dur")), "no duration", event)
            slices.setdefault((event["pid"], event["tid"]), []).append(
                (event["ts"], event["ts"] + event["dur"]))
        elif phase in "be":
            key = (event["cat"], event["id"], event["pid"])
            spans.setdefault(key, []).append(event)
        elif phase in "sf":
            flows.setdefault((event["cat"], event["id"]), []).append(event)
        elif phase == "i":
            expect(event.get("s") in ("g", "p", "t"), "no scope", event)
    for thread in slices.values():
        thread.sort()
        for (_, end), (start, _) in zip(thread, thread[1:]):
            expect(start >= end, "slices overlap", [end, start])
    for pair in spans.values():
        expect([e["ph"] for e in pair] == ["b", "e"] and pair[0]["ts"] <= pair[1]["ts"]
               and pair[0]["name"] == pair[1]["name"], "not a begin and an end", pair)
    for pair in flows.values():
        expect([e["ph"] for e in pair] == ["s", "f"] and pair[0]["ts"] <= pair[1]["ts"],
               "not a start and a finish", pair)
        for event in pair:
            inside = any(start <= event["ts"] <= end for start, end in
                         slices.get((event["pid"], event["tid"]), []))
            expect(inside, "a flow outside of every slice", event)
    for event in trace["traceEvents"]:
        expect(event["pid"] in names, "a process without a name", event)
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
