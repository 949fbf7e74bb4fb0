#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a PVH kernel of a few instructions: make_kernel.py FILE HEX-BYTES

The bytes run in 32-bit protected mode at physical 1 MiB, with no interrupt table: an
exception is a triple fault.
"""

import struct
import sys

BASE = 0x100000


def header(kind, offset, size):
    return struct.pack("<IIQQQQQQ", kind, 7, offset, BASE, BASE, size, size, 4)


def main():
    path, code = sys.argv[1], bytes.fromhex("".join(sys.argv[2:]))
    note = struct.pack("<III4sI", 4, 4, 18, b"Xen\0", BASE)
    at = 64 + 2 * 56
    elf = b"\x7fELF\2\1\1" + bytes(9)
    elf += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, BASE, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    elf += header(4, at, len(note)) + header(1, at + len(note), len(code))
    with open(path, "wb") as file:
        file.write(elf + note + code)


main()
