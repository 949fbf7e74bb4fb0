#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""forkscope-view in a window, on a virtual X server that nobody sees.

A script presses keys and clicks; what the viewer says of its state is compared with the
trace, and its pictures with each other: not blank, and changed where something changed.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib


def unfilter(kind, row, above, width):
    for i in range(len(row)):
        left = row[i - width] if i >= width else 0
        corner = above[i - width] if i >= width else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[i]
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            away = [abs(above[i] - corner), abs(left - corner),
                    abs(left + above[i] - 2 * corner)]
            guess = (left, above[i], corner)[away.index(min(away))]
        row[i] = (row[i] + guess) & 0xFF


def read_png(path):
    """Width, height and the bytes of an RGB picture without interlacing."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    packed, at = b"", 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, chunk = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", chunk[:10])
            assert (depth, colours) == (8, 2), (depth, colours)
        elif kind == b"IDAT":
            packed += chunk
        at += size + 12
    raw, rows, above = zlib.decompress(packed), [], bytearray(3 * width)
    for y in range(height):
        start = y * (3 * width + 1)
        row = bytearray(raw[start + 1 : start + 1 + 3 * width])
        if raw[start]:
            unfilter(raw[start], row, above, 3)
        rows.append(bytes(row))
        above = row
    return width, height, rows


def colours(rows, box):
    """How often each colour is within x, y, width, height."""
    x, y, width, height = box
    counts = {}
    for row in rows[y : y + height]:
        for i in range(3 * x, 3 * (x + width), 3):
            colour = row[i : i + 3]
            counts[colour] = counts.get(colour, 0) + 1
    return counts


class Server:
    """Xvfb on a display of its own choice, with a screen larger than the window."""

    def __enter__(self):
        out, tell = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1600x1000x24",
             "-nolisten", "tcp"],
            pass_fds=[tell], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(tell)
        with os.fdopen(out) as told:
            self.display = ":" + told.readline().strip()
        assert self.display != ":", "Xvfb did not start"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


SCRIPT = """
state
key e; state
key Right 3; state
screenshot one.png
key Left 3; state
key w; state
size 1200 700
click 500 100
state
screenshot small.png
size 1440 900
key 0
goto 13
key ?
screenshot help.png
key Escape
screenshot two.png
move 600 80
screenshot tip.png
key Space
frames 30
state
quit
"""


def view(display, trace, directory, script):
    # What SDL brings along, libdbus above all, does not free all it has.
    environment = dict(os.environ, DISPLAY=display, SDL_VIDEODRIVER="x11",
                       ASAN_OPTIONS="detect_leaks=0")
    environment.pop("WAYLAND_DISPLAY", None)
    result = subprocess.run(
        ["forkscope-view", "--script", "-", trace], input=script, text=True,
        cwd=directory, env=environment, timeout=120, capture_output=True)
    if result.returncode != 0 or result.stderr:
        sys.exit(f"status {result.returncode}: {result.stderr}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def check_states(states, events):
    start, exit_, later, back, wait, click, played = states
    assert start["event"] == 0 and start["events"] == len(events), start
    exits = [e for e in events if e["ev"] == "exit"]
    for state in exit_, back:
        assert state["event"] == exits[0]["seq"], state
        assert state["icount"] == exits[0]["icount"], state
        assert state["proc"] == exits[0]["proc"] == state["process"], state
        assert state["guest"]["status"] == "ready", state
        assert state["guest"]["mode"] == "kernel", state
        assert state["guest"]["place"]["function"] == "proc_exit", state
        assert state["guest"]["program"]["file"].endswith("family.c"), state
    assert exit_ == back
    assert later["event"] == exit_["event"] + 3, later
    assert later["guest"]["rip"] != exit_["guest"]["rip"], later
    assert wait["kind"].startswith("wait."), wait
    assert click["process"] == events[click["event"]]["proc"], click
    assert played["event"] > 13, played


def check_pictures(directory):
    pictures = {}
    for name in "one", "small", "help", "two", "tip":
        pictures[name] = read_png(os.path.join(directory, name + ".png"))
    assert pictures["one"][:2] == (1440, 900)
    assert pictures["small"][:2] == (1200, 700)
    for width, height, rows in pictures.values():
        seen = colours(rows, (0, 0, width, height))
        assert len(seen) > 40, "a picture is blank"
    width, height, rows = pictures["two"]
    lanes = colours(rows, (280, 60, 700, 180))
    for what, colour in (("running", 0x0072B2), ("ready", 0xE69F00),
                         ("waiting", 0x56B4E9), ("fork", 0x009E73), ("wait", 0xCC79A7)):
        assert lanes.get(colour.to_bytes(3, "big"), 0) > 20, f"no {what} in the lanes"
    assert colours(rows, (1000, 40, 400, 700)).get(b"\x22\x22\x22", 0) > 300, "no inspector"
    assert pictures["help"][2] != rows, "no help"
    assert pictures["tip"][2] != rows, "no tip"
    assert pictures["one"][2] != rows, "the chosen event does not show"


def main():
    with tempfile.TemporaryDirectory() as directory, Server() as server:
        trace = os.path.join(directory, "family.fst.jsonl")
        subprocess.run(["forkscope", "run", "--record", trace, "family"], check=True,
                       stdout=subprocess.DEVNULL)
        with open(trace, encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        events = [r for r in records if r["type"] == "event"]
        check_states(view(server.display, trace, directory, SCRIPT), events)
        check_pictures(directory)


main()
