#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fewest.sh FORKSCOPE KERNEL: fewest preemptions, then earliest, on workload.c's mistakes.
set -e
forkscope=$1 kernel=$2
drive=$(dirname "$0")/drive.c
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT

# A trace of the first schedule that panics with preemptions in the functions given.
record() {
	workload=$1
	shift
	rm -rf "$dir/found"
	"$forkscope" explore --strategy dpor --first --no-minimize "$@" --kernel "$kernel" \
		-o "$dir/found" -- "$drive" "$workload" 2 >"$dir/report" || [ $? -eq 1 ]
}

minimize() {
	"$forkscope" minimize "$@" --kernel "$kernel" "$dir/found/panic-1.fst.jsonl" "$drive"
}

expect() {
	case $2 in
	*"$1"*) ;;
	*)
		echo "not $1: $2"
		exit 1
		;;
	esac
}

record ways --within look_twice --within write_twice
expect "; 2 preemptions
    fewer than 2 preemptions not ruled out
" "$(cat "$dir/report")"
expect '"preemptions_before":2,"preemptions":2,"proved":false,"ruled_out":0,"searched":0,' \
	"$(minimize --json --max-runs 0)"
expect '"preemptions":2,"proved":false,"ruled_out":0,"searched":1,' \
	"$(minimize --json --max-runs 1)"
expect '"preemptions":2,"proved":false,"ruled_out":1,"searched":3,' \
	"$(minimize --json --max-runs 3)"
expect "
fewer than 2 preemptions not ruled out, only up to 0: 3 interleavings
" "$(minimize --max-runs 3)"
expect '"preemptions":1,"proved":true,"ruled_out":1,' "$(minimize --json)"
story=$(minimize)
expect "is preempted after open_late" "$story"
expect "
no fewer preemptions: proved by " "$story"

# None with fewer is found, and the search for it comes to an end.
record windows --within open_late
story=$(minimize)
expect "
no fewer preemptions: proved by 2 interleavings
" "$story"
expect "is preempted after open_early" "$story"

# A search that begins with fewer has nothing to prove.
report=$("$forkscope" explore --strategy bounded --first --kernel "$kernel" \
	-- "$drive" windows 2) || [ $? -eq 1 ]
expect "; 1 preemption
    no fewer preemptions: proved by this search
" "$report"
report=$("$forkscope" explore --strategy dpor --first --kernel "$kernel" \
	-- "$drive" windows 2) || [ $? -eq 1 ]
expect "; 1 preemption
    no fewer preemptions: proved by 2 interleavings
" "$report"
