// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_REQUEST_COMMAND_H
#define AI_IPC_REQUEST_COMMAND_H

#include <optional>
#include <string>

#include "plugin.h"

namespace ai_ipc {

// Who runs the script: text in the client's codepage, "" where there is none; 0 where no player is attached.
struct ScriptSource {
	std::string npc, map;
	uint32_t character = 0;
};

// What ai_db_request was given, in the client's codepage.
struct RequestArguments {
	std::string type, endpoint, data;
	int64_t priority = DEFAULT_PRIORITY;
	std::optional<int64_t> timeout_seconds;
};

// Puts the texts into UTF-8.
inline Refusal translate(Plugin& ai, const RequestArguments& given, NewRequest& request) {
	Translation& translation = ai.translation;
	if (!translation.to_utf8(given.type, request.type) || !translation.to_utf8(given.data, request.data))
		return Database::unavailable();
	if (!translation.was_whole(given.type, request.type))
		return type_not_text();
	return translation.was_whole(given.data, request.data) ? Refusal() : data_not_text();
}

// Fills in the request; what is against it comes back.
inline Refusal prepare_request(Plugin& ai, const RequestArguments& given, NewRequest& request) {
	if (!ai.database.is_open())
		return Database::unavailable();
	// UTF-8 needs at least half the bytes of any codepage: what is longer need not be converted to be refused.
	if (given.data.size() > 2 * MAX_DATA_BYTES)
		return data_too_large(given.data.size());
	Refusal refusal = endpoint_refusal(given.endpoint);
	if (refusal.is_none())
		refusal = translate(ai, given, request);
	if (refusal.is_none())
		refusal = type_refusal(request.type);
	if (refusal.is_none())
		refusal = data_refusal(request.data);
	request.endpoint = given.endpoint;
	request.priority = clamp_priority(given.priority);
	request.timeout_seconds = clamp_timeout_seconds(given.timeout_seconds.value_or(ai.default_timeout_seconds));
	return refusal;
}

inline Refusal insert_and_ring(Plugin& ai, NewRequest& request, const ScriptSource& source, uint64_t& id) {
	Refusal refusal = ai.open_requests.refusal(source.character, ai.settings.max_open_requests_per_character,
	                                           ai.settings.max_open_requests);
	if (!refusal.is_none())
		return refusal;
	request.source_npc = ai.translation.name_to_utf8(source.npc);
	request.source_map = ai.translation.name_to_utf8(source.map);
	if (!ai.database.run(insert_request(request)))
		return Database::unavailable();
	id = ai.database.last_id();
	if (ai.settings.max_open_requests_per_character > 0 || ai.settings.max_open_requests > 0)
		ai.open_requests.add(id, source.character, gettick() + request.timeout_seconds * 1000);
	ai.ring();
	return {};
}

// The id of the new request; -1 when it is refused.
inline int64_t request(Plugin& ai, const RequestArguments& given, const ScriptSource& source) {
	NewRequest request;
	uint64_t id = 0;
	Refusal refusal = prepare_request(ai, given, request);
	if (refusal.is_none())
		refusal = insert_and_ring(ai, request, source, id);
	if (refusal.is_none())
		return static_cast<int64_t>(id);
	ai.refuse(refusal, source.npc.empty() ? "a script without an NPC" : "the NPC " + source.npc);
	return -1;
}

} // namespace ai_ipc

#endif
