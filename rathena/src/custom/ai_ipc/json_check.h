// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_JSON_CHECK_H
#define AI_IPC_JSON_CHECK_H

#include <cstddef>
#include <string>

#include "json_scan.h"

namespace ai_ipc {

const size_t ANY_DEPTH = static_cast<size_t>(-1);

// Walks over JSON without recursion: 65,535 opening brackets, which a player could send, need no stack.
class JsonChecker {
  public:
	JsonChecker(const std::string& text, size_t max_depth)
		: begin_(text.data()), at_(begin_), end_(begin_ + text.size()), max_depth_(max_depth) {}

	// Where the text stops being JSON; npos when all of it is JSON, nested no deeper than allowed.
	size_t fault_at() {
		bool is_json = value() && skip_space() == end_;
		return is_json ? std::string::npos : static_cast<size_t>(at_ - begin_);
	}

  private:
	const char* begin_;
	const char* at_;
	const char* end_;
	size_t max_depth_;
	// The brackets that are open, '{' or '['.
	std::string open_;

	const char* skip_space() {
		return at_ = skip_json_space(at_, end_);
	}

	bool take(char c) {
		if (skip_space() == end_ || *at_ != c)
			return false;
		++at_;
		return true;
	}

	bool take_piece(const char* (*piece_end)(const char*, const char*)) {
		const char* end = piece_end(skip_space(), end_);
		if (end == nullptr)
			return false;
		at_ = end;
		return true;
	}

	bool key() {
		return take_piece(json_string_end) && take(':');
	}

	// Steps into containers until there is a scalar or an empty one, then out of all that end there.
	bool value() {
		for (;;) {
			bool is_open = open_container();
			if (!is_open && !take_piece(json_scalar_end))
				return false;
			if (is_open && !close_empty()) {
				if (open_.size() > max_depth_ || (open_.back() == '{' && !key()))
					return false;
				continue;
			}
			if (!next_value())
				return open_.empty();
		}
	}

	bool open_container() {
		if (skip_space() == end_ || (*at_ != '{' && *at_ != '['))
			return false;
		open_ += *at_++;
		return true;
	}

	bool close_empty() {
		if (open_.size() > max_depth_ || !take(open_.back() == '{' ? '}' : ']'))
			return false;
		open_.pop_back();
		return true;
	}

	// Closes what ends here. True when another value of an open container follows; false at the end, or at a fault
	// (then something is still open).
	bool next_value() {
		while (!open_.empty()) {
			if (take(','))
				return open_.back() == '[' || key();
			if (!take(open_.back() == '{' ? '}' : ']'))
				return false;
			open_.pop_back();
		}
		return false;
	}
};

inline size_t json_fault_at(const std::string& text, size_t max_depth) {
	return JsonChecker(text, max_depth).fault_at();
}

} // namespace ai_ipc

#endif
