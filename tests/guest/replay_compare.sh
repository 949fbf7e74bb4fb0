#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the cases of cases.list on forkscope with a recording, under several time slices,
# compares the console with NAME.expect, checks the trace, replays it and wants it to be
# identical.  Those of the kind `once` are run at the first time slice, and not replayed.
set -u -o pipefail

usage() {
	cat <<-END
	usage: $0 -f FORKSCOPE [-a APPEND] [-t TIMESLICE]... [CASE...]

	  -f FORKSCOPE  the command
	  -a APPEND     options for the kernel, such as lifetime=mailbox
	  -t TIMESLICE  instructions between timer interrupts; may be given several
	                times (default: 100000, 20011)

	Exit status: 0 where every case is well, 1 where one is not, 2 usage.
	END
}

here=$(cd "$(dirname "$0")" && pwd)
forkscope='' append='' timeslices=''
while getopts f:a:t:h option; do
	case $option in
	f) forkscope=$OPTARG ;;
	a) append=$OPTARG ;;
	t) timeslices="$timeslices $OPTARG" ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
if [ -z "$forkscope" ]; then
	usage >&2
	exit 2
fi
# shellcheck source=tests/guest/cases.sh
. "$here/cases.sh"

# Shows what a command said, and fails.
complain() { # NAME TEXT FILE
	echo "$1: $2"
	tail -n 5 "$3"
	return 1
}

run_at() { # NAME KIND STATUS COMMAND TIMESLICE
	local trace=$scratch/$1.fst.jsonl out=$scratch/out err=$scratch/err got

	forkscope_run "$4" ${append:+--append "$append"} --timeslice "$5" \
		--input "$(input_of "$1")" --record "$trace" > "$out" 2> "$err"
	got=$?
	[ $got = $(($3 != 0)) ] ||
		complain "$1" "status $got at timeslice $5" "$err" || return 1
	compare "$1" "$2" "$out" "forkscope at timeslice $5" || return 1
	"$forkscope" check "$trace" > "$out" 2>&1 ||
		complain "$1" "the check fails at timeslice $5" "$out" || return 1
	[ "$2" = once ] && return 0
	"$forkscope" replay "$trace" > "$out" 2>&1 ||
		complain "$1" "the replay fails at timeslice $5" "$out" || return 1
	rm -f "$trace"
}

run_case() { # NAME KIND STATUS COMMAND
	local timeslice

	case $2 in qemu | endless) return 0 ;; esac
	for timeslice in ${timeslices:-100000 20011}; do
		run_at "$@" "$timeslice" || return 1
		[ "$2" = once ] && break
	done
	return 0
}

each_case "$@"
