#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives a page of `forkscope tree -f html` in headless Chromium: page_test.py PAGE KEYS

A copy of the page presses KEYS (words: one character, or the name of a key), with the
pointer on the first process, or where one of the words is "hover", on the chosen event.
Then the state that the page shows is printed: trace, event, the text of the inspector,
its code, and what is told at the pointer.  Without Chromium says so and stops with status
0.
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
{
const seen = {};
window.addEventListener("error", e => seen.error = e.message);
for (const key of KEYS)
	window.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
const canvas = document.querySelector("canvas");
const box = canvas.getBoundingClientRect();
const chosen = views[0].trace.events[views[0].event];
const at = HOVER ? {x: views[0].x(chosen[1]), y: views[0].y(chosen[2])} : {x: 20, y: 36};
canvas.dispatchEvent(new MouseEvent("mousemove",
	{clientX: box.left + at.x, clientY: box.top + at.y, bubbles: true}));
const ink = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
const below = document.getElementById("views").scrollTop;
Object.assign(seen, document.body.dataset, {ink: ink.some(v => v !== 0), below});
for (const id of ["what", "code", "tip"])
	seen[id] = document.getElementById(id).textContent;
const out = document.createElement("pre");
out.id = "seen";
out.textContent = JSON.stringify(seen);
document.body.append(out);
}
</script>
</body>"""


def main(page, keys):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("skipped: there is no chromium")
        return 0
    with open(page, encoding="utf-8") as file:
        text = file.read()
    driver = DRIVER.replace("HOVER", json.dumps("hover" in keys))
    keys = [key for key in keys if key != "hover"]
    text = text.replace("</body>", driver.replace("KEYS", json.dumps(keys)))
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
    found = re.search(r'<pre id="seen">(.*?)</pre>', dom, re.S)
    seen = json.loads(html.unescape(found.group(1))) if found else {}
    for name in ("ready", "error", "trace", "event", "ink", "below", "what", "code", "tip"):
        print(name + ":", seen.get(name, "-"))
    return 0 if seen.get("ready") == "yes" and "error" not in seen else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
