// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_REQUEST_ERRAND_H
#define AI_IPC_REQUEST_ERRAND_H

#include <cstdint>
#include <string>

#include "errands.h"

namespace ai_ipc {

// Who runs the script: text in the client's codepage, "" where there is none; 0 where no player is attached.
struct ScriptSource {
	std::string npc, map;
	uint32_t character = 0;
};

// The type of what an NPC is told (F_AI_Tell): nobody reads an answer, and a player who leaves has told it all the same.
const char* const FACTS_TYPE = "facts";

// A request on its way into the database, and for whom.
class RequestErrand : public InsertErrand {
  public:
	RequestErrand(const NewRequest& request, const ScriptSource& from)
	    : InsertErrand(request), source(from), is_fact(request.type == FACTS_TYPE), life_ms(request.timeout_seconds * 1000) {}

	const ScriptSource source;
	const bool is_fact;
	const int64_t life_ms;
};

} // namespace ai_ipc

#endif
