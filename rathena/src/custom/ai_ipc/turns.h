// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_TURNS_H
#define AI_IPC_TURNS_H

#include <cstdint>

namespace ai_ipc {

// What many scripts do in the same tick of the game is spread over these spans: 300 that asked, or gave up, together held the
// game for 60 to 900 ms.
const int64_t TURN_SPAN_MS = 50;
// In one span, so much time in our commands, and so many scripts.
const int64_t MOST_NANOSECONDS_A_SPAN = 6000000;
const int MOST_TURNS_A_SPAN = 12;
// What a script does itself, such as query_sql, is not measured: after the first ones, nobody begins later than so long after
// the first. Twelve in one tick held the game for 14 ms, and would for 30 on a machine half as fast.
const int FREE_TURNS_A_SPAN = 3;
const int64_t MOST_MS_A_SPAN = 8;
// Who has waited so long has a larger share, which those who come later do not use up. Going on at once, 700 of a thousand
// would do it in one tick, and on a slow disk 240 of 300.
const int64_t LONGEST_WAIT_FOR_TURN_MS = 3000;
const int64_t MOST_NANOSECONDS_A_SPAN_WHEN_LATE = 14000000;
const int MOST_TURNS_A_SPAN_WHEN_LATE = 40;
const int64_t MOST_MS_A_SPAN_WHEN_LATE = 14;

const int64_t NO_SCRIPT = -1;

// Which scripts may do something now that costs time. `spent` is the time in our commands since the start.
class Turns {
  public:
	bool is_free(int64_t now_ms, int64_t spent_nanoseconds, bool is_late) {
		if (now_ms - began_ms_ >= TURN_SPAN_MS || now_ms < began_ms_) {
			began_ms_ = now_ms;
			spent_before_ = spent_nanoseconds;
			taken_ = 0;
			last_script_ = NO_SCRIPT;
		}
		int most_turns = is_late ? MOST_TURNS_A_SPAN_WHEN_LATE : MOST_TURNS_A_SPAN;
		int64_t most_nanoseconds = is_late ? MOST_NANOSECONDS_A_SPAN_WHEN_LATE : MOST_NANOSECONDS_A_SPAN;
		int64_t most_ms = is_late ? MOST_MS_A_SPAN_WHEN_LATE : MOST_MS_A_SPAN;
		bool is_in_time = taken_ < FREE_TURNS_A_SPAN || now_ms - began_ms_ < most_ms;
		return is_in_time && taken_ < most_turns && spent_nanoseconds - spent_before_ < most_nanoseconds;
	}

	// A script that goes on in its turn has it still.
	bool take(int64_t now_ms, int64_t spent_nanoseconds, uint32_t script, bool is_late) {
		bool is_free_now = is_free(now_ms, spent_nanoseconds, is_late);
		if (script == last_script_)
			return true;
		if (!is_free_now)
			return false;
		++taken_;
		last_script_ = script;
		return true;
	}

  private:
	int64_t began_ms_ = 0;
	int64_t spent_before_ = 0;
	int taken_ = 0;
	// The number of a script may be 0.
	int64_t last_script_ = NO_SCRIPT;
};

} // namespace ai_ipc

#endif
