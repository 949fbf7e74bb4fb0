#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each call of the guest kernel has a manual page in docs/calls, no page is of another, and
# intro(2) leads to all.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root/docs/calls" || exit 1
calls=$(sed -n 's/^#define SYS_\([a-z0-9_]*\) .*/\1/p' "$root/guestkernel/include/abi/syscall.h")
failed=0

complain() {
	echo "$1"
	failed=1
}

for call in $calls; do
	[ -f "$call.2" ] || complain "$call: no page"
	grep -q "^\.Nm $call\$" "$call.2" || complain "$call.2: of something else"
	grep -q "^\.Xr $call 2" intro.2 || complain "$call: not in intro.2"
done
for page in *.2; do
	case $'\nintro\n'$calls$'\n' in
	*$'\n'"${page%.2}"$'\n'*) ;;
	*) complain "$page: no such call" ;;
	esac
done
if command -v mandoc > /dev/null; then
	mandoc -T lint -W warning ./*.2 || failed=1
fi
[ -n "$calls" ] && [ $failed = 0 ]
