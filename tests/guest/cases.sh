# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the scripts beside it share: the cases of cases.list and the comparison of a
# console's text with NAME.expect.  Needs $here, this directory, and $forkscope.
: "${here:?}" "${forkscope?}"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The text as far as it does not depend on the schedule.
normal() { # KIND FILE
	case $1 in
	exact | qemu | endless) cat "$2" ;;
	lines) sort "$2" ;;
	bytes) fold -b -w 1 "$2" | sort ;;
	esac
}

compare() { # NAME KIND OUTPUT MACHINE
	case $2 in status | once) return 0 ;; esac
	if ! diff <(normal "$2" "$here/$1.expect") <(normal "$2" "$3") > "$scratch/diff"; then
		echo "$1: the console of $4 differs (< expected, > shown):"
		head -n 20 "$scratch/diff"
		return 1
	fi
}

# What is typed for a case, by name.
input_of() { # NAME
	if [ -e "$here/$1.input" ]; then
		echo "$here/$1.input"
	else
		echo /dev/null
	fi
}

# Runs `run_case NAME KIND STATUS COMMAND` for each case, or for those named, and says how
# many failed.
each_case() { # [CASE...]
	local cases=0 failed=0 name kind status command

	while read -r name kind status command; do
		case $name in '' | '#'*) continue ;; esac
		if [ $# -gt 0 ]; then
			case " $* " in *" $name "*) ;; *) continue ;; esac
		fi
		cases=$((cases + 1))
		run_case "$name" "$kind" "$status" "$command" < /dev/null ||
			failed=$((failed + 1))
	done < "$here/cases.list"
	echo "$cases cases, $failed failed"
	[ $failed = 0 ] && [ $cases -gt 0 ]
}

# Runs a command line of a case on forkscope; the kernel's quotes are a part of the
# shell's.
forkscope_run() { # COMMAND OPTION...
	local -a args

	set -f
	eval "args=($1)"
	set +f
	shift
	"$forkscope" run "$@" -- "${args[@]}"
}
