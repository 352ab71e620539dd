// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_DATABASE_GATE_H
#define AI_IPC_DATABASE_GATE_H

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace ai_ipc {

// Lets one line a minute through: what goes wrong, goes wrong for every player who clicks.
class LineLimit {
  public:
	bool takes(int64_t now_ms) {
		if (now_ms < next_ms_)
			return false;
		next_ms_ = now_ms + 60000;
		return true;
	}

	bool would_take(int64_t now_ms) const {
		return now_ms >= next_ms_;
	}

  private:
	int64_t next_ms_ = INT64_MIN;
};

// Closed for a second after a statement failed: the game stands still for as long as a dead server is being tried.
class DatabaseGate {
  public:
	using Clock = std::chrono::steady_clock;

	bool is_open(int64_t now_ms) const {
		return now_ms >= opens_at_ms_;
	}

	void close(int64_t now_ms) {
		opens_at_ms_ = now_ms + 1000;
	}

	// Something was done, and was over then.
	void note_done(Clock::time_point ended_at) {
		worked_at_ = std::max(worked_at_, ended_at);
	}

	// What fails by a lost connection may be told late, as that of a look is: what was done since had a new connection.
	bool has_worked_since(Clock::time_point ended_at) const {
		return ended_at < worked_at_;
	}

  private:
	int64_t opens_at_ms_ = INT64_MIN;
	Clock::time_point worked_at_ = Clock::time_point::min();
};

} // namespace ai_ipc

#endif
