/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heap blocks and page frames: what the oracles see wrong, and what is in order. */
#include "oracle_record.h"

#define BLOCK 0x280040u
#define PAGE 0x290000u

static void alloc(uint32_t pa, uint64_t size)
{
	struct trace_event *e = event(TRACE_ALLOC, threads[now].proc);

	e->alloc.address = 0xffff800000000000 + pa;
	e->alloc.size = size;
	e->alloc.label = "proc/made.c:7";
	mark(RECORD_ALLOC, pa, size);
	icount++;
}

static void release_block(const char *function, uint32_t pa)
{
	touch(function, STACK + 4096u * now + 0x800, 8, true);
	event(TRACE_FREE, threads[now].proc)->alloc.address = 0xffff800000000000 + pa;
	mark(RECORD_FREE, pa, 0);
	touch("kfree", STACK + 4096u * now + 0x7f8, 8, true);
}

static void block_in_order(void **state)
{
	(void)state;
	alloc(BLOCK, 100);
	writes("proc_fork", BLOCK);
	writes("proc_fork", BLOCK + 88);
	release_block("proc_release_entry", BLOCK);
	/* The allocator may poison it, and use it again. */
	writes("kfree", BLOCK + 8);
	acquire("kfree", symbol("heap_lock"));
	writes("memset", BLOCK + 16);
	release("kfree", symbol("heap_lock"));
	on();
	alloc(BLOCK, 48);
	writes("proc_fork", BLOCK);
	release_block("proc_release_entry", BLOCK);
	clean();
}

static void double_free(void **state)
{
	(void)state;
	alloc(BLOCK, 100);
	release_block("proc_release_entry", BLOCK);
	switch_to(CHILD, RECORD_PREEMPT);
	release_block("files_destroy", BLOCK);
	expect(EXPLORE_DOUBLE_FREE, "1.1.1 frees a heap block in files_destroy");
	assert_non_null(
		strstr(findings[0].reason, "1.1 has freed in proc_release_entry"));
	assert_int_equal(findings[0].nplaces, 2);
	assert_int_equal(findings[0].thread[0], CHILD);
	assert_int_equal(findings[0].thread[1], PARENT);
}

/* A block from before the start may be freed once, and then no more. */
static void double_free_of_an_old_block(void **state)
{
	(void)state;
	release_block("proc_release_entry", BLOCK);
	clean();
	release_block("files_destroy", BLOCK);
	expect(EXPLORE_DOUBLE_FREE, "frees a heap block");
}

static void double_free_of_pages(void **state)
{
	(void)state;
	mark(RECORD_PAGES, PAGE, 8192);
	call("as_destroy", RECORD_PAGES_FREE, PAGE, 8192);
	mark(RECORD_PAGES, PAGE, 4096);
	call("as_destroy", RECORD_PAGES_FREE, PAGE, 4096);
	clean();
	call("as_destroy", RECORD_PAGES_FREE, PAGE + 4096, 4096);
	expect(EXPLORE_DOUBLE_FREE, "frees a page frame");
}

static void use_after_free(void **state)
{
	(void)state;
	alloc(BLOCK, 100);
	release_block("proc_release_entry", BLOCK);
	switch_to(CHILD, RECORD_PREEMPT);
	reads("proc_fork", BLOCK + 96);
	expect(EXPLORE_USE_AFTER_FREE, "1.1.1 reads in proc_fork");
	assert_non_null(strstr(findings[0].reason, "of proc/made.c:7 that 1.1 freed in "
	                                           "proc_release_entry"));
}

/* A run after one with a freed block knows nothing of it. */
static void runs_are_apart(void **state)
{
	(void)state;
	reads("proc_fork", BLOCK + 96);
	mark(RECORD_PAGES, PAGE, 4096);
	writes("proc_fork", PAGE);
	clean();
}

static void use_of_a_freed_page(void **state)
{
	(void)state;
	mark(RECORD_PAGES, PAGE, 4096);
	writes("proc_fork", PAGE);
	call("as_destroy", RECORD_PAGES_FREE, PAGE, 4096);
	writes("frame_ref", PAGE);
	clean();
	switch_to(CHILD, RECORD_PREEMPT);
	user = true;
	touch("", PAGE + 8, 4, true);
	expect(EXPLORE_USE_AFTER_FREE, "1.1.1 writes");
}

static void fresh_oracle(void)
{
	oracle_free(oracle);
	assert_int_equal(oracle_create(&oracle, kernel, &config), 0);
}

/* An allocation before the start, which has no mark. */
static void alloc_before(uint32_t pa, uint64_t size)
{
	struct trace_event *e = event(TRACE_ALLOC, "1");

	e->alloc.address = 0xffff800000000000 + pa;
	e->alloc.size = size;
	e->alloc.label = "boot/made.c:1";
	rec.nmarks--;
	rec.start = ++icount;
	fresh_oracle();
}

