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

// By the numbers of the client library (2000 and more) and of the server; database-errors.ts in src/database/ has the same.
inline Trouble trouble_of(unsigned int error) {
	switch (error) {
	case 0:
		return Trouble::NONE;
	case 1020: // the record has changed (innodb_snapshot_isolation)
	case 1180: // the COMMIT was undone, such as by a conflict in Galera
	case 1205: // lock wait timeout
	case 1213: // deadlock
	case 1317: // interrupted
	case 1969: // max_statement_time of MariaDB
	case 3024: // max_execution_time of MySQL
	case 3572: // NOWAIT
		return Trouble::LOCKED;
	case 1040: // too many connections
	case 1203: // too many of this user
	case 1226: // too many of this account
	case 1047: // a Galera node outside of its cluster
	case 1053: // shutdown
	case 1080: // the connection is ended
	case 1152:
	case 1158:
	case 1159:
	case 1160:
	case 1161:
	case 1184:
	case 1927: // killed
	case 3169: // killed, in MySQL's words
	case 4031: // silent for too long
	case 1036: // read-only: the table, the server, its transactions, InnoDB, a group's member
	case 1290:
	case 1792:
	case 1836:
	case 1874:
	case 1881:
	case 3100:
	case 3032: // offline
	case 3168: // not there
	case 1665: // a binary log by statement: connections keep it after it was mended
		return Trouble::AWAY;
	default:
		return error >= 2000 && error < 3000 ? Trouble::AWAY : Trouble::FAILED;
	}
}

} // namespace ai_ipc

#endif
