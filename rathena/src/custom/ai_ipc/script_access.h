// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_SCRIPT_ACCESS_H
#define AI_IPC_SCRIPT_ACCESS_H

#include <cstring>
#include <optional>
#include <string>

#include "plugin.h"
#include "request_errand.h"

// Uses of rAthena: the script engine, st_db, run_script_timer, map_id2nd, map_id2sd, map_id2bl, map_mapid2mapname, fake_nd,
// npc_checknear, unit_stop_walking, pc_setreg. All that differs between its versions stands here.

namespace ai_ipc {

// Measures a command, and gives it the plugin.
class CommandRun {
  public:
	CommandRun() : measure_(plugin().cost), plugin_(started_plugin()) {}
	Plugin& operator*() const {
		return plugin_;
	}

  private:
	CostMeter::Measure measure_;
	Plugin& plugin_;
};

inline std::optional<int64_t> optional_number(script_state* st, int argument) {
	if (!script_hasdata(st, argument))
		return std::nullopt;
	return script_getnum64(st, argument);
}

// The script goes on, with this value.
inline int wake_with(script_state* st, int64_t value) {
	st->state = RUN;
	st->sleep.tick = 0;
#ifdef script_pushint64
	script_pushint64(st, value);
#else
	script_pushint(st, value);
#endif
	return SCRIPT_CMD_SUCCESS;
}

inline int wake_with(script_state* st, const std::string& text) {
	st->state = RUN;
	st->sleep.tick = 0;
	script_pushstrcopy(st, text.c_str());
	return SCRIPT_CMD_SUCCESS;
}

// The script sleeps, and then the same command runs again with the same arguments.
inline int sleep_for(script_state* st, int64_t ms) {
	st->state = RERUNLINE;
	st->sleep.tick = static_cast<int>(ms < 1 ? 1 : ms);
	return SCRIPT_CMD_SUCCESS;
}

// The script of an NPC can sleep. An item's cannot: it runs in the midst of using or wearing the item.
inline bool can_sleep(script_state* st) {
	auto* npc = map_id2nd(st->oid);
	return npc != nullptr && npc != fake_nd;
}

// The script keeps its player, who is held as at `next`, until it is run again.
inline int hold(script_state* st) {
	st->state = RERUNLINE;
	st->sleep.tick = 0;
	return SCRIPT_CMD_SUCCESS;
}

inline bool is_player_near(script_state* st) {
	auto* player = map_id2sd(st->rid);
	return player != nullptr && npc_checknear(player, map_id2bl(st->oid)) != nullptr;
}

// Not by map_id2sd: its block_list is a member or a base, as the version has it.
inline void stop_player(script_state* st) {
	block_list* player = map_id2bl(st->rid);
	if (player != nullptr && map_id2sd(st->rid) != nullptr)
		unit_stop_walking(player, USW_FIXPOS | USW_FORCE_STOP);
}

// Whether the engine would wait for this player at a `next`: a dialogue of his with this NPC is open, and no other script
// of his is put aside for this one.
inline bool can_hold(script_state* st) {
	auto* player = map_id2sd(st->rid);
	return player != nullptr && st->mes_active != 0 && st->bk_st == nullptr && player->st == st && player->npc_id == st->oid &&
	       is_player_near(st);
}

// The script that is held, nullptr when it is gone, or does something else by now.
inline script_state* held_state(const Waiter& waiter) {
	auto* player = map_id2sd(waiter.player);
	if (player == nullptr || player->npc_id != waiter.npc || player->st == nullptr || player->state.menu_or_input)
		return nullptr;
	script_state* st = player->st;
	return st->id == waiter.script && st->oid == waiter.npc && st->state == RERUNLINE ? st : nullptr;
}

// The script that sleeps in one of our commands, nullptr when it is gone: after @reloadscript its number may be another's.
inline script_state* sleeping_state(const Waiter& waiter) {
	script_state* st = static_cast<script_state*>(idb_get(st_db, static_cast<int32_t>(waiter.script)));
	if (st == nullptr || st->oid != waiter.npc || st->state != RERUNLINE || st->sleep.timer == INVALID_TIMER)
		return nullptr;
	return std::strncmp(script_getfuncname(st), "ai_db_", 6) == 0 ? st : nullptr;
}

// As the command `awake`.
inline void wake(script_state* st) {
	delete_timer(st->sleep.timer, run_script_timer);
	run_script_timer(INVALID_TIMER, gettick(), st->sleep.charid, reinterpret_cast<intptr_t>(st));
}

// The guard against a second click, which the NPC functions set, is given back for a script that does not go on.
inline void give_back_guard(int32_t player_id) {
	auto* player = map_id2sd(player_id);
	if (player != nullptr)
		pc_setreg(player, add_str("@ai_busy"), 0);
}

// As the command `end`.
inline int end_script(script_state* st) {
	give_back_guard(st->rid);
	st->sleep.tick = 0;
	return buildin_end(st);
}

inline ScriptSource source_of(script_state* st) {
	ScriptSource source;
	auto* player = map_id2sd(st->rid);
	if (player != nullptr)
		source.character = static_cast<uint32_t>(player->status.char_id);
	if (can_sleep(st))
		source.npc = map_id2nd(st->oid)->exname;
	// An NPC without a place is where its player is.
	for (int unit : {can_sleep(st) ? st->oid : 0, st->rid}) {
		block_list* placed = unit == 0 ? nullptr : map_id2bl(unit);
		if (placed != nullptr && placed->m >= 0) {
			source.map = map_mapid2mapname(placed->m);
			break;
		}
	}
	return source;
}

} // namespace ai_ipc

#endif
