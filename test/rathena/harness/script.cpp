#include <chrono>
#include <set>
#include <strings.h>

#include <common/showmsg.hpp>
#include <map/map.hpp>

#include "harness.hpp"

using Clock = std::chrono::steady_clock;

/// What lies below the command on the stack of a real script: no command may count from 0.
static const int32 BELOW = 3;
/// The name of the command and the mark before its arguments.
static const int32 FIRST_ARGUMENT = 2;

struct Variable {
	bool is_string;
	int64 number;
	std::string text;
};

struct Script {
	script_state st = {};
	script_stack stack = {};
	const script_function* function = nullptr;
	std::string token;
	int runs = 0;
	int64 microseconds = 0;
};

static std::set<Script*> scripts;
static std::vector<Variable*> variables;
static uint32 next_script_id = 0;

char* aStrdup(const char* text) {
	return strdup(text);
}

void aFree(void* memory) {
	free(memory);
}

// The stack has never room to spare: a pointer into it that is kept across a push is a pointer to freed memory.
static script_data* push(script_stack* stack) {
	size_t size = static_cast<size_t>(stack->sp + 1) * sizeof(script_data);
	script_data* grown = static_cast<script_data*>(malloc(size));
	if (stack->sp > 0)
		memcpy(grown, stack->stack_data, static_cast<size_t>(stack->sp) * sizeof(script_data));
	free(stack->stack_data);
	stack->stack_data = grown;
	stack->sp_max = stack->sp + 1;
	return &stack->stack_data[stack->sp++];
}

script_data* push_val2(script_stack* stack, c_op type, int64 val, reg_db* ref) {
	script_data* data = push(stack);
	data->type = type;
	data->u.num = val;
	data->ref = ref;
	return data;
}

script_data* push_str(script_stack* stack, c_op type, char* str) {
	script_data* data = push(stack);
	data->type = type;
	data->u.str = str;
	data->ref = nullptr;
	return data;
}

static void free_data(script_data* data) {
	if (data->type == C_STR)
		aFree(data->u.str);
}

script_data* get_val(script_state*, script_data* data) {
	if (data->type != C_NAME)
		return data;
	if (data->u.num < 0 || data->u.num >= static_cast<int64>(variables.size())) {
		report("broken a slot that refers to a variable was overwritten");
		abort();
	}
	Variable* variable = variables[static_cast<size_t>(data->u.num)];
	data->type = variable->is_string ? C_CONSTSTR : C_INT;
	if (variable->is_string)
		data->u.str = &variable->text[0];
	else
		data->u.num = variable->number;
	return data;
}

int64 conv_num64(script_state* st, script_data* data) {
	get_val(st, data);
	if (data_isstring(data)) {
		int64 number = strtoll(data->u.str, nullptr, 10);
		free_data(data);
		data->type = C_INT;
		data->u.num = number;
	}
	return data->u.num;
}

int32 conv_num(script_state* st, script_data* data) {
	return static_cast<int32>(conv_num64(st, data));
}

const char* conv_str(script_state* st, script_data* data) {
	get_val(st, data);
	if (data_isint(data)) {
		std::string text = std::to_string(data->u.num);
		data->type = C_STR;
		data->u.str = aStrdup(text.c_str());
	}
	return data->u.str;
}

static std::vector<std::string> names;
static std::vector<str_data_struct> kinds;
str_data_struct* str_data = nullptr;

int32 add_str(const char* name) {
	for (size_t i = 0; i < names.size(); ++i)
		if (strcasecmp(names[i].c_str(), name) == 0)
			return static_cast<int32>(i);
	names.push_back(name);
	kinds.push_back({C_NOP, 0});
	str_data = kinds.data();
	return static_cast<int32>(names.size()) - 1;
}

void script_set_constant_(const char* name, int64 value, const char*, bool, bool) {
	int32 number = add_str(name);
	str_data[number] = {C_INT, value};
}

void script_parse_name(const std::string& name) {
	int32 number = add_str(name.c_str());
	if (str_data[number].type == C_NOP)
		str_data[number].type = C_NAME;
}

