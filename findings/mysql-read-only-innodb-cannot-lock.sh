#!/usr/bin/env bash
# Guess: where InnoDB is read-only (innodb_read_only), a write is refused as MariaDB refuses it: 1036, `Table is read only`.
# Seen:  MySQL 9.7.4 says 1015, `Can't lock file (errno: 165 - Table is read only)`, as if a lock were the trouble; of the
#        many causes that 1015 may have, only the words tell which. CREATE TABLE is 1836, and with innodb_force_recovery=4 a
#        write is 1036.
# Needs: Debian or what comes from it, the client `mariadb`, and the network.
set -euo pipefail
cd "$(dirname "$0")"
. from-debian/server.sh

fetch sid mysql-server-core=9.7.4-2
own usr/sbin/mysqld --version
own usr/sbin/mysqld --no-defaults --user="$(id -un)" --basedir="$WORK/root/usr" --datadir="$WORK/data" \
  --initialize-insecure --log-error="$WORK/error.log"
again() {
  if [ -n "$SERVER_PID" ]; then
    sql root <<<SHUTDOWN
    wait "$SERVER_PID"
  fi
  start usr/sbin/mysqld --mysqlx=OFF --secure-file-priv=NULL "$@"
}
number() { sql root <<<"$1" 2>&1 | sed -n 's/^ERROR \([0-9]*\).*/\1/p'; }

again
sql root <<<'CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY)'
again --innodb-read-only
expect 'INSERT, with innodb_read_only' "$(number 'INSERT INTO d.t VALUES (1)')" 1015
expect 'CREATE TABLE, with innodb_read_only' "$(number 'CREATE TABLE d.u (id INT PRIMARY KEY)')" 1836
again --innodb-force-recovery=4
expect 'INSERT, with innodb_force_recovery=4' "$(number 'INSERT INTO d.t VALUES (1)')" 1036
