// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_OPEN_REQUESTS_H
#define AI_IPC_OPEN_REQUESTS_H

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "refusal.h"

namespace ai_ipc {

// Which requests this map server made that are not known to have ended, and for whom. In memory only: a restart forgets
// them. A request that nobody ends leaves with the end of its life.
class OpenRequests {
  public:
	// A limit of 0 is none. The character is 0 where no player is attached.
	Refusal refusal(uint32_t character, int64_t most_per_character, int64_t most) const {
		int64_t total = static_cast<int64_t>(requests_.size()) + asking_;
		if (most > 0 && total >= most)
			return {"too_many_open", "There are " + std::to_string(total) +
			                             " open requests already, the most that max_open_requests allows. Try again later."};
		auto count = by_character_.find(character);
		if (character == 0 || most_per_character == 0 || count == by_character_.end() || count->second < most_per_character)
			return {};
		return {"too_many_open", "Character " + std::to_string(character) + " has " + std::to_string(count->second) +
		                             " open requests already, the most that max_open_requests_per_character allows. "
		                             "Try again later."};
	}

	// One that has no id yet counts as well, until it is known what became of it.
	void begin_asking(uint32_t character) {
		++asking_;
		if (character != 0)
			++by_character_[character];
	}

	void end_asking(uint32_t character) {
		--asking_;
		forget_character(character);
	}

	void add(uint64_t id, uint32_t character, int64_t ends_at_ms) {
		requests_[id] = {character, ends_at_ms};
		if (character != 0)
			++by_character_[character];
	}

	void ended(uint64_t id) {
		auto request = requests_.find(id);
		if (request == requests_.end())
			return;
		forget_character(request->second.character);
		requests_.erase(request);
	}

	void drop_overdue(int64_t now_ms) {
		for (auto request = requests_.begin(); request != requests_.end();) {
			if (request->second.ends_at_ms > now_ms) {
				++request;
				continue;
			}
			forget_character(request->second.character);
			request = requests_.erase(request);
		}
	}

	// Up to so many ids, going round: over time, each is among them.
	std::vector<uint64_t> next_ids(size_t most) {
		std::vector<uint64_t> ids;
		auto request = requests_.upper_bound(last_id_);
		for (size_t left = requests_.size() < most ? requests_.size() : most; left > 0; --left) {
			if (request == requests_.end())
				request = requests_.begin();
			ids.push_back(request->first);
			++request;
		}
		last_id_ = ids.empty() ? 0 : ids.back();
		return ids;
	}

	size_t size() const {
		return requests_.size();
	}

  private:
	struct Open {
		uint32_t character;
		int64_t ends_at_ms;
	};
	// By id, which is also by age.
	std::map<uint64_t, Open> requests_;
	std::unordered_map<uint32_t, int64_t> by_character_;
	uint64_t last_id_ = 0;
	int64_t asking_ = 0;

	void forget_character(uint32_t character) {
		auto count = by_character_.find(character);
		if (count != by_character_.end() && --count->second == 0)
			by_character_.erase(count);
	}
};

} // namespace ai_ipc

#endif
