/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Path expressions: what they read from memory and registers, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake_machine.h"
#include "fixtures/probe_kernel.h"
#include "probe/expr.h"

static struct symbols *symbols;
static struct types *types;
static uint64_t thread_type, proc_type;

/* The guest's memory. */
static struct cpu guest_cpus[CPUS];
static struct thread threads[2];
static struct proc procs[3];

static int open_fixture(void **state)
{
	(void)state;
	if (symbols_open(&symbols, TEST_PROBE_FIXTURE) || types_create(&types, symbols) ||
	    !types_struct(types, "thread", &thread_type) ||
	    !types_struct(types, "proc", &proc_type))
		return -1;
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	types_destroy(types);
	symbols_close(symbols);
	return 0;
}

static int fill_memory(void **state)
{
	uint64_t at, size;

	(void)state;
	fake_reset();
	memset(procs, 0, sizeof(procs));
	guest_cpus[0].current = &threads[0];
	guest_cpus[1].current = &threads[1];
	for (int i = 0; i < 2; i++)
		threads[i] = (struct thread){.id = 10 + i,
		                             .state = THREAD_SLEEPING,
		                             .proc = &procs[i]};
	strcpy(threads[0].name, "first");
	procs[0].pid = 65000;
	procs[0].nice = -5;
	procs[0].nested.depth = -300;
	procs[0].nested.low = 0xfffffffe;
	procs[0].hidden = -1;
	procs[0].mood = MOOD_BAD;
	procs[0].children[2] = &procs[2];
	procs[1].pid = 4;
	procs[2].pid = 77;
	if (!symbols_lookup(symbols, "cpus", &at, &size) || size != sizeof(guest_cpus))
		return -1;
	fake_map(at, guest_cpus, sizeof(guest_cpus));
	FAKE_MAP(threads);
	FAKE_MAP(procs);
	return 0;
}

static struct expr_scope scope(const char *function, uint64_t object)
{
	return (struct expr_scope){
		.symbols = symbols,
		.types = types,
		.function = function,
		.returns = true,
		.object = object,
		.thread = object ? TYPE_VOID : thread_type,
		.process = object ? TYPE_VOID : proc_type,
	};
}

static struct expr_context context(void)
{
	return (struct expr_context){
		.registers = &fake.registers,
		.thread = (uint64_t)&threads[0],
		.process = (uint64_t)&procs[1],
	};
}

static uint64_t value_in(const struct expr_scope *s, const struct expr_context *c,
                         const char *text)
{
	struct expr e;
	uint64_t value = 0xdead;

	if (expr_compile(&e, s, text) != 0)
		fail_msg("%s", error_message());
	if (!expr_eval(&e, c, &value))
		fail_msg("%s: cannot be read", text);
	return value;
}

static uint64_t global(const char *text)
{
	struct expr_scope s = scope(NULL, TYPE_VOID);
	struct expr_context c = context();

	return value_in(&s, &c, text);
}

static uint64_t of_object(uint64_t type, void *object, const char *text)
{
	struct expr_scope s = scope(NULL, type);
	struct expr_context c = {.object = (uint64_t)object};

	return value_in(&s, &c, text);
}

static uint64_t of_call(const char *function, const char *text)
{
	struct expr_scope s = scope(function, TYPE_VOID);
	struct expr_context c = context();

	return value_in(&s, &c, text);
}

static void globals(void **state)
{
	struct expr_scope s = scope(NULL, TYPE_VOID);
	struct expr_context c = context();

	(void)state;
	assert_int_equal(global("cpus[0].current"), (uint64_t)&threads[0]);
	assert_int_equal(global("cpus[1].current->id"), 11);
	assert_int_equal(global(" cpus [ cpu ] . current -> id "), 10);
	c.cpu = 1;
	assert_int_equal(value_in(&s, &c, "cpus[cpu].current->id"), 11);
	assert_int_equal(global("cpus[0].current->proc->pid"), 65000);
	assert_int_equal(global("cpus->current->id"), 10);
	assert_int_equal(global("(struct cpu *)cpus->pad"), 0);
}

static void fields(void **state)
{
	(void)state;
	assert_int_equal(of_object(proc_type, &procs[0], "pid"), 65000);
	assert_int_equal((int64_t)of_object(proc_type, &procs[0], "nice"), -5);
	assert_int_equal((int64_t)of_object(proc_type, &procs[0], "nested.depth"), -300);
	assert_int_equal(of_object(proc_type, &procs[0], "nested.low"), 0xfffffffe);
	assert_int_equal((int64_t)of_object(proc_type, &procs[0], "hidden"), -1);
	assert_int_equal((int64_t)of_object(proc_type, &procs[0], "mood"), MOOD_BAD);
	assert_int_equal(of_object(proc_type, &procs[0], "children[2]->pid"), 77);
	assert_int_equal(of_object(thread_type, &threads[1], "proc->pid"), 4);
	assert_int_equal(of_object(thread_type, &threads[1], "state"), THREAD_SLEEPING);
	/* What has no value of its own is where it lies. */
	assert_int_equal(of_object(proc_type, &procs[0], "list"),
	                 (uint64_t)&procs[0].list);
	assert_int_equal(of_object(thread_type, &threads[0], "name"),
	                 (uint64_t)threads[0].name);
	assert_int_equal(of_object(thread_type, &threads[0], "name[1]"), 'i');
}

