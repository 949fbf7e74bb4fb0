#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives a page of `forkscope tree -f html` in headless Chromium: page_test.py PAGE KEYS

A copy of the page presses KEYS (words: one character, or the name of a key), then the
state that the page shows is printed: trace, event, and the text of the inspector.  Without
Chromium says so and stops with status 0.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

DRIVER = """<script>
window.addEventListener("error", e => document.body.dataset.error = e.message);
for (const key of KEYS)
	window.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
const canvas = document.querySelector("canvas");
const box = canvas.getBoundingClientRect();
canvas.dispatchEvent(new MouseEvent("mousemove",
	{clientX: box.left + 20, clientY: box.top + 36, bubbles: true}));
const ink = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
document.body.dataset.ink = ink.some(v => v !== 0);
</script>
</body>"""


def main(page, keys):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("skipped: there is no chromium")
        return 0
    with open(page, encoding="utf-8") as file:
        text = file.read()
    text = text.replace("</body>", DRIVER.replace("KEYS", json.dumps(keys)))
    with tempfile.TemporaryDirectory() as directory:
        copy = os.path.join(directory, "page.html")
        with open(copy, "w", encoding="utf-8") as file:
            file.write(text)
        dom = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu",
             "--user-data-dir=" + directory + "/profile", "--virtual-time-budget=2000",
             "--window-size=1200,700", "--dump-dom", "file://" + copy],
            check=True, timeout=120, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL).stdout.decode("utf-8")
    body = dict(re.findall(r'data-(\w+)="([^"]*)"',
                           re.search(r"<body[^>]*>", dom).group(0)))
    for name in ("ready", "error", "trace", "event", "ink"):
        print(name, body.get(name, "-"))
    for name in ("info", "tip"):
        found = re.search(rf'<div id="{name}"[^>]*>(.*?)</div>', dom, re.S)
        print(name + ":", html.unescape(found.group(1)) if found else "-")
    return 0 if body.get("ready") == "yes" and "error" not in body else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
