#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# count.sh FORKSCOPE KERNEL CLASSES WORKLOAD N: a complete search runs each class once.
set -e
report=$("$1" explore --strategy dpor --kernel "$2" --json -- \
	"$(dirname "$0")/drive.c" "$4" "$5")
expected="\"end\":\"complete\",\"complete\":true,\"interleavings\":$3,\"classes\":$3,"
case $report in
*"$expected"*'"violations":0,'*) ;;
*)
	echo "not $3 interleavings and classes: $report"
	exit 1
	;;
esac
