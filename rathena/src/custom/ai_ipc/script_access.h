// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_SCRIPT_ACCESS_H
#define AI_IPC_SCRIPT_ACCESS_H

#include <optional>
#include <string>

#include "request_command.h"

// Uses of rAthena: the script engine, map_id2nd, map_id2sd, map_id2bl, map_mapid2mapname, fake_nd. All that differs between
// its versions stands here.

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