void script_report_constants(const std::string& token) {
	std::string text;
	for (size_t i = 0; i < names.size(); ++i)
		if (kinds[i].type == C_INT)
			text += " " + names[i] + "=" + std::to_string(kinds[i].val);
	report("constants %s%s", token.c_str(), text.c_str());
}

/// The script's player is free for others.
static void detach(Script* script) {
	map_session_data* player = map_id2sd(script->st.rid);
	if (player == nullptr || player->st != &script->st)
		return;
	player->st = nullptr;
	player->npc_id = 0;
}

static void destroy(Script* script) {
	detach(script);
	for (int32 i = 0; i < script->stack.sp; ++i)
		free_data(&script->stack.stack_data[i]);
	free(script->stack.stack_data);
	scripts.erase(script);
	delete script;
}

int32 buildin_end(script_state* st) {
	st->state = END;
	st->mes_active = 0;
	return SCRIPT_CMD_SUCCESS;
}

bool pc_setreg(map_session_data* sd, int64 reg, int64 val) {
	std::string what = std::to_string(sd->status.char_id) + " " + names[static_cast<size_t>(reg)] + " " + std::to_string(val);
	report("show variable %s", to_hex(what).c_str());
	return true;
}

static void report_end(Script* script, int32 result) {
	script_state* st = &script->st;
	if (st->state == END) {
		report("ended %s", script->token.c_str());
		return;
	}
	script_data* data = &st->stack->stack_data[st->stack->sp - 1];
	bool is_one = st->stack->sp == st->end + 1;
	if (!is_one || st->state != RUN || st->sleep.tick != 0) {
		report("broken %s pushed %d values and ended in state %d with sleep.tick %d", script->function->name,
		       st->stack->sp - st->end, st->state, st->sleep.tick);
		abort();
	}
	std::string value = data_isstring(data) ? to_hex(data->u.str) : std::to_string(data->u.num);
	report("done %s %d %s %d %" PRId64 " %s", script->token.c_str(), result, data_isstring(data) ? "s" : "i",
	       script->runs, script->microseconds, value.c_str());
}

static Script* script_of(script_state* st) {
	for (Script* script : scripts)
		if (&script->st == st)
			return script;
	return nullptr;
}

DBMap* st_db = nullptr;

void* script_by_id(int32 id) {
	for (Script* script : scripts)
		if (script->st.id == static_cast<uint32>(id))
			return &script->st;
	return nullptr;
}

static void run(Script* script);

TIMER_FUNC(run_script_timer) {
	(void)tid, (void)tick;
	Script* script = script_of(reinterpret_cast<script_state*>(data));
	map_session_data* player = map_id2sd(script->st.rid);
	script->st.sleep.timer = INVALID_TIMER;
	// A script whose player has left, or who is another character by now, ends in its sleep.
	if (id != 0 && (player == nullptr || player->status.char_id != static_cast<uint32>(id))) {
		report("ended %s", script->token.c_str());
		destroy(script);
		return 0;
	}
	run(script);
	return 0;
}

static void sleep_on(Script* script) {
	script_state* st = &script->st;
	detach(script);
	if (st->stack->sp != st->end || st->sleep.tick <= 0) {
		report("broken %s sleeps with sleep.tick %d and %d values pushed", script->function->name, st->sleep.tick,
		       st->stack->sp - st->end);
		abort();
	}
	map_session_data* player = map_id2sd(st->rid);
	st->sleep.charid = player == nullptr ? 0 : static_cast<int32>(player->status.char_id);
	st->sleep.timer = add_timer(gettick() + st->sleep.tick, run_script_timer, st->sleep.charid, reinterpret_cast<intptr_t>(st));
}

/// Whether the script waits with its player, as `next` does; it must have him then.
static bool is_held(Script* script) {
	script_state* st = &script->st;
	map_session_data* player = map_id2sd(st->rid);
	if (st->sleep.tick != 0)
		return false;
	if (st->stack->sp != st->end || player == nullptr || player->st != st) {
		report("broken %s waits without sleep and without a player", script->function->name);
		abort();
	}
	return true;
}

