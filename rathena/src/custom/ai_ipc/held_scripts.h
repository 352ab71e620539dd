// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_HELD_SCRIPTS_H
#define AI_IPC_HELD_SCRIPTS_H

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ai_ipc {

// Of a script that waits for its turn to ask.
const uint64_t NO_REQUEST = 0;

// A script that waits for an answer without sleeping: its player is held as `next` holds him, and cannot walk off, click
// something else or lose another dialogue. It is known by numbers alone: whatever frees the player (log-out, a warp, death,
// @reloadscript) frees the script without a word.
struct HeldScript {
	int32_t player;
	int32_t npc;
	uint32_t script;
	uint64_t request;
	int64_t until_ms;
};

class HeldScripts {
  public:
	void add(const HeldScript& held) {
		remove(held.script);
		held_.push_back(held);
	}

	void remove(uint32_t script) {
		auto is_it = [script](const HeldScript& held) { return held.script == script; };
		held_.erase(std::remove_if(held_.begin(), held_.end(), is_it), held_.end());
	}

	bool has(uint32_t script) const {
		return std::any_of(held_.begin(), held_.end(), [script](const HeldScript& held) { return held.script == script; });
	}

	// A copy: a script that goes on may be held again at once.
	std::vector<HeldScript> all() const {
		return held_;
	}

  private:
	std::vector<HeldScript> held_;
};

inline HeldScripts& held_scripts() {
	static HeldScripts instance;
	return instance;
}

} // namespace ai_ipc

#endif
