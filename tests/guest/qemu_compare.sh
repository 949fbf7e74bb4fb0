#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the cases of cases.list on qemu-system-x86_64, and with -f on forkscope as well, and
# compares what the console shows with the NAME.expect files and with each other.
set -u -o pipefail

usage() {
	cat <<-END
	usage: $0 [-k KERNEL] [-i INITRD] [-f FORKSCOPE] [-a APPEND] [-u DIR] [CASE...]

	  -k KERNEL     default: build/release/share/forkscope/kernel.elf
	  -i INITRD     default: initrd.tar beside the kernel
	  -f FORKSCOPE  the command, to run each case there too
	  -a APPEND     options for the kernel, such as timeslice=50000
	  -u DIR        write what QEMU showed to DIR/NAME.expect, and compare nothing

	Exit status: 0 where every case agrees, 1 where one does not, 2 usage, 77 where
	there is no QEMU.
	END
}

here=$(cd "$(dirname "$0")" && pwd)
share=$here/../../build/release/share/forkscope
kernel='' initrd='' forkscope='' append='' update=''
while getopts k:i:f:a:u:h option; do
	case $option in
	k) kernel=$OPTARG ;;
	i) initrd=$OPTARG ;;
	f) forkscope=$OPTARG ;;
	a) append=$OPTARG ;;
	u) update=$OPTARG ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
kernel=${kernel:-$share/kernel.elf}
initrd=${initrd:-$(dirname "$kernel")/initrd.tar}
for file in "$kernel" "$initrd"; do
	if [ ! -r "$file" ]; then
		echo "$0: $file: cannot be read; build it or name it" >&2
		exit 2
	fi
done
if ! command -v qemu-system-x86_64 > /dev/null; then
	echo "$0: qemu-system-x86_64 is not installed" >&2
	exit 77
fi

# shellcheck source=tests/guest/cases.sh
. "$here/cases.sh"

# Guest time is counted instructions on both machines, so a run takes the same way every
# time and idle time costs nothing.  The status that the guest reports comes back as
# 2 * status + 1, of which 8 bits are left.
run_qemu() { # COMMAND INPUT OUTPUT SECONDS; the status modulo 128, or 200 for a timeout
	# What is typed before the kernel has set up the serial port may be lost.
	{ [ "$2" = /dev/null ] || sleep 0.5; cat "$2"; } |
	timeout "$4" qemu-system-x86_64 -M pc -m 64 -display none -no-reboot -nodefaults \
		-icount shift=0,sleep=off \
		-device isa-debug-exit,iobase=0xf4,iosize=4 -serial stdio \
		-kernel "$kernel" -initrd "$initrd" -append "$append -- $1" \
		> "$3" 2> "$3.err"
	local code=$?

	case $code in
	124) return 200 ;;
	*) ((code & 1)) && return $((code >> 1)) ;;
	esac
	cat "$3.err" >&2
	return 201
}

run_case() { # NAME KIND STATUS COMMAND
	local name=$1 kind=$2 status=$3 command=$4 seconds=180 input got

	input=$(input_of "$name")
	[ "$kind" = once ] && return 0
	[ "$kind" = endless ] && seconds=3
	run_qemu "$command" "$input" "$scratch/qemu" "$seconds"
	got=$?
	if [ "$kind" = endless ]; then
		if [ $got != 200 ]; then
			echo "$name: ended on QEMU, with status $got"
			return 1
		fi
	elif [ $got != $((status & 127)) ]; then
		echo "$name: status $got on QEMU, expected $((status & 127))"
		tail -n 5 "$scratch/qemu"
		return 1
	fi
	if [ -n "$update" ]; then
		[ "$kind" = status ] || cp "$scratch/qemu" "$update/$name.expect"
		return 0
	fi
	compare "$name" "$kind" "$scratch/qemu" QEMU || return 1

	case $forkscope:$kind in :* | *:qemu | *:endless) return 0 ;; esac
	forkscope_run "$command" --kernel "$kernel" --initrd "$initrd" \
		${append:+--append "$append"} --input "$input" \
		> "$scratch/forkscope" 2> "$scratch/forkscope.err"
	got=$?
	if [ $got != $((status != 0)) ]; then
		echo "$name: exit status $got of forkscope, expected $((status != 0))"
		tail -n 5 "$scratch/forkscope.err"
		return 1
	fi
	compare "$name" "$kind" "$scratch/forkscope" forkscope
}

each_case "$@"
