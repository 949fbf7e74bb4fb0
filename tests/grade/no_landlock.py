#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a command as on a kernel without Landlock: no_landlock.py COMMAND ARGUMENT..."""

import ctypes
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
FIRST, LAST = 444, 446  # landlock_create_ruleset to landlock_restrict_self
ENOSYS = 38


def instruction(code, value, if_true=0, if_false=0):
    return struct.pack("=HBBI", code, if_true, if_false, value)


FILTER = b"".join([
    instruction(0x20, 0),               # load the number of the system call
    instruction(0x35, FIRST, 0, 2),     # at least FIRST, or to the last line
    instruction(0x25, LAST, 1, 0),      # above LAST: to the last line
    instruction(0x06, 0x50000 | ENOSYS),
    instruction(0x06, 0x7FFF0000),      # allowed
])


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


libc = ctypes.CDLL(None, use_errno=True)
program = Program(len(FILTER) // 8, FILTER)
if (libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or
        libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program)) != 0):
    sys.exit("no filter of system calls: " + os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[1], sys.argv[1:])
