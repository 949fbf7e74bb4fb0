/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Path expressions over a guest kernel's data: `cpus[cpu].current`, `arg0->proc->pid`.
 *
 *	EXPR  = [ "(struct" TAG "*)" ] START { "->" FIELD | "." FIELD | "[" INDEX "]" }
 *	START = "arg0".."arg5" | "ret"   a parameter or the result of the function scoped
 *	      | "thread" | "process"     the current ones, where the scope types them
 *	      | FIELD                    of the object, in a scope that has one
 *	      | NAME                     a global variable
 *	INDEX = a number | "cpu"
 *
 * A cast is of START, not of the whole path: functions written in assembly have
 * parameters without types.  A path that ends at a structure or an array gives its
 * address, any other the value there, extended to 64 bits by its type.
 *
 * Compiled against the DWARF once, evaluated as a short list of additions and loads.
 */
#ifndef FORKSCOPE_PROBE_EXPR_H
#define FORKSCOPE_PROBE_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include "machine/machine.h"
#include "probe/types.h"

/* Steps of one expression; longer ones are refused. */
#define EXPR_STEPS 16

enum expr_start {
	EXPR_REGISTER,
	EXPR_ADDRESS,
	EXPR_OBJECT,
	EXPR_THREAD,
	EXPR_PROCESS,
};

struct expr_step {
	enum { EXPR_ADD, EXPR_LOAD, EXPR_CPU } op;
	uint64_t n; /* what to add, once or once per CPU number */
};

struct expr {
	enum expr_start start;
	bool result;      /* needs the function's result: only good at its return */
	int reg;          /* of EXPR_REGISTER */
	uint64_t address; /* of EXPR_ADDRESS */
	int nsteps;
	struct expr_step steps[EXPR_STEPS];
	bool load; /* the value lies in memory where the steps lead */
	int size;  /* of the value: 1, 2, 4 or 8 bytes */
	bool is_signed;
	uint64_t type; /* as declared; TYPE_VOID where nothing says */
};

/* What the names of an expression mean while it is compiled. */
struct expr_scope {
	const struct symbols *symbols;
	const struct types *types;
	const char *function; /* whose arg0.. and ret; NULL: there are none */
	bool returns;         /* `ret` may be used */
	uint64_t object; /* the structure whose fields may start a path, or TYPE_VOID */
	uint64_t thread; /* the structures of `thread` and `process`, or TYPE_VOID */
	uint64_t process;
};

/*
 * ERR_FILE, the message starting with the expression in quotes, where it is malformed or
 * names what is not there.
 */
int expr_compile(struct expr *e, const struct expr_scope *scope, const char *text);

/* What an expression is evaluated against; only what it uses needs to be there. */
struct expr_context {
	struct machine *machine;
	int cpu;
	const struct machine_registers
		*registers; /* at function entry, for `ret` at return */
	uint64_t object;
	uint64_t thread;
	uint64_t process;
};

/* False where a load on the way fails: the guest's pointers may be anything. */
bool expr_eval(const struct expr *e, const struct expr_context *context, uint64_t *value);
/* Where the value lies, instead; false too where it lies nowhere in memory. */
bool expr_address(const struct expr *e, const struct expr_context *context, uint64_t *va);

#endif
