#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# once.sh FORKSCOPE LIFETIME RUNS [OPTION...] PROGRAM...: no class is run twice in as many
# runs.
set -e
forkscope=$1 lifetime=$2 runs=$3
shift 3
report=$("$forkscope" explore --strategy dpor --append "lifetime=$lifetime" \
	--max-runs "$runs" --json "$@") || [ $? -eq 5 ] # not complete
number() {
	echo "$report" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}
if [ "$(number interleavings)" -ne "$(number classes)" ] ||
	[ "$(number violations)" -ne 0 ]; then
	echo "not each class once, without violations: $report"
	exit 1
fi