static void run(Script* script) {
	script_state* st = &script->st;
	st->start = BELOW;
	st->end = st->stack->sp;
	if (map_session_data* player = map_id2sd(st->rid)) {
		player->st = st;
		player->npc_id = st->oid;
	}
	auto started = Clock::now();
	int32 result = script->function->func(st);
	script->microseconds += std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started).count();
	++script->runs;
	if (st->state == RERUNLINE) {
		if (!is_held(script))
			sleep_on(script);
		return;
	}
	report_end(script, result);
	destroy(script);
}

void run_script_main(script_state* st) {
	run(script_of(st));
}

void script_continue(int32 rid) {
	map_session_data* player = map_id2sd(rid);
	if (player != nullptr && player->st != nullptr)
		run_script_main(player->st);
}

/// As the engine does when no script is left, but here after a dialogue was closed or all were freed alone: a test's own scripts
/// come one after the other, and Turns takes one number for one script.
static void begin_ids_anew() {
	if (scripts.empty())
		next_script_id = 0;
}

void script_close(int32 rid) {
	map_session_data* player = map_id2sd(rid);
	if (player == nullptr || player->st == nullptr)
		return;
	Script* script = script_of(player->st);
	script->st.state = END;
	report_end(script, SCRIPT_CMD_SUCCESS);
	destroy(script);
	begin_ids_anew();
}

void script_free_of(int32 rid) {
	map_session_data* player = map_id2sd(rid);
	if (player == nullptr || player->st == nullptr)
		return;
	Script* script = script_of(player->st);
	report("ended %s", script->token.c_str());
	destroy(script);
}

static void push_argument(Script* script, const Argument& argument) {
	script_stack* stack = &script->stack;
	if (argument.is_variable) {
		variables.push_back(new Variable{argument.is_string, argument.number, argument.text});
		push_val2(stack, C_NAME, static_cast<int64>(variables.size()) - 1, nullptr);
	} else if (argument.is_string) {
		push_str(stack, C_STR, aStrdup(argument.text.c_str()));
	} else {
		push_val2(stack, C_INT, argument.number, nullptr);
	}
}

/// As the script parser: too few or too many arguments are refused before anything runs.
static const script_function* find_function(const Call& call) {
	for (const script_function* function = buildin_func; function->name != nullptr; ++function) {
		if (call.command != function->name)
			continue;
		size_t required = strcspn(function->arg, "?*");
		bool takes_any = strchr(function->arg, '*') != nullptr;
		size_t given = call.arguments.size();
		return given >= required && (takes_any || given <= strlen(function->arg)) ? function : nullptr;
	}
	return nullptr;
}

void script_call(const Call& call) {
	const script_function* function = find_function(call);
	if (function == nullptr) {
		report("refused %s", call.token.c_str());
		return;
	}
	Script* script = new Script;
	scripts.insert(script);
	script->function = function;
	script->token = call.token;
	script->st.stack = &script->stack;
	script->st.rid = call.rid;
	script->st.oid = call.oid;
	script->st.mes_active = call.has_window;
	script->st.funcname = const_cast<char*>(function->name);
	script->st.id = next_script_id++;
	script->st.sleep.timer = INVALID_TIMER;
	for (int32 i = 0; i < BELOW + FIRST_ARGUMENT; ++i)
		push_val2(&script->stack, C_ARG, 0, nullptr);
	for (const Argument& argument : call.arguments)
		push_argument(script, argument);
	run(script);
}

void script_free_all() {
	while (!scripts.empty()) {
		Script* script = *scripts.begin();
		delete_timer(script->st.sleep.timer, run_script_timer);
		report("ended %s", script->token.c_str());
		destroy(script);
	}
	begin_ids_anew();
	for (Variable* variable : variables)
		delete variable;
	variables.clear();
}

int script_count() {
	return static_cast<int>(scripts.size());
}
