// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.
//
// The AI commands of NPC scripts; README.md of AI IPC's folder rathena/ lists them. script.inc includes this file. A command
// takes its arguments from the script and gives it the result; the work is done in ai_ipc/.

#include "ai_ipc/change_commands.h"
#include "ai_ipc/json_commands.h"
#include "ai_ipc/read_commands.h"
#include "ai_ipc/request_command.h"
#include "ai_ipc/wait_for_answer.h"

/// ai_db_request("<type>","<endpoint>","<json>"{,<priority>{,<timeout seconds>}}): the id of the request, or -1. Where the
/// database does not take it at once, the script waits for it, at most 4 s, as with ai_db_response.
BUILDIN_FUNC(ai_db_request)
{
	ai_ipc::CommandRun ai;
	ai_ipc::RequestArguments given;

	if (ai_ipc::wait_of(*ai, st) != nullptr)
		return ai_ipc::go_on_requesting(*ai, st);
	given.type = script_getstr(st, 2);
	given.endpoint = script_getstr(st, 3);
	given.data = script_getstr(st, 4);
	given.priority = ai_ipc::optional_number(st, 5).value_or(ai_ipc::DEFAULT_PRIORITY);
	given.timeout_seconds = ai_ipc::optional_number(st, 6);
	return ai_ipc::request(*ai, st, given);
}

/// ai_db_response(<id>{,<timeout ms>}): the answer's JSON, or "" while there is none. With a time-out the script waits
/// until there is one, the request has ended without, or the time is over. With a dialogue open, its player is held
/// meanwhile; else the script sleeps, and ends where he has gone away.
BUILDIN_FUNC(ai_db_response)
{
	ai_ipc::CommandRun ai;

	if (const ai_ipc::Waiter* waiter = ai_ipc::wait_of(*ai, st)) {
		if (waiter->errand != nullptr)
			return ai_ipc::go_on_with_errand<ai_ipc::ReadErrand>(*ai, st, ai_ipc::answer_of_errand);
		return ai_ipc::go_on_waiting(*ai, st);
	}
	int64 id = script_getnum64(st, 2);
	int64 wait_ms = ai_ipc::can_sleep(st) ? ai_ipc::optional_number(st, 3).value_or(0) : 0;
	return wait_ms > 0 ? ai_ipc::answer_in_time(*ai, st, id, wait_ms) : ai_ipc::answer_at_once(*ai, st, id);
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

	if (ai_ipc::wait_of(*ai, st) != nullptr)
		return ai_ipc::go_on_with_errand<ai_ipc::ReadErrand>(*ai, st, ai_ipc::status_of_errand);
	return ai_ipc::status(*ai, st, script_getnum64(st, 2));
}

/// ai_db_cancel(<id>): 1 when the request was open and is cancelled now, else 0.
BUILDIN_FUNC(ai_db_cancel)
{
	ai_ipc::CommandRun ai;

	if (ai_ipc::wait_of(*ai, st) != nullptr)
		return ai_ipc::go_on_with_errand<ai_ipc::CancelErrand>(*ai, st, ai_ipc::cancelled_by);
	return ai_ipc::cancel(*ai, st, script_getnum64(st, 2));
}

/// ai_db_cleanup({<age seconds>}): deletes ended requests that are older, and returns how many. The script sleeps in between.
BUILDIN_FUNC(ai_db_cleanup)
{
	ai_ipc::CommandRun ai;

	if (ai_ipc::wait_of(*ai, st) != nullptr)
		return ai_ipc::go_on_cleaning(*ai, st);
	return ai_ipc::clean_up(*ai, st, ai_ipc::optional_number(st, 2).value_or(ai_ipc::DEFAULT_AGE_SECONDS));
}

/// ai_db_error(<id>): "code: message" of a request that failed, "" of one that did not. -1: why the last one was refused.
BUILDIN_FUNC(ai_db_error)
{
	ai_ipc::CommandRun ai;

	if (ai_ipc::wait_of(*ai, st) != nullptr)
		return ai_ipc::go_on_with_errand<ai_ipc::ReasonErrand>(*ai, st, ai_ipc::error_of_errand);
	return ai_ipc::error(*ai, st, script_getnum64(st, 2));
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
