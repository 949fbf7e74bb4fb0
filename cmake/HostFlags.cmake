# SPDX-License-Identifier: GPL-2.0-or-later
#
# forkscope_host: what every host-side target is compiled with.  The guest's code has its
# own flags and never links this, so that kernel and initrd are the same bytes in every
# preset; for the same reason the flags that CMake adds by build type are emptied here and
# stand below.

foreach(config RELEASE DEBUG)
	set(CMAKE_C_FLAGS_${config} "")
	set(CMAKE_ASM_FLAGS_${config} "")
endforeach()

add_library(forkscope_host INTERFACE)
target_compile_features(forkscope_host INTERFACE c_std_17)
target_compile_definitions(forkscope_host INTERFACE
	_GNU_SOURCE
	FORKSCOPE_VERSION="${PROJECT_VERSION}")
target_compile_options(forkscope_host INTERFACE
	-Wall -Wextra -Wpedantic -Werror
	-Wstrict-prototypes -Wmissing-prototypes
	# Text that does not fit is cut, and meant to be: error_set() and its like.
	$<$<C_COMPILER_ID:GNU>:-Wno-format-truncation>
	# Unicorn's library calls functions of its own by names like cpu_reset, which a
	# visible one of ours would replace.
	-fvisibility=hidden
	"-ffile-prefix-map=${PROJECT_SOURCE_DIR}/="
	"$<$<CONFIG:Release>:-O2;-g>"
	"$<$<CONFIG:Debug>:-O0;-g3;-fno-omit-frame-pointer>")

if(FORKSCOPE_SANITIZE)
	# Unicorn's uc_ctl macros shift a 3 into the sign bit.
	set(sanitizers -fsanitize=address,undefined -fno-sanitize=shift-base
		-fno-sanitize-recover=all)
	target_compile_options(forkscope_host INTERFACE ${sanitizers})
	target_link_options(forkscope_host INTERFACE ${sanitizers})
endif()

if(FORKSCOPE_COVERAGE)
	target_compile_options(forkscope_host INTERFACE --coverage -fprofile-update=atomic)
	target_link_options(forkscope_host INTERFACE --coverage)
endif()
