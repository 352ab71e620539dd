// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAIT_FOR_ANSWER_H
#define AI_IPC_WAIT_FOR_ANSWER_H

#include <cstdint>
#include <string>

#include "change_commands.h"
#include "held_scripts.h"
#include "read_commands.h"
#include "script_access.h"

// Uses of rAthena: gettick, and what script_access.h has of the script engine.

namespace ai_ipc {

// While a script waits, the place of its second argument holds the deadline, and two flags.
const int64_t WAS_NEAR = 1;
const int64_t IS_HELD = 2;

struct Wait {
	uint64_t request = 0;
	int64_t until_ms = 0;
	bool was_near = false;
	bool is_held = false;
};

// A held script runs again with sleep.tick 0, as at first.
inline bool is_waiting(script_state* st) {
	return st->sleep.tick != 0 || held_scripts().has(st->id);
}

inline Wait wait_of(script_state* st) {
	int64_t packed = script_getdata(st, 3)->u.num;
	Wait wait;
	wait.request = static_cast<uint64_t>(script_getnum64(st, 2));
	wait.until_ms = packed >> 2;
	wait.was_near = (packed & WAS_NEAR) != 0;
	wait.is_held = (packed & IS_HELD) != 0;
	return wait;
}

inline void begin_wait(script_state* st, const Wait& wait) {
	script_getdata(st, 3)->u.num = wait.until_ms << 2 | (wait.was_near ? WAS_NEAR : 0) | (wait.is_held ? IS_HELD : 0);
	if (!wait.is_held)
		return;
	stop_player(st);
	held_scripts().add({st->rid, st->oid, st->id, wait.request, wait.until_ms});
}

// Nobody reads the answer of a player who has left.
inline void give_up(Plugin& ai, uint64_t request, uint32_t script) {
	if (ai.waiting_room.leave(request, script, gettick()))
		cancel(ai, static_cast<int64_t>(request));
}

// The player who went away while the script slept would be stuck at its next button: the server refuses it from afar,
// and `end` alone frees him and gives his window a close button. He goes on walking under a script: he is stopped first.
inline int end_wait(Plugin& ai, script_state* st, const Wait& wait, const std::string& answer) {
	held_scripts().remove(st->id);
	if (wait.was_near) {
		stop_player(st);
		if (!is_player_near(st)) {
			give_up(ai, wait.request, st->id);
			return end_script(st);
		}
	}
	ai.waiting_room.leave(wait.request, st->id, gettick());
	return wake_with(st, answer);
}

inline int go_on_waiting(Plugin& ai, script_state* st) {
	int64_t now_ms = gettick();
	Wait wait = wait_of(st);
	ai.look(now_ms);
	const std::string* answer = ai.waiting_room.ask(wait.request, st->id, now_ms);
	int64_t left_ms = wait.until_ms - now_ms;
	if (answer != nullptr || left_ms <= 0)
		return end_wait(ai, st, wait, answer == nullptr ? std::string() : *answer);
	if (wait.is_held)
		return hold(st);
	return sleep_for(st, clamp(ai.next_look_ms() - now_ms, 1, left_ms));
}

// Ten times a second: those who are held go on when their answer is there, or their time is over.
inline void resume_held(Plugin& ai, int64_t now_ms) {
	for (const HeldScript& held : held_scripts().all()) {
		script_state* st = held_state(held);
		if (st == nullptr) {
			held_scripts().remove(held.script);
			give_up(ai, held.request, held.script);
			give_back_guard(held.player);
		} else if (ai.waiting_room.ask(held.request, held.script, now_ms) != nullptr || now_ms >= held.until_ms) {
			run_script_main(st);
		}
	}
}

inline TIMER_FUNC(look_timer) {
	(void)tid, (void)tick, (void)id, (void)data;
	CostMeter::Measure measure(plugin().cost);
	plugin().look(gettick());
	resume_held(plugin(), gettick());
	return 0;
}

} // namespace ai_ipc

#endif
