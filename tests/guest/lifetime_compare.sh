#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Records the cases of cases.list under each design of process lifetime and compares the
# traces: the same processes must have ended in the same ways, and, where what a program
# does is not up to the schedule, have done the same things.
set -u -o pipefail

usage() {
	cat <<-END
	usage: $0 -f FORKSCOPE [CASE...]

	Exit status: 0 where every case is well, 1 where one is not, 2 usage.
	END
}

here=$(cd "$(dirname "$0")" && pwd)
forkscope=''
while getopts f:h option; do
	case $option in
	f) forkscope=$OPTARG ;;
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

# Programs that wait for any child, or until time has passed: which child comes and how
# often they look is up to the schedule.
by_schedule=' race-test many64 forkbomb wnohang callbench orphans procs200 randcall '

run_case() { # NAME KIND STATUS COMMAND
	local mode=semantic lifetime

	case $2 in
	qemu | endless | once) return 0 ;;
	lines | bytes | status) mode=tree ;;
	esac
	case $by_schedule in *" $1 "*) mode=tree ;; esac
	for lifetime in reparent exitlock mailbox waitqueue; do
		forkscope_run "$4" --append "lifetime=$lifetime" \
			--input "$(input_of "$1")" \
			--record "$scratch/$lifetime.fst.jsonl" > /dev/null 2>&1
		[ $lifetime = reparent ] && continue
		if ! "$forkscope" diff --mode "$mode" "$scratch/reparent.fst.jsonl" \
			"$scratch/$lifetime.fst.jsonl" > "$scratch/out" 2>&1; then
			echo "$1: reparent and $lifetime differ:"
			head -n 20 "$scratch/out"
			return 1
		fi
	done
}

each_case "$@"
