#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# usage: cmake/lint.sh CLANG-RELEASE BUILD-DIRECTORY
#
# Every check of the sources that needs no run of them.  The build directory has to be
# configured, for its compile_commands.json.  All checks run; the status is 1 if one failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clang=$1
build=$2
failed=()
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

check() { # NAME COMMAND...
	local name=$1
	shift
	echo "lint: $name"
	"$@" || failed+=("$name")
}

mapfile -t c_files < <(git ls-files --cached --others --exclude-standard '*.c' '*.h')
mapfile -t shell_files < <(git ls-files '*.sh' dev .ci/run ':!userprogs/data')

format() {
	printf '%s\n' "${c_files[@]}" | xargs -P2 -n40 "clang-format-$clang" --dry-run -Werror
}

# The files that the build compiles, which need its flags to be understood.  Those of
# testbin/ do on purpose what an analyser is there to find.
compiled() {
	sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$build/compile_commands.json" | sort -u |
		grep -F "$PWD/" | grep -v -F "$PWD/build/" | grep '\.c$' |
		grep -v /testbin/
}

tidy() {
	# clang refuses what only gcc has.
	sed -e 's/ -fno-tree-[a-z-]*//g' "$build/compile_commands.json" \
		>"$scratch/compile_commands.json"
	compiled | xargs -P2 -n8 "clang-tidy-$clang" -p "$scratch" --quiet \
		--extra-arg=-Wno-unknown-warning-option 2> >(grep -v 'warnings generated' >&2)
}

analyse() {
	mkdir -p "$build/cppcheck"
	compiled | cppcheck --file-list=- --cppcheck-build-dir="$build/cppcheck" -j2 \
		--quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppress=missingInclude --suppress=unknownMacro --suppress=va_end_missing --suppress='doubleFree:*/tests/unit/*' --error-exitcode=1 -Iemu
}

# Lines to 90 columns with tabs of 8 (but for text in quotes, which is not to be cut),
# files to 600 lines, a licence line in each.
house_rules() {
	local file bad=0
	for file in "${c_files[@]}"; do
		head -n 1 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' ||
			{ echo "$file:1: no SPDX line"; bad=1; }
		[ "$(wc -l <"$file")" -le 600 ] || { echo "$file: more than 600 lines"; bad=1; }
		expand "$file" | awk -v file="$file" '
			length($0) > 90 && !/"/ { print file ":" NR ": longer than 90"; bad = 1 }
			END { exit bad }' || bad=1
	done
	return "$bad"
}

check clang-format format
check clang-tidy tidy
check cppcheck analyse
check shellcheck shellcheck -x "${shell_files[@]}"
check "house rules" house_rules

if [ "${#failed[@]}" -gt 0 ]; then
	echo "lint: failed: ${failed[*]}" >&2
	exit 1
fi
echo "lint: clean"
