/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine's check at the start of a block, jumped over where it cannot find anything.
 *
 * A translation begins with two calls: of the hook, and of a helper that looks whether
 * the hook has called uc_emu_stop().  Only the slow way of the hook does that, so where
 * the fast way is taken the second call is for nothing, and costs a run a sixth of its
 * time (docs/tricks.md).
 *
 *	e8 rel32         call  blocks_on_block
 *	48 bf uc         mov   $uc, %rdi                    <- site; or eb 0f, jmp over
 *	33 f6            xor   %esi, %esi
 *	e8 rel32         call  helper_check_exit_request
 *
 * Nothing is taken on trust.  Other code than this, to the byte, is left alone, and then
 * all is as it was, only slower: other hosts, other versions of the engine, a hook that
 * is not called directly.
 */
#include "cpu/internal.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define CALL 0xe8u
#define CALL_SIZE 5
#define CHECK_SIZE (10 + 2 + CALL_SIZE)

static const uint8_t check_code[2] = {0x48, 0xbf};
static const uint8_t jump_code[2] = {0xeb, CHECK_SIZE - 2};
static const uint8_t clear_code[2] = {0x33, 0xf6};

void exitcheck_open(struct cpu *cpu)
{
	cpu->check.helper =
		(uintptr_t)dlsym(RTLD_DEFAULT, "helper_check_exit_request_x86_64");
}

/* Does the call that ends at `end` go to `target`? */
static bool calls(const uint8_t *end, uintptr_t target)
{
	int32_t distance;

	memcpy(&distance, end - sizeof(distance), sizeof(distance));
	return end[-CALL_SIZE] == CALL &&
	       (uintptr_t)end + (uintptr_t)(intptr_t)distance == target;
}

/* Is `site` between the two calls, with `first` as its first bytes? */
static bool is_site(const struct cpu *cpu, const uint8_t *site, const uint8_t *first)
{
	uintptr_t engine = (uintptr_t)cpu->uc;

	return cpu->check.helper != 0 && calls(site, (uintptr_t)blocks_on_block) &&
	       memcmp(site, first, 2) == 0 &&
	       memcmp(site + 2, &engine, sizeof(engine)) == 0 &&
	       memcmp(site + 10, clear_code, 2) == 0 &&
	       calls(site + CHECK_SIZE, cpu->check.helper);
}

/* Asks the host, once, by writing what is there already. */
static bool may_write(struct cpu *cpu, uint8_t *site)
{
	uint8_t same[2] = {site[0], site[1]};
	struct iovec from = {same, sizeof(same)}, to = {site, sizeof(same)};

	if (!cpu->check.writable &&
	    process_vm_writev(getpid(), &from, 1, &to, 1, 0) != (ssize_t)sizeof(same))
		cpu->check.helper = 0;
	cpu->check.writable = cpu->check.helper != 0;
	return cpu->check.writable;
}

void exitcheck_skip(struct cpu *cpu, uint8_t *site)
{
	if (is_site(cpu, site, check_code) && may_write(cpu, site))
		memcpy(site, jump_code, sizeof(jump_code));
}

void exitcheck_restore(struct cpu *cpu, uint8_t *site)
{
	if (is_site(cpu, site, jump_code)) {
		memcpy(site, check_code, sizeof(check_code));
		cpu->check.restored = site;
	}
}

void exitcheck_resume(struct cpu *cpu)
{
	if (cpu->check.restored)
		exitcheck_skip(cpu, cpu->check.restored);
	cpu->check.restored = NULL;
}
