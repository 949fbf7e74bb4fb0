#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Says what a page of `forkscope tree -f html` holds of places: page_places.py PAGE"""

import json
import re
import sys


def main(page):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.S).group(1))
    places = data["places"]
    events = [event for trace in data["traces"] for event in trace["events"]]
    bare = [event for event in events if len(event) < 6 or not places[event[4]][4]]
    print(f"events {len(events)}, without a place {len(bare)}")
    print("places", len(places), "different", len({tuple(place) for place in places}))
    print("longest place below 1000 bytes:",
          max((len(json.dumps(place)) for place in places), default=0) < 1000)
    for image, function, line, _, _ in places:
        print(image, function, line)


if __name__ == "__main__":
    main(sys.argv[1])
