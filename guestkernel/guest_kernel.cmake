# SPDX-License-Identifier: GPL-2.0-or-later
#
# guest_kernel(NAME SOURCES_DIR OUTPUT): target NAME builds the kernel whose sources lie in
# SOURCES_DIR (laid out like guestkernel/) as the file OUTPUT.
#
# guest_flags_only(): the calling directory compiles with nothing of the host's flags, so
# that the image is the same bytes in every preset.  To be called before guest_kernel().

macro(guest_flags_only)
	set(CMAKE_C_FLAGS "")
	set(CMAKE_ASM_FLAGS "")
	set(CMAKE_EXE_LINKER_FLAGS "")
	set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
	if(CMAKE_BUILD_TYPE)
		string(TOUPPER "${CMAKE_BUILD_TYPE}" guest_config)
		set(CMAKE_C_FLAGS_${guest_config} "")
		set(CMAKE_ASM_FLAGS_${guest_config} "")
		set(CMAKE_EXE_LINKER_FLAGS_${guest_config} "")
	endif()
	set_directory_properties(PROPERTIES COMPILE_OPTIONS "" LINK_OPTIONS "")
endmacro()

# -fno-optimize-sibling-calls: a function that a probe watches is entered by a call, so
# that its return can be watched too.
set(GUEST_KERNEL_OPTIONS
	$<$<COMPILE_LANGUAGE:C>:-std=gnu17>
	-O2 -g -ffreestanding -fno-pic -fno-pie -mcmodel=kernel -mno-red-zone
	-mgeneral-regs-only -fno-stack-protector -fcf-protection=none
	-fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-strict-aliasing
	-fno-tree-loop-distribute-patterns
	-fno-asynchronous-unwind-tables -fno-common
	-Wall -Wextra -Wpedantic -Werror
	$<$<COMPILE_LANGUAGE:C>:-Wshadow;-Wstrict-prototypes;-Wmissing-prototypes;-Wvla>
	$<$<COMPILE_LANGUAGE:C>:-Wframe-larger-than=1400>)

function(guest_kernel name sources_dir output)
	file(GLOB sources CONFIGURE_DEPENDS "${sources_dir}/*/*.c" "${sources_dir}/*/*.S")
	list(SORT sources)
	cmake_path(GET output FILENAME file)
	cmake_path(GET output PARENT_PATH directory)
	add_executable(${name} ${sources})
	set_target_properties(${name} PROPERTIES
		OUTPUT_NAME "${file}"
		RUNTIME_OUTPUT_DIRECTORY "${directory}"
		LINK_DEPENDS "${sources_dir}/kernel.ld")
	target_include_directories(${name} PRIVATE "${sources_dir}" "${sources_dir}/include")
	target_compile_options(${name} PRIVATE ${GUEST_KERNEL_OPTIONS}
		"-fdebug-prefix-map=${sources_dir}=guestkernel"
		"-fdebug-prefix-map=${CMAKE_BINARY_DIR}=build"
		"-fmacro-prefix-map=${sources_dir}/=")
	target_link_options(${name} PRIVATE -nostdlib -static -no-pie
		-T "${sources_dir}/kernel.ld" -Wl,--build-id=none -Wl,-z,noexecstack
		-Wl,-z,max-page-size=4096)
endfunction()
