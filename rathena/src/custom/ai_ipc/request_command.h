// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_REQUEST_COMMAND_H
#define AI_IPC_REQUEST_COMMAND_H

#include <memory>
#include <optional>
#include <string>

#include "plugin.h"
#include "wait_for_errand.h"

namespace ai_ipc {

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
		return DatabaseDesk::unavailable();
	if (!translation.was_whole(given.type, request.type))
		return type_not_text();
	return translation.was_whole(given.data, request.data) ? Refusal() : data_not_text();
}

// Text beyond ASCII means nothing before the clients' codepage is known. While conversions take too long, ai_json_escape has
// made a '?' of it, which cannot be told from what a player typed.
inline bool can_have_been_read(Plugin& ai, const std::string& text) {
	if (!ai.translation.is_utf8())
		return ai.desk.can_stand_still();
	return ai.knows_codepage() || is_ascii(text);
}

// Fills in the request; what is against it comes back.
inline Refusal prepare_request(Plugin& ai, const RequestArguments& given, NewRequest& request) {
	if (!ai.desk.is_open() || !can_have_been_read(ai, given.data))
		return DatabaseDesk::unavailable();
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

inline int64_t refused(Plugin& ai, const Refusal& refusal, const ScriptSource& source) {
	ai.refuse(refusal, source.npc.empty() ? "a script without an NPC" : "the NPC " + source.npc);
	return -1;
}

// The id for the script. One that comes too late for it is cancelled.
inline int64_t id_of(Plugin& ai, const std::shared_ptr<RequestErrand>& errand, bool is_over) {
	ai.open_requests.end_asking(errand->source.character);
	if (!is_over || !ai.desk.conclude(*errand)) {
		// It may be there, or come yet.
		if (is_over && errand->id != 0)
			ai.cancel_later(errand->id);
		Refusal refusal = ai.desk.refusal_of(*errand, is_over);
		refusal.message += is_over ? "" : " If it still takes the request, it is cancelled.";
		return refused(ai, refusal, errand->source);
	}
	int64_t now_ms = gettick();
	if (ai.settings.max_open_requests_per_character > 0 || ai.settings.max_open_requests > 0)
		ai.open_requests.add(errand->id, errand->source.character, now_ms + errand->life_ms);
	ai.board.watch(errand->id, now_ms);
	ai.has_become(errand->id, AI_REQ_PENDING, errand->number());
	ai.ring();
	return static_cast<int64_t>(errand->id);
}

// A script waits so long for its id: longer than a database that catches its breath for three seconds.
const int64_t MOST_REQUEST_MS = 4000;

// The id of the new request; -1 when it is refused.
inline int request(Plugin& ai, script_state* st, const RequestArguments& given) {
	NewRequest request;
	ScriptSource source = source_of(st);
	Refusal refusal = prepare_request(ai, given, request);
	if (refusal.is_none())
		refusal = ai.open_requests.refusal(source.character, ai.settings.max_open_requests_per_character,
		                                   ai.settings.max_open_requests);
	if (refusal.is_none() && !can_wait_for_errand(ai, st))
		refusal = DatabaseDesk::late();
	if (!refusal.is_none())
		return wake_with(st, refused(ai, refusal, source));
	request.source_npc = ai.translation.name_to_utf8(source.npc);
	request.source_map = ai.translation.name_to_utf8(source.map);
	ai.open_requests.begin_asking(source.character);
	auto errand = std::make_shared<RequestErrand>(request, source);
	return run_errand(ai, st, errand, MOST_REQUEST_MS, id_of);
}

inline int go_on_requesting(Plugin& ai, script_state* st) {
	return go_on_with_errand<RequestErrand>(ai, st, id_of);
}

} // namespace ai_ipc

#endif
