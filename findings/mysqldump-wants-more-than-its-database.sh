#!/usr/bin/env bash
# Guess: a user with all rights on a database may dump it, as with mariadb-dump, once tablespaces and GTIDs are left out.
# Seen:  mysqldump 9.7.4 --single-transaction wants RELOAD or FLUSH_TABLES; with --set-gtid-purged=OFF it gets further, and
#        wants SELECT on mysql.column_masking_policy, of a feature that is not in use. root dumps the same table.
# Needs: Debian or what comes from it, the client `mariadb`, and the network.
set -euo pipefail
cd "$(dirname "$0")"
. from-debian/server.sh

fetch sid mysql-server-core=9.7.4-2 mysql-client-core=9.7.4-2
own usr/bin/mysqldump --version
own usr/sbin/mysqld --no-defaults --user="$(id -un)" --basedir="$WORK/root/usr" --datadir="$WORK/data" \
  --initialize-insecure --log-error="$WORK/error.log"
start usr/sbin/mysqld --mysqlx=OFF --secure-file-priv=NULL

sql root <<<'CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); CREATE USER u@localhost; GRANT ALL ON d.* TO u@localhost'
refusal() {
  local user=$1
  shift
  own usr/bin/mysqldump --no-defaults --socket="$WORK/socket" --user="$user" --single-transaction --no-tablespaces "$@" d t \
    2>&1 >/dev/null | grep -oE 'FLUSH_TABLES|column_masking_policy' | head -n 1 || true
}
expect 'refused for' "$(refusal u)" FLUSH_TABLES
expect 'without GTIDs refused for' "$(refusal u --set-gtid-purged=OFF)" column_masking_policy
expect 'root, refused for' "$(refusal root --set-gtid-purged=OFF)" ''
