/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proc/proc.h"

#include "abi/errno.h"
#include "dev/debugexit.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/addr_space.h"
#include "mm/kmalloc.h"
#include "proc/files.h"
#include "x86.h"

#define WORD_BITS 64
#define WORDS ((PID_MAX + WORD_BITS) / WORD_BITS)

struct spinlock proc_table_lock = SPINLOCK_INIT("proc_table_lock");

static struct proc *table[PID_MAX + 1]; /* proc_table_lock */
static int count;                       /* proc_table_lock */
static uint64_t releases;               /* proc_table_lock; entries, since boot */
static struct condvar table_shrunk;     /* proc_table_lock */

/*
 * proc_table_lock.  A set bit is a free pid; in `free_words` a set bit is a word that has
 * one.  So the lowest free pid takes two steps, however many processes there are.
 */
static uint64_t free_pids[WORDS];
static uint64_t free_words;

_Static_assert(WORDS == WORD_BITS, "one word says which words have free pids");
_Static_assert(PID_MAX == WORDS * WORD_BITS - 1, "no bit stands for a pid above PID_MAX");

static int take_lowest_pid(void)
{
	int word;
	int bit;

	if (free_words == 0)
		return -EAGAIN;
	word = __builtin_ctzll(free_words);
	bit = __builtin_ctzll(free_pids[word]);
	free_pids[word] &= ~(1ull << bit);
	if (free_pids[word] == 0)
		free_words &= ~(1ull << word);
	return word * WORD_BITS + bit;
}

static void give_back_pid(int pid)
{
	int word = pid / WORD_BITS;

	free_pids[word] |= 1ull << (pid % WORD_BITS);
	free_words |= 1ull << word;
}

void proc_init(void)
{
	memset(free_pids, 0xff, sizeof(free_pids));
	memset(&free_words, 0xff, sizeof(free_words));
	free_pids[0] &= ~((1ull << PID_MIN) - 1);
	condvar_init(&table_shrunk);
}

struct proc *proc_create(int *error)
{
	struct proc *p;
	int pid;

	if (lifetime->sweep != NULL)
		lifetime->sweep();
	p = kmalloc(sizeof(*p));
	if (p == NULL) {
		*error = -ENOMEM;
		return NULL;
	}
	p->thread = NULL;
	p->as = NULL;
	p->files = NULL;
	p->page_faults = 0;
	list_init(&p->dead);
	spinlock_acquire(&proc_table_lock);
	pid = take_lowest_pid();
	if (pid > 0) {
		p->pid = pid;
		lifetime->init(p);
		table[pid] = p;
		count++;
	}
	spinlock_release(&proc_table_lock);
	if (pid < 0) {
		kfree(p);
		*error = pid;
		return NULL;
	}
	return p;
}

PROBED void proc_release_entry(struct proc *p)
{
	assert(p->as == NULL && p->files == NULL);
	spinlock_acquire(&proc_table_lock);
	assert(table[p->pid] == p);
	table[p->pid] = NULL;
	give_back_pid(p->pid);
	count--;
	releases++;
	/* Before whoever waits for the table to shrink can look at what is left. */
	kfree(p);
	condvar_broadcast(&table_shrunk, &proc_table_lock);
	spinlock_release(&proc_table_lock);
}

struct proc *proc_lookup(int pid)
{
	assert(spinlock_held(&proc_table_lock));
	return pid >= PID_MIN && pid <= PID_MAX ? table[pid] : NULL;
}

int proc_count(void)
{
	int n;

	spinlock_acquire(&proc_table_lock);
	n = count;
	spinlock_release(&proc_table_lock);
	return n;
}

/*
 * What a sweep can free is left behind by a process before its entry is released.  So an
 * entry that was released since the count before the sweep may have left something that
 * the sweep missed, and with it nobody who would wake us.
 */
static void wait_for_others(void)
{
	uint64_t seen;

	spinlock_acquire(&proc_table_lock);
	while (count > 1) {
		seen = releases;
		spinlock_release(&proc_table_lock);
		if (lifetime->sweep != NULL)
			lifetime->sweep();
		spinlock_acquire(&proc_table_lock);
		while (count > 1 && releases == seen)
			condvar_wait(&table_shrunk, &proc_table_lock);
	}
	spinlock_release(&proc_table_lock);
}

NORETURN void proc_power_off(uint32_t status)
{
	wait_for_others();
	x86_cli();
	debugexit_write(status);
	for (;;)
		x86_hlt();
}

void proc_visit(void (*visit)(const struct proc *p))
{
	spinlock_acquire(&proc_table_lock);
	for (int pid = PID_MIN; pid <= PID_MAX; pid++)
		if (table[pid] != NULL)
			visit(table[pid]);
	spinlock_release(&proc_table_lock);
}

/*
 * What belongs to the process alone goes here, while it can still sleep and be preempted;
 * its page tables only once the thread no longer runs on them.
 */
PROBED NORETURN void proc_exit(int status)
{
	struct proc *p = proc_current();

	if (p->pid == PROC_INIT_PID)
		panic("init exited (wait status %d)", status);
	files_destroy(p->files);
	p->files = NULL;
	thread_use_addr_space(NULL);
	as_destroy(p->as);
	p->as = NULL;
	lifetime->exit(p, status);
}
