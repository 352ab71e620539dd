// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_WAITING_ROOM_H
#define AI_IPC_WAITING_ROOM_H

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ai_ipc {

// One look at the database serves all that wait, ten times a second.
const int64_t LOOK_EVERY_MS = 100;
// A script that waits asks at every look. One that has not asked for so long is gone: @reloadscript and log-out free
// sleeping scripts without a word, and so nothing here points to a script.
const int64_t GONE_AFTER_MS = 2000;
// A script sleeps at most so many looks longer: half a second, well before it is taken for gone.
const int64_t MOST_LOOKS_ASLEEP = 5;
// One statement reads so many, in 0.3 ms; with more waiting, it is the turn of the others at the next look.
const size_t MOST_PER_LOOK = 100;

// The requests that scripts wait for, by id. Several scripts may wait for the same one.
class WaitingRoom {
  public:
	// The answer, once the request has ended ("" when it ended without one); nullptr while it has not. The script that asks
	// is waiting from now on.
	const std::string* ask(uint64_t id, uint32_t script, int64_t now_ms) {
		Seat& seat = seats_[id];
		seat.asked_at_ms = now_ms;
		seat.scripts[script] = now_ms;
		return seat.is_ended ? &seat.answer : nullptr;
	}

	// A script gives up its place. True when nobody else waits for an answer of this request.
	bool leave(uint64_t id, uint32_t script, int64_t now_ms) {
		auto seat = seats_.find(id);
		if (seat == seats_.end())
			return true;
		auto& scripts = seat->second.scripts;
		scripts.erase(script);
		for (auto other = scripts.begin(); other != scripts.end();)
			other = now_ms - other->second > GONE_AFTER_MS ? scripts.erase(other) : std::next(other);
		return scripts.empty();
	}

	std::vector<uint64_t> ids_to_look_for() const {
		std::vector<uint64_t> ids;
		for (const auto& seat : seats_)
			if (!seat.second.is_ended)
				ids.push_back(seat.first);
		if (ids.size() <= MOST_PER_LOOK)
			return ids;
		return turn_of(std::move(ids));
	}

	// 0 when one look sees all that wait.
	int64_t looks_until_all_are_seen() const {
		int64_t looks = static_cast<int64_t>(seats_.size() / MOST_PER_LOOK);
		return looks < MOST_LOOKS_ASLEEP ? looks : MOST_LOOKS_ASLEEP;
	}

	void settle(uint64_t id, std::string answer) {
		auto seat = seats_.find(id);
		if (seat == seats_.end())
			return;
		seat->second.is_ended = true;
		seat->second.answer = std::move(answer);
	}

	void drop_gone(int64_t now_ms) {
		for (auto seat = seats_.begin(); seat != seats_.end();)
			seat = now_ms - seat->second.asked_at_ms > GONE_AFTER_MS ? seats_.erase(seat) : std::next(seat);
	}

	size_t size() const {
		return seats_.size();
	}

  private:
	struct Seat {
		int64_t asked_at_ms = 0;
		bool is_ended = false;
		std::string answer;
		// When each of them asked last.
		std::unordered_map<uint32_t, int64_t> scripts;
	};
	std::unordered_map<uint64_t, Seat> seats_;
	mutable uint64_t last_id_ = 0;

	// Going round by id, so that each has its turn whoever comes and goes.
	std::vector<uint64_t> turn_of(std::vector<uint64_t> ids) const {
		std::sort(ids.begin(), ids.end());
		auto next = std::upper_bound(ids.begin(), ids.end(), last_id_);
		std::rotate(ids.begin(), next, ids.end());
		ids.resize(MOST_PER_LOOK);
		last_id_ = ids.back();
		return ids;
	}
};

} // namespace ai_ipc

#endif
