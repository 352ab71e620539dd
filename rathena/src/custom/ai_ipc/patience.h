// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_PATIENCE_H
#define AI_IPC_PATIENCE_H

#include <cstdint>

namespace ai_ipc {

// A database at hand answers in 0.1 to 1 ms: a script that is given its answer at once need not sleep. So much of it in one
// round of the game (20 ms), all scripts together; for 300 that ask at once, all but the first few sleep.
const int64_t ROUND_MS = 20;
const int64_t MOST_BRIEF_US = 2000;
// Where a script cannot sleep, the game stands still for so long at most. Tests on a machine that is far too busy give it more.
#ifndef AI_IPC_MOST_STANDSTILL_US
#define AI_IPC_MOST_STANDSTILL_US 40000
#endif
const int64_t MOST_STANDSTILL_US = AI_IPC_MOST_STANDSTILL_US;
// A wait that was in vain is followed by none for so long: the brief ones, and those that hold up the game.
const int64_t NO_BRIEF_WAIT_MS = 100;
const int64_t NO_STANDSTILL_MS = 1000;

// How long the game may stand still for the database, now.
class Patience {
  public:
	// For a script that can sleep, in microseconds.
	int64_t brief_us(int64_t now_ms) {
		if (now_ms - round_began_ms_ >= ROUND_MS || now_ms < round_began_ms_) {
			round_began_ms_ = now_ms;
			spent_us_ = 0;
		}
		int64_t left_us = MOST_BRIEF_US - spent_us_;
		return now_ms < next_brief_ms_ || left_us <= 0 ? 0 : left_us;
	}

	// For one that cannot.
	int64_t standstill_us(int64_t now_ms) const {
		return now_ms < next_standstill_ms_ ? 0 : MOST_STANDSTILL_US;
	}

	void spent(int64_t us) {
		spent_us_ += us;
	}

	void was_in_vain(int64_t now_ms, bool was_standstill) {
		next_brief_ms_ = now_ms + NO_BRIEF_WAIT_MS;
		if (was_standstill)
			next_standstill_ms_ = now_ms + NO_STANDSTILL_MS;
	}

  private:
	int64_t round_began_ms_ = 0;
	int64_t spent_us_ = 0;
	int64_t next_brief_ms_ = INT64_MIN;
	int64_t next_standstill_ms_ = INT64_MIN;
};

} // namespace ai_ipc

#endif
