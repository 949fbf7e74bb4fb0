#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# count.sh FORKSCOPE KERNEL CLASSES WORKLOAD N OPTION...: a complete search runs each
# class once.
set -e
forkscope=$1 kernel=$2 classes=$3 workload=$4 n=$5
shift 5
report=$("$forkscope" explore --strategy dpor --kernel "$kernel" "$@" --json -- \
	"$(dirname "$0")/drive.c" "$workload" "$n")
expected="\"end\":\"complete\",\"complete\":true"
expected="$expected,\"interleavings\":$classes,\"classes\":$classes,"
case $report in
*"$expected"*'"violations":0,'*) ;;
*)
	echo "not $classes interleavings and classes: $report"
	exit 1
	;;
esac