static void current_ones(void **state)
{
	(void)state;
	assert_int_equal(of_call("proc_exit", "thread"), (uint64_t)&threads[0]);
	assert_int_equal(of_call("proc_exit", "thread->proc->pid"), 65000);
	assert_int_equal(of_call("proc_exit", "process->pid"), 4);
	assert_int_equal(of_call("proc_exit", "process"), (uint64_t)&procs[1]);
}

static void parameters(void **state)
{
	uint64_t *gpr = fake.registers.gpr;

	(void)state;
	gpr[GPR_RDI] = 0x1111111111111180; /* a signed char: -128 */
	gpr[GPR_RSI] = 0xaaaaaaaaaaaaffff;
	gpr[GPR_RDX] = 0xbbbbbbbbfffffffe;
	gpr[GPR_RCX] = (uint64_t)&procs[2];
	gpr[8] = 0xccccccccffffffff;
	gpr[9] = 0x123456789abcdef0;
	gpr[GPR_RAX] = 0xeeeeeeee80000000;
	assert_int_equal((int64_t)of_call("small_arguments", "arg0"), -128);
	assert_int_equal(of_call("small_arguments", "arg1"), 0xffff);
	assert_int_equal(of_call("small_arguments", "arg2"), 0xfffffffe);
	assert_int_equal(of_call("small_arguments", "arg3->pid"), 77);
	assert_int_equal((int64_t)of_call("small_arguments", "arg4"), -1);
	assert_int_equal(of_call("small_arguments", "arg5"), 0x123456789abcdef0);
	assert_int_equal((int64_t)of_call("small_arguments", "ret"), INT32_MIN);
	/* Assembly has no types: registers as they are, or as a cast says. */
	assert_int_equal(of_call("asm_switch", "arg0"), 0x1111111111111180);
	assert_int_equal(of_call("asm_switch", "(struct proc *)arg3->pid"), 77);
	assert_int_equal(of_call("asm_switch", "(struct proc *)arg3"),
	                 (uint64_t)&procs[2]);
}

static void bad_pointers(void **state)
{
	struct expr_scope s = scope(NULL, proc_type);
	struct expr_context c = {.object = (uint64_t)&procs[0]};
	struct expr e;
	uint64_t value;

	(void)state;
	assert_int_equal(expr_compile(&e, &s, "children[0]->children[1]->pid"), 0);
	assert_false(expr_eval(&e, &c, &value));
	procs[0].children[0] = (struct proc *)0xfffffffffffffffe;
	assert_false(expr_eval(&e, &c, &value));
	procs[0].children[0] = &procs[0];
	procs[0].children[1] = &procs[2];
	assert_true(expr_eval(&e, &c, &value));
	assert_int_equal(value, 77);
	c.object = 0;
	assert_false(expr_eval(&e, &c, &value));
}

static void refuse(const char *function, uint64_t object, const char *text,
                   const char *why)
{
	struct expr_scope s = scope(function, object);
	struct expr e;

	s.returns = false;
	assert_int_equal(expr_compile(&e, &s, text), ERR_FILE);
	if (!strstr(error_message(), why))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, error_message(), why);
	/* One line, which starts with the expression. */
	assert_int_equal(error_message()[0], '"');
	assert_int_equal(strncmp(error_message() + 1, text, strlen(text)), 0);
	assert_null(strchr(error_message(), '\n'));
}

static void refused(void **state)
{
	char longer[400] = "children[0]";

	(void)state;
	refuse(NULL, 0, "", "must start with a name");
	refuse(NULL, 0, "no_such", "no symbol no_such");
	refuse(NULL, 0, "kmain", "type of kmain");
	refuse(NULL, 0, "cpus[0].current->nothing", "struct thread has no field nothing");
	refuse(NULL, 0, "cpus[0].current.id", "use ->");
	refuse(NULL, 0, "cpus[2].current", "the array has 2 elements");
	refuse(NULL, 0, "cpus[x].current", "an index is a number or cpu");
	refuse(NULL, 0, "cpus[0", "] is missing");
	refuse(NULL, 0, "cpus[0].current->", "field name");
	refuse(NULL, 0, "counter->x", "-> needs a pointer, not int");
	refuse(NULL, 0, "counter.x", "no structure, but int");
	refuse(NULL, 0, "counter + 1", "cannot read \"+ 1\"");
	refuse(NULL, 0, "arg0", "nothing outside a probe");
	refuse(NULL, 0, "(thread *)cpus", "(struct NAME *)");
	refuse(NULL, 0, "(struct nothing *)cpus", "no struct nothing");
	refuse(NULL, proc_type, "flag", "bit field");
	refuse(NULL, proc_type, "load", "no integer");
	refuse(NULL, proc_type, "none", "struct proc has no field none");
	refuse(NULL, proc_type, "opaque->third", "struct opaque has no field third");
	refuse("proc_exit", 0, "arg1", "proc_exit() has no parameter 1");
	refuse("proc_exit", 0, "ret", "\"when\": \"return\"");
	for (int i = 0; i < 20; i++)
		strcat(longer, "->children[0]");
	refuse(NULL, proc_type, longer, "too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(globals, fill_memory),
		cmocka_unit_test_setup(fields, fill_memory),
		cmocka_unit_test_setup(current_ones, fill_memory),
		cmocka_unit_test_setup(parameters, fill_memory),
		cmocka_unit_test_setup(bad_pointers, fill_memory),
		cmocka_unit_test_setup(refused, fill_memory),
	};

	return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
