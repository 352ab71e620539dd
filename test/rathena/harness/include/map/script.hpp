// A stand-in for rAthena's header of this name: the stack of a script and how a command reads and fills it.
#pragma once

#include <common/cbasetypes.hpp>
#include <common/malloc.hpp>
#include <common/timer.hpp>

#define script_getdata(st, i) (&((st)->stack->stack_data[(st)->start + (i)]))
#define script_hasdata(st, i) ((st)->end > (st)->start + (i))
#define script_lastdata(st) ((st)->end - (st)->start - 1)

#define script_pushint(st, val) push_val2((st)->stack, C_INT, (val), nullptr)
#ifndef HARNESS_RATHENA_2020
#define script_pushint64(st, val) push_val2((st)->stack, C_INT, (val), nullptr)
#endif
#define script_pushstr(st, val) push_str((st)->stack, C_STR, (val))
#define script_pushstrcopy(st, val) push_str((st)->stack, C_STR, aStrdup(val))
#define script_pushconststr(st, val) push_str((st)->stack, C_CONSTSTR, const_cast<char*>(val))

#define script_getnum(st, i) conv_num(st, script_getdata(st, i))
#define script_getnum64(st, i) conv_num64(st, script_getdata(st, i))
#define script_getstr(st, i) conv_str(st, script_getdata(st, i))
#define script_isstring(st, i) data_isstring(get_val(st, script_getdata(st, i)))
#define script_isint(st, i) data_isint(get_val(st, script_getdata(st, i)))
#define script_getfuncname(st) (st->funcname)

#define data_isstring(data) ((data)->type == C_STR || (data)->type == C_CONSTSTR)
#define data_isint(data) ((data)->type == C_INT)
#define data_isreference(data) ((data)->type == C_NAME)

#define BUILDIN_FUNC(x) int32 buildin_##x(struct script_state* st)
#define BUILDIN_DEF(x, args) {buildin_##x, #x, args}
#define BUILDIN_DEF2(x, x2, args) {buildin_##x, x2, args}

enum script_cmd_result {
	SCRIPT_CMD_SUCCESS = 0,
	SCRIPT_CMD_FAILURE = 1,
};

enum c_op { C_NOP, C_INT, C_STR, C_CONSTSTR, C_ARG, C_NAME };

struct reg_db;

struct script_data {
	c_op type;
	union {
		int64 num;
		char* str;
	} u;
	reg_db* ref;
};

struct script_stack {
	int32 sp;
	int32 sp_max;
	script_data* stack_data;
};

enum e_script_state { RUN, STOP, END, RERUNLINE, GOTO, RETFUNC, CLOSE };

struct script_state {
	script_stack* stack;
	int32 start, end;
	e_script_state state;
	int32 rid, oid;
	struct {
		int32 tick, timer, charid;
	} sleep;
	script_state* bk_st;
	unsigned npc_item_flag : 1;
	unsigned mes_active : 1;
	char* funcname;
	uint32 id;
};

void run_script_main(script_state* st);
TIMER_FUNC(run_script_timer);

/// The scripts that there are, by their numbers.
struct DBMap;
extern DBMap* st_db;
void* script_by_id(int32 id);
#define idb_get(db, key) ((void)(db), script_by_id(key))
int32 buildin_end(script_state* st);

int64 conv_num64(script_state* st, script_data* data);
int32 conv_num(script_state* st, script_data* data);
const char* conv_str(script_state* st, script_data* data);
script_data* get_val(script_state* st, script_data* data);
script_data* push_val2(script_stack* stack, c_op type, int64 val, reg_db* ref);
script_data* push_str(script_stack* stack, c_op type, char* str);

/// What the parser knows of a name, by the number that add_str gives it.
struct str_data_struct {
	c_op type;
	int64 val;
};
extern str_data_struct* str_data;
int32 add_str(const char* name);
void script_set_constant_(const char* name, int64 value, const char* constant_name, bool isparameter, bool deprecated);
#define script_set_constant(name, value, isparameter, deprecated) \
	script_set_constant_(name, value, nullptr, isparameter, deprecated)
