#!/usr/bin/env bash
# Guess: a user with SELECT on a table may read it with FOR UPDATE, as on MariaDB: locks are rolled back and change nothing.
# Seen:  MySQL 9.7.4 refuses it (1142, `SELECT with locking clause command denied`) until the user has UPDATE, DELETE or
#        LOCK TABLES, too; with FOR SHARE it lets him. MariaDB 11.8.9 lets him do both.
# Needs: Debian or what comes from it, the client `mariadb`, and the network.
set -euo pipefail
cd "$(dirname "$0")"
. from-debian/server.sh

fetch sid mysql-server-core=9.7.4-2
own usr/sbin/mysqld --version
own usr/sbin/mysqld --no-defaults --user="$(id -un)" --basedir="$WORK/root/usr" --datadir="$WORK/data" \
  --initialize-insecure --log-error="$WORK/error.log"
start usr/sbin/mysqld --mysqlx=OFF --secure-file-priv=NULL

sql root <<<"CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); CREATE USER u@localhost; GRANT SELECT ON d.t TO u@localhost"
number() { sql u <<<"$1" 2>&1 | sed -n 's/^ERROR \([0-9]*\).*/\1/p'; }
expect 'SELECT, with SELECT alone' "$(number 'SELECT * FROM d.t')" ''
expect 'SELECT … FOR UPDATE, with SELECT alone' "$(number 'SELECT * FROM d.t FOR UPDATE')" 1142
expect 'SELECT … FOR SHARE, with SELECT alone' "$(number 'SELECT * FROM d.t FOR SHARE')" ''
sql root <<<'GRANT DELETE ON d.t TO u@localhost'
expect 'SELECT … FOR UPDATE, with DELETE, too' "$(number 'SELECT * FROM d.t FOR UPDATE')" ''
