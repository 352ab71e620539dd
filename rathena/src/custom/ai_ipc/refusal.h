// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_REFUSAL_H
#define AI_IPC_REFUSAL_H

#include <string>

namespace ai_ipc {

// Why something was not done: one of the codes of docs/errors.md, and a sentence or two for a person.
struct Refusal {
	std::string code;
	std::string message;

	bool is_none() const {
		return code.empty();
	}

	// What ai_db_error returns: a script takes what stands before the colon.
	std::string text() const {
		return is_none() ? std::string() : code + ": " + message;
	}
};

} // namespace ai_ipc

#endif
