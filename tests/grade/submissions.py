#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes submissions for the tests of `forkscope grade`:  submissions.py NAME...

Each NAME becomes a folder, or a file, of that name in the present directory.  The hostile
ones are the reference's files with a few lines put in.
"""

import os
import random
import struct
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNEL = os.path.join(SOURCE, "guestkernel")


def read(name):
    with open(os.path.join(KERNEL, name), encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def in_function(source, head, code):
    """`code` before all else in the function whose first line is `head`."""
    place = source.index(head + "\n{\n") + len(head) + 3
    return source[:place] + code + "\n" + source[place:]


FORK = "int proc_fork(const struct trap_frame *tf)"


def in_fork(code):
    """A submission whose fork() begins with some code."""
    def make(name):
        source = '#include "dev/console.h"\n#include "lib/panic.h"\n#include "x86.h"\n'
        write(name + "/proc/fork.c", source + in_function(read("proc/fork.c"), FORK, code))
    return make


def appended(file, text):
    def make(name):
        write(name + "/" + file, read(file) + text)
    return make


def prefixed(file, text):
    def make(name):
        write(name + "/" + file, text + read(file))
    return make


def fork_bomb(name):
    source = read("proc/fork.c").replace("int proc_fork(", "static int fork_once(")
    source += "\n%s\n{\n\tfor (;;)\n\t\tfork_once(tf);\n}\n" % FORK
    write(name + "/proc/fork.c", source)


def faker(name):
    """Prints what argtest prints, and powers off."""
    code = """
	static const char text[] =
		"argc   : 3\\nargv[0]: argtest\\nargv[1]: one\\nargv[2]: two words\\n"
		"argv[3]: [NULL]\\n";

	console_write(text, sizeof(text) - 1);
	x86_outl(0xf4, 0);
"""
    in_fork(code)(name)


def whole(name):
    """All of the kernel as it is, with what else lies there."""
    for folder, _, files in os.walk(KERNEL):
        for file in files:
            path = os.path.relpath(os.path.join(folder, file), KERNEL)
            write(name + "/" + path, read(path))
    write(name + "/README.md", "our kernel\n")
    write(name + "/.git/config", "no source\n")


def link(name):
    os.makedirs(name + "/proc")
    os.symlink("/etc/passwd", name + "/proc/fork.c")


def link_to_folder(name):
    os.makedirs(name)
    os.symlink("/etc", name + "/proc")


def fifo(name):
    os.makedirs(name + "/proc")
    os.mkfifo(name + "/proc/fork.c")


def folder_as_file(name):
    os.makedirs(name + "/proc/fork.c")
    write(name + "/proc/fork.c/fork.c", "int x;\n")


def large(name):
    write(name + "/proc/fork.c", "/*" + "x" * (2 << 20) + "*/\n")


def many(name):
    for i in range(600):
        write("%s/proc/a%d.c" % (name, i), "extern int a%d;\n" % i)


def misplaced(name):
    write(name + "/fork.c", read("proc/fork.c"))


def nested(name):
    write(name + "/guestkernel/proc/fork.c", read("proc/fork.c"))


def linker_script(name):
    write(name + "/kernel.ld", "INPUT(/etc/passwd)\n" + read("kernel.ld"))


def profile(name):
    write(name + "/kernel.profile.json",
          read("kernel.profile.json").replace('"exit"', '"reap"', 1))


def option(name):
    write(name + "/proc/-fplugin=x.c", "int x;\n")


def steering(name):
    """A file whose name would clear a terminal."""
    write(name + "/proc/\033[2J\n.c", "")


def new_file(name):
    write(name + "/proc/extra.c", "int extra(void);\nint extra(void)\n{\n\treturn 0;\n}\n")
    in_fork("\textern int extra(void);\n\tif (extra())\n\t\treturn 0;")(name)


def binary(size, begin=b""):
    def make(name):
        generator = random.Random(1)
        with open(name, "wb") as file:
            file.write(begin + bytes(generator.randrange(256) for _ in range(size)))
    return make


def high(name):
    """The kernel, with a segment that no machine has the memory for."""
    with open(os.path.join(os.environ["SHARE"], "kernel.elf"), "rb") as file:
        kernel = bytearray(file.read())
    headers, = struct.unpack_from("<Q", kernel, 32)
    struct.pack_into("<Q", kernel, headers + 56 + 24, 1 << 40)
    with open(name, "wb") as file:
        file.write(kernel)


MAKERS = {
    # nothing is wrong with these
    "empty": os.mkdir,
    "whole": whole,
    "header": appended("proc/proc.h", "\n/* ours */\n"),
    "new-file": new_file,
    "warning": appended("proc/fork.c", "\nstatic int unused;\n"),
    # they run, and not well
    "endless": in_fork("\tfor (;;)\n\t\t;"),
    "fork-bomb": fork_bomb,
    "talker": in_fork('\tfor (;;)\n\t\tconsole_write("all work and no play\\n", 21);'),
    "mumbler": in_fork('\tfor (;;)\n\t\tconsole_write("a", 1);'),
    "panic": in_fork('\tpanic("no fork \\x01 today");'),
    "triple-fault": in_fork("\tstatic const char none[10];\n\n"
                            '\tasm volatile("lidt %0; int3" : : "m"(none));'),
    "odd-port": in_fork("\tx86_outl(0x1234, 1);"),
    "halt": in_fork('\tasm volatile("cli; hlt");'),
    "faker": faker,
    # they do not compile
    "syntax": appended("proc/fork.c", "\nint f( { return 1; }\n"),
    "undefined": appended("proc/fork.c", "\nextern int nothing(void);\nint f(void);\n"
                          "int f(void)\n{\n\treturn nothing();\n}\n"),
    "no-entry": lambda name: write(name + "/boot/entry.S", ""),
    "asm": appended("trap/entry.S", '\n\t.section .rodata\n\t.incbin "/etc/passwd"\n'),
    "asm-in-c": appended("proc/fork.c", '\nasm(".incbin \\"/etc/passwd\\"");\n'),
    "self": prefixed("proc/fork.c", '#include "/proc/self/environ"\n'),
    "passwd": prefixed("proc/fork.c", '#include "/etc/passwd"\n'),
    "include-bomb": prefixed("proc/fork.c", "#include __FILE__\n#include __FILE__\n"),
    "device": prefixed("proc/fork.c", '#include "/dev/zero"\n'),
    # they are no kernel
    "link": link,
    "link-to-folder": link_to_folder,
    "fifo": fifo,
    "folder-as-file": folder_as_file,
    "large": large,
    "many": many,
    "misplaced": misplaced,
    "nested": nested,
    "linker-script": linker_script,
    "profile": profile,
    "option": option,
    "steering": steering,
    "noise": binary(5000),
    "elf-noise": binary(5000, b"\x7fELF\x02\x01\x01"),
    "json-noise": binary(5000, b'{"type":"header"'),
    "zst-noise": binary(5000, b"\x28\xb5\x2f\xfd"),
    "nothing": binary(0),
    "high": high,
}

for wanted in sys.argv[1:]:
    MAKERS[wanted](wanted)
