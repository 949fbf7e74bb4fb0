# SPDX-License-Identifier: GPL-2.0-or-later
#
# The libraries that the host side needs, as one target: forkscope::dependencies.
# Every one is a Debian package; `./dev setup` installs them.

find_package(PkgConfig REQUIRED)

# Below 2.1.4 the x86 engine maps virtual addresses to themselves or loads CR3 when CR2 is
# written: no guest would run, so this stops before anything is built.
pkg_check_modules(UNICORN QUIET unicorn>=2.1.4)
if(NOT UNICORN_FOUND)
	message(FATAL_ERROR
		"forkscope needs Unicorn 2.1.4 or later and pkg-config finds none: "
		"run ./dev setup")
endif()

pkg_check_modules(LIBRARIES QUIET IMPORTED_TARGET
	unicorn>=2.1.4 capstone>=4.0 libcjson libzstd libxxhash>=0.8 nettle libelf libdw)
if(NOT LIBRARIES_FOUND)
	message(FATAL_ERROR
		"a library is missing (one of capstone, libcjson, libzstd, libxxhash, nettle, "
		"libelf, libdw): run ./dev setup")
endif()

add_library(forkscope_dependencies INTERFACE)
target_link_libraries(forkscope_dependencies INTERFACE PkgConfig::LIBRARIES)
add_library(forkscope::dependencies ALIAS forkscope_dependencies)
