// What the parts of the harness share. The protocol is described in main.cpp.
#pragma once

#include <string>
#include <vector>

#include <common/cbasetypes.hpp>
#include <map/script.hpp>

/// One line to the test.
void report(const char* format, ...) __attribute__((format(printf, 1, 2)));
std::string to_hex(const std::string& bytes);
std::string from_hex(const std::string& hex);

// sql.cpp
struct Login {
	std::string host;
	uint16 port;
	std::string user, password, database;
};
bool sql_connect(const Login& login);
/// Statements that were tried, on any connection, the failed ones included; of them, those of each verb.
std::string sql_counters();
void sql_close();

// timer.cpp
/// Runs what is due; returns the milliseconds until the next look.
int timers_run();
/// Lets the clock of the game go on by so much at once.
void clock_advance(int64 ms);
/// The most that a timer was late, in milliseconds.
int64 timers_worst_lateness();
void timers_clear();

// world.cpp
void world_add_map(int16 m, const std::string& name);
void world_add_npc(int32 id, int16 m, const std::string& exname);
void world_add_player(int32 id, uint32 char_id, int16 m);
void world_place(int32 id, int16 m, int16 x);
void world_remove(int32 id);
void world_clear();

// script.cpp
struct Argument {
	bool is_string;
	/// Whether the script gives a variable and not a value.
	bool is_variable;
	int64 number;
	std::string text;
};
struct Call {
	std::string token;
	/// Whether its dialogue window is open.
	bool has_window;
	int32 rid, oid;
	std::string command;
	std::vector<Argument> arguments;
};
void script_call(const Call& call);
/// What a warp does: the script that holds the player is freed.
void script_free_of(int32 rid);
/// The player's client asks for the next page.
void script_continue(int32 rid);
/// The player's client closes the dialogue, with or without a button for it: the script ends.
void script_close(int32 rid);
/// What @reloadscript does to scripts that sleep.
void script_free_all();
int script_count();
/// The parser meets a name in a script: a variable, unless it is known as something else.
void script_parse_name(const std::string& name);
void script_report_constants(const std::string& token);

// commands.cpp
struct script_function {
	int32 (*func)(script_state* st);
	const char* name;
	const char* arg;
};
extern script_function buildin_func[];
