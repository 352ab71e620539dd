// AI IPC for rAthena. Licensed under GNU GPL, version 3 or later.

#ifndef AI_IPC_TROUBLE_H
#define AI_IPC_TROUBLE_H

namespace ai_ipc {

// Why a statement was not done.
enum class Trouble {
	NONE,
	// Another transaction holds what it needs: this one statement may be tried again, and all others go on.
	LOCKED,
	// The database refuses it: a table or a right is missing.
	FAILED,
	// The database is not there, or answers no more.
	AWAY,
	// Nobody wanted it any more.
	ABANDONED,
};

// By the numbers of the client library (2000 and more) and of the server.
inline Trouble trouble_of(unsigned int error) {
	switch (error) {
	case 0:
		return Trouble::NONE;
	case 1205: // lock wait timeout
	case 1213: // deadlock
	case 1317: // interrupted
	case 1969: // max_statement_time of MariaDB
	case 3024: // max_execution_time of MySQL
	case 3572: // NOWAIT
		return Trouble::LOCKED;
	case 1040: // too many connections
	case 1047: // a Galera node outside of its cluster
	case 1053: // shutdown
	case 1927: // killed
	case 1290: // read-only
	case 1836: // read-only
		return Trouble::AWAY;
	default:
		return error >= 2000 && error < 3000 ? Trouble::AWAY : Trouble::FAILED;
	}
}

} // namespace ai_ipc

#endif
