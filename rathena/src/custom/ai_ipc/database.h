// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_DATABASE_H
#define AI_IPC_DATABASE_H

// With AI_IPC_NO_THREAD, defined above the include line of script.inc, all statements run on the map server's own
// connection, and the game waits for each. rAthena's tools have no database.
#if defined(MAP_GENERATOR) && !defined(AI_IPC_NO_THREAD)
#define AI_IPC_NO_THREAD
#endif

#ifdef AI_IPC_NO_THREAD
#include "shared_connection.h"
#else
#include "own_connection.h"
#endif

namespace ai_ipc {

#ifdef AI_IPC_NO_THREAD
const bool HAS_THREAD = false;
using Database = SharedConnection;
#else
const bool HAS_THREAD = true;
using Database = OwnConnection;
#endif

} // namespace ai_ipc

#endif