static void old_size_is_known(void **state)
{
	(void)state;
	alloc_before(BLOCK, 64);
	release_block("proc_release_entry", BLOCK);
	reads("proc_fork", BLOCK + 64);
	clean();
	reads("proc_fork", BLOCK + 56);
	expect(EXPLORE_USE_AFTER_FREE, "1.1 reads in proc_fork");
}

/* A kernel may say anything of its blocks. */
static void old_size_beyond_all_memory(void **state)
{
	(void)state;
	alloc_before(BLOCK + 0x100, UINT64_MAX - 49);
	alloc(BLOCK, 24);
	writes("proc_fork", BLOCK);
	release_block("proc_release_entry", BLOCK);
	clean();
}

/* All blocks are known, so what lies between two of them is nobody's. */
static void out_of_block_in_an_old_page(void **state)
{
	(void)state;
	alloc_before(BLOCK + 0x100, 20);
	alloc(BLOCK, 24);
	writes("proc_fork", BLOCK + 0x100);
	touch("proc_fork", BLOCK + 0x110, 4, true);
	writes("kmalloc_labelled", BLOCK + 24);
	release_block("proc_release_entry", BLOCK);
	clean();
	writes("proc_fork", BLOCK + 24);
	expect(EXPLORE_OUT_OF_BLOCK, "in no block");
}

static void out_of_an_old_block(void **state)
{
	(void)state;
	alloc_before(BLOCK + 0x100, 20);
	alloc(BLOCK, 24);
	touch("proc_fork", BLOCK + 0x110, 8, true);
	release_block("proc_release_entry", BLOCK);
	expect(EXPLORE_OUT_OF_BLOCK, "writes 8 bytes");
}

/* Beyond the size asked for, though the allocator has more room there. */
static void out_of_block(void **state)
{
	(void)state;
	fresh_oracle();
	alloc(BLOCK, 100);
	touch("proc_fork", BLOCK + 96, 4, true);
	/* Whose that is nobody knows: the page is from before the start. */
	writes("proc_fork", BLOCK + 104);
	release_block("proc_release_entry", BLOCK);
	clean();
	new_record(NULL);
	alloc(BLOCK, 100);
	touch("proc_fork", BLOCK + 96, 8, true);
	release_block("proc_release_entry", BLOCK);
	expect(EXPLORE_OUT_OF_BLOCK, "1.1 writes 8 bytes in proc_fork");
}

static void out_of_block_in_a_new_page(void **state)
{
	(void)state;
	mark(RECORD_PAGES, PAGE, 4096);
	writes("kmalloc_labelled", PAGE);
	alloc(PAGE + 64, 64);
	writes("proc_fork", PAGE + 120);
	reads("proc_fork", PAGE + 128);
	release_block("proc_release_entry", PAGE + 64);
	clean();
	new_record(NULL);
	mark(RECORD_PAGES, PAGE, 4096);
	alloc(PAGE + 64, 64);
	writes("proc_fork", PAGE + 128);
	release_block("proc_release_entry", PAGE + 64);
	expect(EXPLORE_OUT_OF_BLOCK, "in no block");
}

static void leak(void **state)
{
	(void)state;
	alloc(BLOCK, 100);
	alloc(BLOCK + 0x100, 50);
	release_block("proc_release_entry", BLOCK);
	expect(EXPLORE_LEAK,
	       "50 bytes of proc/made.c:7, allocated by 1.1, is never freed");
	/* What there was no time for is no leak. */
	rec.outcome = TRACE_LIMIT;
	clean();
}

static void leaked_page(void **state)
{
	(void)state;
	mark(RECORD_PAGES, PAGE, 4096);
	user = true;
	writes("", PAGE);
	user = false;
	clean();
	threads[PARENT].exited = true;
	expect(EXPLORE_LEAK, "a page frame of 1.1, which is gone");
	call("as_destroy", RECORD_PAGES_FREE, PAGE, 4096);
	clean();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(block_in_order),
		TEST(double_free),
		TEST(double_free_of_an_old_block),
		TEST(double_free_of_pages),
		TEST(use_after_free),
		TEST(runs_are_apart),
		TEST(use_of_a_freed_page),
		TEST(old_size_is_known),
		TEST(old_size_beyond_all_memory),
		TEST(out_of_block_in_an_old_page),
		TEST(out_of_an_old_block),
		TEST(out_of_block),
		TEST(out_of_block_in_a_new_page),
		TEST(leak),
		TEST(leaked_page),
	};

	return cmocka_run_group_tests(tests, open_oracle, close_oracle);
}
