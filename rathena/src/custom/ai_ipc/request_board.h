// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_REQUEST_BOARD_H
#define AI_IPC_REQUEST_BOARD_H

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <unordered_map>
#include <vector>

#include "status.h"

namespace ai_ipc {

// A script that looked after a request will look again soon: so long after the last time, each look at the database has it.
const int64_t WATCHED_MS = 2000;
// What an open request was is told so long after it was read. Watched, it is read 50 times a second, and is older only while
// the database does not answer: then what was known holds for a while.
const int64_t KNOWN_MS = 100;
const int64_t KNOWN_WHILE_AWAY_MS = 5000;
// An ended one changes only when an operator has it asked again.
const int64_t KNOWN_ENDED_MS = 1000;
// One statement reads so many, in a millisecond; with more, it is the turn of the others at the next look.
const size_t MOST_PER_LOOK = 500;

// What is known of the requests that scripts look after, by id.
class RequestBoard {
  public:
	struct Entry {
		int code = AI_REQ_PENDING;
		// In UTF-8.
		std::string answer;
		uint64_t answer_bytes = 0;
		bool is_known = false;
		int64_t learnt_at_ms = 0;
		int64_t watched_until_ms = 0;

		bool is_ended() const {
			return is_known && ai_ipc::is_ended(code);
		}
	};

	// A script looks after it: it is watched from now on. What was learnt before it was watched may be old.
	const Entry& ask(uint64_t id, int64_t now_ms) {
		Entry& entry = entries_[id];
		bool is_new = now_ms > entry.watched_until_ms;
		if (is_new && now_ms - entry.learnt_at_ms > (entry.is_ended() ? KNOWN_ENDED_MS : KNOWN_MS))
			entry.is_known = false;
		entry.watched_until_ms = now_ms + WATCHED_MS;
		return entry;
	}

	// The same, where an answer can be given at once; nullptr where the database must be asked.
	const Entry* known(uint64_t id, int64_t now_ms) {
		const Entry& entry = ask(id, now_ms);
		int64_t age_ms = now_ms - entry.learnt_at_ms;
		return entry.is_known && age_ms <= (entry.is_ended() ? KNOWN_ENDED_MS : KNOWN_WHILE_AWAY_MS) ? &entry : nullptr;
	}

	// Nothing is known of it any more; who waits for it waits for the next look.
	void forget(uint64_t id) {
		auto entry = entries_.find(id);
		if (entry != entries_.end())
			entry->second.is_known = false;
	}

	// What the database said. Of a request that nobody looks after nothing is kept.
	void learn(uint64_t id, int code, std::string answer, uint64_t answer_bytes, int64_t now_ms) {
		auto found = entries_.find(id);
		if (found == entries_.end())
			return;
		Entry& entry = found->second;
		entry.code = code;
		entry.answer = std::move(answer);
		entry.answer_bytes = answer_bytes;
		entry.is_known = true;
		entry.learnt_at_ms = now_ms;
	}

	// Those that may have changed, going round where there are too many.
	std::vector<uint64_t> ids_to_look_for() {
		std::vector<uint64_t> ids;
		for (const auto& entry : entries_)
			if (!entry.second.is_ended())
				ids.push_back(entry.first);
		return ids.size() <= MOST_PER_LOOK ? ids : turn_of(std::move(ids));
	}

	void drop_unwatched(int64_t now_ms) {
		for (auto entry = entries_.begin(); entry != entries_.end();)
			entry = now_ms > entry->second.watched_until_ms ? entries_.erase(entry) : std::next(entry);
	}

	size_t size() const {
		return entries_.size();
	}

  private:
	std::unordered_map<uint64_t, Entry> entries_;
	uint64_t last_id_ = 0;

	std::vector<uint64_t> turn_of(std::vector<uint64_t> ids) {
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
