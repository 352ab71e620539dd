#!/bin/sh
# MariaDB 10.11 (and 10.5): NOWAIT is refused in a block of statements and in a procedure (1314), but a lock wait of 0 s,
# by SET STATEMENT innodb_lock_wait_timeout = 0, is taken there and says 1205 at once for a row that somebody holds.
# Guessed before: NOWAIT works wherever FOR UPDATE does, and a wait of 0 s is raised to 1 s, the least of MySQL.
# Needs Debian, with what mariadb-server-core depends on. Exits with 1 when that has changed.
set -eu
folder=$(mktemp -d)
pid=
trap 'if [ -n "$pid" ]; then kill -9 "$pid"; fi; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq mariadb-server-core mariadb-client-core mariadb-common 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
root=$folder/root
mkdir data run
as_user=
if [ "$(id -u)" = 0 ]; then
  chown nobody data run
  as_user="setpriv --reuid=nobody --clear-groups"
fi
$as_user "$root/usr/bin/mariadb-install-db" --no-defaults --auth-root-authentication-method=normal --basedir="$root/usr" \
  --datadir="$folder/data" >/dev/null 2>&1
$as_user "$root/usr/sbin/mariadbd" --no-defaults --basedir="$root/usr" --datadir="$folder/data" --socket="$folder/run/s" \
  --skip-networking --pid-file="$folder/run/pid" 2>run/log &
pid=$!
sql() { "$root/usr/bin/mariadb" --no-defaults --user=root --socket="$folder/run/s" --skip-column-names --force -e "$1" test 2>&1 || true; }
n=0
until [ "$(sql "SELECT 1")" = 1 ] || [ $n -ge 100 ]; do n=$((n + 1)); sleep 0.3; done
sql 'SELECT VERSION(); CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO t VALUES (1)'
(
  echo 'BEGIN; SELECT id FROM t WHERE id = 1 FOR UPDATE;'
  sleep 30
) | "$root/usr/bin/mariadb" --no-defaults --user=root --socket="$folder/run/s" --unbuffered test >run/held 2>&1 &
holder=$!
trap 'kill "$holder" 2>/dev/null || true; if [ -n "$pid" ]; then kill -9 "$pid"; fi; rm -rf "$folder"' EXIT
n=0
until [ -s run/held ] || [ $n -ge 100 ]; do n=$((n + 1)); sleep 0.1; done
refused=$(sql 'DELIMITER //
BEGIN NOT ATOMIC DECLARE v INT; SELECT id INTO v FROM t WHERE id = 1 FOR UPDATE NOWAIT; END//')
taken=$(sql "DELIMITER //
BEGIN NOT ATOMIC
  DECLARE v INT;
  DECLARE v_begin DATETIME(6) DEFAULT SYSDATE(6);
  DECLARE CONTINUE HANDLER FOR 1205 SELECT 'held', TIMESTAMPDIFF(MICROSECOND, v_begin, SYSDATE(6)) < 900000;
  SET STATEMENT innodb_lock_wait_timeout = 0 FOR SELECT id INTO v FROM t WHERE id = 1 FOR UPDATE;
END//")
echo "NOWAIT in a block: $refused"
echo "a wait of 0 s in a block (held, and below 0.9 s): $taken"
case "$refused" in *1314*) ;; *) exit 1 ;; esac
case "$taken" in *held*1*) ;; *) exit 1 ;; esac
