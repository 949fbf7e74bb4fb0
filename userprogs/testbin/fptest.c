/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fptest: the registers of the floating-point unit belong to a process.  They survive
 * preemption by others that use them too, and a child starts with its parent's.
 */
#include "check.h"

#include <abi/syscall.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 4

struct vector {
	uint64_t half[2];
};

static void fill(struct vector v[16], uint64_t seed)
{
	for (int i = 0; i < 16; i++) {
		v[i].half[0] = seed * 0x9e3779b97f4a7c15 + (uint64_t)i;
		v[i].half[1] = ~v[i].half[0] * seed;
	}
}

#define MOVE_ALL(op)                                                                     \
	op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) \
		op(13) op(14) op(15)
#define LOAD(n) "movdqu " #n "*16(%[in]), %%xmm" #n "\n\t"
#define STORE(n) "movdqu %%xmm" #n ", " #n "*16(%[out])\n\t"
#define XMM                                                                              \
	"xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",  \
		"xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

/* Holds `in` in the registers while it counts down, then stores them. */
static void hold(const struct vector *in, struct vector *out, uint64_t count)
{
	__asm__ volatile(MOVE_ALL(LOAD) "1: dec %[count]\n\t"
	                                "jnz 1b\n\t" MOVE_ALL(STORE)
	                 : [count] "+r"(count)
	                 : [in] "r"(in), [out] "r"(out)
	                 : "memory", "cc", XMM);
}

/* fork() with `in` in the registers; `out` is what they hold afterwards. */
static pid_t fork_holding(const struct vector *in, struct vector *out)
{
	long result;

	__asm__ volatile(MOVE_ALL(LOAD) "syscall\n\t" MOVE_ALL(STORE)
	                 : "=a"(result)
	                 : "a"(SYS_fork), [in] "r"(in), [out] "r"(out)
	                 : "rcx", "r11", "memory", XMM);
	if (result < 0)
		fail("fork: error %ld", -result);
	return (pid_t)result;
}

static void expect_same(const struct vector *in, const struct vector *out)
{
	if (memcmp(in, out, 16 * sizeof(*in)) != 0)
		fail("the vector registers have changed");
}

/* Sums on the x87 stack, whose control word holds the rounding: truncation here. */
static void x87(void)
{
	uint16_t truncate = 0x0f7f;
	uint16_t control = 0;
	long double sum = 0;

	__asm__ volatile("fldcw %0" : : "m"(truncate));
	for (int i = 0; i < 100000; i++)
		sum += i;
	__asm__ volatile("fnstcw %0" : "=m"(control));
	if (control != truncate)
		fail("the x87 control word is %x", control);
	if (sum != 4999950000.0L)
		fail("the x87 sum is wrong");
}

static int child(uint64_t seed)
{
	struct vector in[16], out[16];

	fill(in, seed);
	for (int i = 0; i < 20; i++) {
		hold(in, out, 50000);
		expect_same(in, out);
	}
	x87();
	return (int)seed;
}

int main(void)
{
	struct vector in[16], out[16];
	pid_t pid;
	pid_t children[CHILDREN];

	fill(in, 77);
	pid = fork_holding(in, out);
	expect_same(in, out);
	if (pid == 0)
		_exit(1);
	check_exited(pid, 1);

	for (int i = 0; i < CHILDREN; i++) {
		children[i] = check_fork();
		if (children[i] == 0)
			_exit(child((uint64_t)i + 1));
	}
	for (int i = 0; i < CHILDREN; i++)
		check_exited(children[i], i + 1);
	printf("fptest: the registers belong to the process\n");
	return 0;
}
