// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_STATUS_H
#define AI_IPC_STATUS_H

#include <string>

// What ai_db_status returns.
#define AI_REQ_NOT_FOUND 0
#define AI_REQ_PENDING 1
#define AI_REQ_PROCESSING 2
#define AI_REQ_COMPLETED 3
#define AI_REQ_FAILED 4
#define AI_REQ_TIMEOUT 5
#define AI_REQ_CANCELLED 6

namespace ai_ipc {

struct StatusName {
	const char* name;
	int code;
};

const StatusName STATUS_NAMES[] = {
	{"pending", AI_REQ_PENDING}, {"processing", AI_REQ_PROCESSING}, {"completed", AI_REQ_COMPLETED},
	{"failed", AI_REQ_FAILED},   {"timeout", AI_REQ_TIMEOUT},       {"cancelled", AI_REQ_CANCELLED},
};

// '' (a status that does not exist, from SQL outside strict mode) is about to become failed: until then it is pending.
inline int status_code(const std::string& name) {
	for (const StatusName& status : STATUS_NAMES)
		if (name == status.name)
			return status.code;
	return AI_REQ_PENDING;
}

inline bool is_ended(int code) {
	return code != AI_REQ_PENDING && code != AI_REQ_PROCESSING;
}

} // namespace ai_ipc

#endif
