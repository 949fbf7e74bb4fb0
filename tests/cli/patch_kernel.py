#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes k.elf and k.profile.json, the kernel with some of its code overwritten:

    patch_kernel.py SYMBOL HEX-BYTES...

SYMBOL is a function, or `entry` for the PVH entry point: code there runs in 32-bit
protected mode with no interrupt table, so that an exception is a triple fault.
"""

import os
import shutil
import struct
import subprocess
import sys


def address_of(kernel, symbol):
    if symbol == "entry":
        # The ELF entry point of this kernel is the PVH one.
        return struct.unpack_from("<Q", kernel, 24)[0]
    names = subprocess.run(["nm", "k.elf"], check=True, capture_output=True, text=True)
    for line in names.stdout.splitlines():
        address, _, name = line.split(" ", 2)
        if name == symbol:
            return int(address, 16)
    sys.exit(f"the kernel has no symbol {symbol}")


def offset_of(kernel, address):
    table, count = struct.unpack_from("<Q", kernel, 32)[0], struct.unpack_from("<H", kernel, 56)[0]
    for i in range(count):
        kind, _, offset, start, _, size = struct.unpack_from("<IIQQQQ", kernel, table + i * 56)
        if kind == 1 and start <= address < start + size:
            return offset + address - start
    sys.exit(f"no segment of the kernel holds {address:#x}")


def main():
    share = os.environ["SHARE"]
    shutil.copy(f"{share}/kernel.elf", "k.elf")
    shutil.copy(f"{share}/kernel.profile.json", "k.profile.json")
    code = bytes.fromhex("".join(sys.argv[2:]))
    with open("k.elf", "r+b") as file:
        kernel = file.read()
        file.seek(offset_of(kernel, address_of(kernel, sys.argv[1])))
        file.write(code)


main()
