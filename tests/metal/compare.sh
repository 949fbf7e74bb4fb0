#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: compare.sh METAL_RUN IMAGE
#
# The console of a metal test on QEMU and on forkscope; 77 where there is no QEMU.
set -u
command -v qemu-system-x86_64 >/dev/null || exit 77
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

timeout 60 qemu-system-x86_64 -M pc -m 64 -kernel "$2" -append qemu -display none \
	-serial stdio -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
	</dev/null >"$scratch/qemu"
status=$?
if [ "$status" != 1 ]; then
	echo "QEMU ended with status $status, not 1"
	exit 1
fi
"$1" "$2" >"$scratch/forkscope" || exit 1
diff "$scratch/qemu" "$scratch/forkscope"
