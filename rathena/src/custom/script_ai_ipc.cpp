// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.
//
// The AI commands of NPC scripts; README.md of AI IPC's folder rathena/ lists them. script.inc includes this file. A command
// takes its arguments from the script and gives it the result; the work is done in ai_ipc/.

#include "ai_ipc/change_commands.h"
#include "ai_ipc/json_commands.h"
#include "ai_ipc/read_commands.h"
#include "ai_ipc/request_command.h"
#include "ai_ipc/wait_for_answer.h"

/// ai_db_request("<type>","<endpoint>","<json>"{,<priority>{,<timeout seconds>}}): the id of the request, or -1.
BUILDIN_FUNC(ai_db_request)
{
	ai_ipc::CommandRun ai;
	ai_ipc::RequestArguments given;

	given.type = script_getstr(st, 2);
	given.endpoint = script_getstr(st, 3);
	given.data = script_getstr(st, 4);
	given.priority = ai_ipc::optional_number(st, 5).value_or(ai_ipc::DEFAULT_PRIORITY);
	given.timeout_seconds = ai_ipc::optional_number(st, 6);
	return ai_ipc::wake_with(st, ai_ipc::request(*ai, given, ai_ipc::source_of(st)));
}

/// ai_db_response(<id>{,<timeout ms>}): the answer's JSON, or "" while there is none. With a time-out the script waits
/// until there is one, the request has ended without, or the time is over. With a dialogue open, its player is held
/// meanwhile; else the script sleeps, and ends where he has gone away.
BUILDIN_FUNC(ai_db_response)
{
	ai_ipc::CommandRun ai;
	std::string answer;

	if (ai_ipc::is_waiting(st))
		return ai_ipc::go_on_waiting(*ai, st);
	int64 id = script_getnum64(st, 2);
	int64 wait_ms = ai_ipc::can_sleep(st) ? ai_ipc::optional_number(st, 3).value_or(0) : 0;
	if (ai_ipc::answer_at_once(*ai, id, wait_ms, answer))
		return ai_ipc::wake_with(st, answer);
	int64 until_ms = gettick() + ai_ipc::clamp(wait_ms, 0, ai_ipc::MAX_WAIT_MS);
	ai_ipc::begin_wait(st, ai_ipc::ANSWER_WAIT_AT, ai_ipc::new_wait(st, static_cast<uint64>(id), until_ms));
	return ai_ipc::go_on_waiting(*ai, st);
}

/// ai_db_turn(0): waits while so many scripts ask in the same moment that the game would stand still; mostly not at all.
/// The player is held, or the script ends, as with ai_db_response. 1.
BUILDIN_FUNC(ai_db_turn)
{
	ai_ipc::CommandRun ai;

	return ai_ipc::wait_for_turn(*ai, st);
}

/// ai_db_status(<id>): AI_REQ_NOT_FOUND (0), PENDING, PROCESSING, COMPLETED, FAILED, TIMEOUT, CANCELLED (6).
BUILDIN_FUNC(ai_db_status)
{
	ai_ipc::CommandRun ai;

	return ai_ipc::wake_with(st, static_cast<int64_t>(ai_ipc::status(*ai, script_getnum64(st, 2))));
}

/// ai_db_cancel(<id>): 1 when the request was open and is cancelled now, else 0.
BUILDIN_FUNC(ai_db_cancel)
{
	ai_ipc::CommandRun ai;

	return ai_ipc::wake_with(st, static_cast<int64_t>(ai_ipc::cancel(*ai, script_getnum64(st, 2))));
}

/// ai_db_cleanup({<age seconds>}): deletes ended requests that are older, and returns how many. The script sleeps in between.
BUILDIN_FUNC(ai_db_cleanup)
{
	ai_ipc::CommandRun ai;
	ai_ipc::Cleanups& cleanups = ai_ipc::cleanups();
	bool is_first = st->sleep.tick == 0;

	if (is_first)
		cleanups.begin(st->id, ai_ipc::optional_number(st, 2).value_or(ai_ipc::DEFAULT_AGE_SECONDS), gettick());
	ai_ipc::Cleanup& cleanup = cleanups.go_on(st->id);
	int chunks_left = ai_ipc::can_sleep(st) ? 1 : ai_ipc::CLEANUP_CHUNKS_AT_ONCE;
	bool has_more = true;
	while (has_more && chunks_left-- > 0)
		has_more = ai_ipc::clean_chunk(*ai, cleanup);
	cleanup.touched_at_ms = gettick();
	if (has_more && ai_ipc::can_sleep(st))
		return ai_ipc::sleep_for(st, ai_ipc::CLEANUP_PAUSE_MS);
	return ai_ipc::wake_with(st, cleanups.end(st->id));
}

/// ai_db_error(<id>): "code: message" of a request that failed, "" of one that did not. -1: why the last one was refused.
BUILDIN_FUNC(ai_db_error)
{
	ai_ipc::CommandRun ai;

	return ai_ipc::wake_with(st, ai_ipc::error(*ai, script_getnum64(st, 2)));
}

/// ai_json_escape("<text>"): the text as it may stand between the quotes of a JSON string. Also called escape.
BUILDIN_FUNC(ai_json_escape)
{
	ai_ipc::CommandRun ai;

	return ai_ipc::wake_with(st, ai_ipc::json_escaped(*ai, script_getstr(st, 2)));
}

/// ai_json_get("<json>","<path.to[0].field>"): the value as text; "" when it is not there.
BUILDIN_FUNC(ai_json_get)
{
	ai_ipc::CommandRun ai;

	return ai_ipc::wake_with(st, ai_ipc::json_value(*ai, script_getstr(st, 2), script_getstr(st, 3)));
}
