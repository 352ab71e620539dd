// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_GAME_TEXT_H
#define AI_IPC_GAME_TEXT_H

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "folds.h"
#include "json_scan.h"
#include "text.h"

namespace ai_ipc {

// Stands for what goes away, until its blank is found. No byte of UTF-8 is this one.
const char DROPPED = '\xFF';

// Text as a codepage can hold it, by the rules of src/game-text/fold-text.ts: what it has stays as it is, what it lacks
// is replaced by what comes nearest, and what nothing comes near to goes away with its blank. has(character) tells of one
// character in UTF-8 that is not ASCII. In JSON, a quote that comes in is escaped.
template <typename Has>
class GameText {
  public:
	GameText(const Has& has, bool is_json) : has_(has), is_json_(is_json) {}

	std::string fold(const std::string& utf8) {
		out_.clear();
		out_.reserve(utf8.size());
		for (size_t at = 0; at < utf8.size();) {
			size_t length = utf8_length(utf8, at);
			if (length == 1)
				out_ += utf8[at];
			else if (length == 0)
				out_ += DROPPED;
			else
				put(utf8.substr(at, length));
			at += length == 0 ? 1 : length;
		}
		return without_dropped();
	}

  private:
	const Has& has_;
	bool is_json_;
	std::string out_;

	void put(const std::string& character) {
		if (has_(character))
			out_ += character;
		else if (!compose(character))
			substitute(character);
	}

	bool compose(const std::string& mark) {
		size_t at = last_at();
		std::string letter = at == out_.size() ? std::string() : folds().composed(out_.substr(at), mark);
		if (letter.empty() || !has_(letter))
			return false;
		out_.replace(at, std::string::npos, letter);
		return true;
	}

	void substitute(const std::string& character) {
		const std::vector<std::string>* candidates = folds().candidates(character);
		if (candidates != nullptr)
			for (const std::string& candidate : *candidates)
				if (has_all(candidate))
					return append(candidate);
		out_ += DROPPED;
	}

	bool has_all(const std::string& text) const {
		for (size_t at = 0; at < text.size();) {
			size_t length = utf8_length(text, at);
			if (length > 1 && !has_(text.substr(at, length)))
				return false;
			at += length;
		}
		return true;
	}

	// A number does not grow into the fraction behind it.
	void append(const std::string& candidate) {
		if (!candidate.empty() && !out_.empty() && is_digit(candidate[0]) && is_digit(out_.back()))
			out_ += ' ';
		for (char c : candidate) {
			if (is_json_ && c == '"')
				out_ += '\\';
			out_ += c;
		}
	}

	// Where the last character begins.
	size_t last_at() const {
		size_t at = out_.size();
		while (at > 0) {
			--at;
			if ((static_cast<unsigned char>(out_[at]) & 0xC0) != 0x80)
				return at;
		}
		return out_.size();
	}

	std::string without_dropped() {
		if (out_.find(DROPPED) == std::string::npos)
			return std::move(out_);
		keep_unless([this](size_t at) { return is_dropped(at) && is_dropped(at + 1) ? 1 : 0; });
		take_brackets();
		// With the blank before it, where there would be two, or one before an end.
		keep_unless([this](size_t at) {
			return out_[at] == ' ' && is_dropped(at + 1) && is_end(at + 2) ? 2 : 0;
		});
		// With the blank after it, at a beginning: of the text, of brackets, or of a quotation.
		keep_unless([this](size_t at) {
			return is_dropped(at) && at + 1 < out_.size() && out_[at + 1] == ' ' && is_beginning(at) ? 2 : 0;
		});
		keep_unless([this](size_t at) { return is_dropped(at) ? 1 : 0; });
		return std::move(out_);
	}

	bool is_dropped(size_t at) const {
		return at < out_.size() && out_[at] == DROPPED;
	}

	static bool is_one_of(char c, const char* set) {
		return c != '\0' && std::strchr(set, c) != nullptr;
	}

	bool is_end(size_t at) const {
		return at >= out_.size() || is_one_of(out_[at], " .,;:!?)\"'\\");
	}

	bool is_beginning(size_t at) const {
		if (at == 0 || is_one_of(out_[at - 1], " ("))
			return true;
		if (!is_one_of(out_[at - 1], "\"'"))
			return false;
		if (at == 1 || is_one_of(out_[at - 2], " (:,{["))
			return true;
		return at >= 3 && out_[at - 1] == '"' && out_[at - 2] == '\\' && is_one_of(out_[at - 3], " (:,\"");
	}

	// (emoji) goes with its brackets.
	void take_brackets() {
		std::string kept;
		for (size_t at = 0; at < out_.size(); ++at) {
			bool is_alone = out_[at] == '(' && is_dropped(at + 1) && at + 2 < out_.size() && out_[at + 2] == ')';
			kept += is_alone ? DROPPED : out_[at];
			at += is_alone ? 2 : 0;
		}
		out_.swap(kept);
	}

	// Copies all but what skip(at) says goes: so many bytes from there.
	template <typename Skip>
	void keep_unless(Skip skip) {
		std::string kept;
		kept.reserve(out_.size());
		for (size_t at = 0; at < out_.size();) {
			size_t skipped = static_cast<size_t>(skip(at));
			if (skipped == 0)
				kept += out_[at++];
			at += skipped;
		}
		out_.swap(kept);
	}
};

template <typename Has>
std::string fold_text(const std::string& utf8, bool is_json, const Has& has) {
	return GameText<Has>(has, is_json).fold(utf8);
}

} // namespace ai_ipc

#endif
