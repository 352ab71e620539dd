// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_SCRIPT_CONSTANTS_H
#define AI_IPC_SCRIPT_CONSTANTS_H

#include "status.h"

// Uses of rAthena: add_str, str_data, script_set_constant.

namespace ai_ipc {

struct ScriptConstant {
	const char* name;
	int value;
};

const ScriptConstant SCRIPT_CONSTANTS[] = {
	{"AI_REQ_NOT_FOUND", AI_REQ_NOT_FOUND}, {"AI_REQ_PENDING", AI_REQ_PENDING},
	{"AI_REQ_PROCESSING", AI_REQ_PROCESSING}, {"AI_REQ_COMPLETED", AI_REQ_COMPLETED},
	{"AI_REQ_FAILED", AI_REQ_FAILED}, {"AI_REQ_TIMEOUT", AI_REQ_TIMEOUT}, {"AI_REQ_CANCELLED", AI_REQ_CANCELLED},
};

// Gives scripts the names AI_REQ_*. With the first command they come late: by then, the scripts that use them have been
// parsed, with each such name taken for a variable (C_NAME). The engine looks at a name's kind whenever it reads it, so
// the name can still become a constant. Only `case AI_REQ_...:` asks while parsing; for that, and for names in use before the
// first command, they belong into db/import/const.yml, and what stands there is left alone.
inline void set_script_constants() {
	for (const ScriptConstant& constant : SCRIPT_CONSTANTS) {
		int number = add_str(constant.name);
		if (str_data[number].type == C_NOP) {
			script_set_constant(constant.name, constant.value, false, false);
		} else if (str_data[number].type == C_NAME) {
			str_data[number].type = C_INT;
			str_data[number].val = constant.value;
		}
	}
}

} // namespace ai_ipc

#endif
