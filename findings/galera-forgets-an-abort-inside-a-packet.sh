#!/bin/bash
# MariaDB 10.11.19 and 11.8.9 with galera 26.4.23: a transaction that another node undoes between two statements of one packet is
# not told so. The rest of the packet runs as if nothing was, each statement commits by itself, some twice, and COMMIT says OK.
# As one statement, a block (BEGIN NOT ATOMIC ... END), the same transactions lose nothing: 1213 whenever they are undone.
# Guessed before: the packet ends with 1213 at the next statement, as it does for an InnoDB deadlock.
# Two nodes, three clients on each, which write the same two rows. Needs Debian, with what mariadb-server-core depends on.
# Exits with 1 when nothing was lost in packets, or something in blocks.
set -eu
folder=$(mktemp -d)
pids=()
trap 'if [ ${#pids[@]} -gt 0 ]; then kill -9 "${pids[@]}" || true; wait "${pids[@]}" 2>/dev/null || true; fi; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
apt-get download -qq mariadb-server-core mariadb-client-core mariadb-common galera-4 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
root=$folder/root
mkdir data1 run1 run2
as_user=()
if [ "$(id -u)" = 0 ]; then
  chown nobody data1 run1 run2
  as_user=(setpriv --reuid=nobody --clear-groups)
fi
"${as_user[@]}" "$root/usr/bin/mariadb-install-db" --no-defaults --auth-root-authentication-method=normal --basedir="$root/usr" \
  --datadir="$folder/data1" >/dev/null 2>&1
# A state transfer of nodes whose data was copied before: both only have to say so.
mkdir bin
cat >bin/wsrep_sst_copied <<'TRANSFER'
#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in --role) role=$2; shift ;; --address) address=$2; shift ;; --gtid) gtid=$2; shift ;; --bypass) bypass=1 ;; esac
  shift
done
if [ "$role" = joiner ]; then
  file=$(mktemp -u)
  echo "ready $file"
  for try in $(seq 600); do if [ -s "$file" ]; then cat "$file"; rm "$file"; exit 0; fi; sleep 0.1; done
  exit 110
fi
cat >/dev/null
[ "$bypass" = 1 ] || exit 22
echo "$gtid" >"$address.part" && chmod 644 "$address.part" && mv "$address.part" "$address"
echo "done $gtid"
TRANSFER
chmod 755 bin bin/wsrep_sst_copied
base=$((20000 + RANDOM % 9000))
start() { # node, address of the cluster
  local port=$((base + $1 * 10))
  PATH="$folder/bin:$PATH" "${as_user[@]}" "$root/usr/sbin/mariadbd" --no-defaults --basedir="$root/usr" --datadir="$folder/data$1" \
    --socket="$folder/run$1/s" --skip-networking --pid-file="$folder/run$1/pid" --tmpdir="$folder/run$1" --binlog-format=ROW \
    --wsrep-on=ON --wsrep-provider="$root/usr/lib/galera/libgalera_smm.so" --wsrep-cluster-address="$2" \
    --wsrep-node-address="127.0.0.1:$port" --wsrep-sst-method=copied \
    --wsrep-provider-options="gmcast.listen_addr=tcp://127.0.0.1:$port;ist.recv_addr=tcp://127.0.0.1:$((port + 1));gcache.size=8M" \
    2>"run$1/log" &
  pids+=($!)
  local tries=0
  until [ "$(sql "$1" "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'wsrep_ready'")" = ON ]; do
    tries=$((tries + 1))
    if [ $tries -gt 200 ]; then tail -n 5 "run$1/log" >&2; exit 2; fi
    sleep 0.3
  done
}
client() { "$root/usr/bin/mariadb" --no-defaults --user=root --socket="$folder/run$1/s" --skip-column-names "${@:2}"; }
sql() { client "$1" -e "$2" 2>/dev/null || true; }

start 1 gcomm://
sql 1 "CREATE TABLE test.told (id INT PRIMARY KEY, tokens MEDIUMTEXT NOT NULL) ENGINE=InnoDB"
sql 1 "CREATE TABLE test.noted (id BIGINT AUTO_INCREMENT PRIMARY KEY, token INT NOT NULL, KEY (token)) ENGINE=InnoDB"
sql 1 "INSERT INTO test.told VALUES (0, ''), (1, '')"
sql 1 SHUTDOWN
wait "${pids[0]}" || true
pids=()
cp -a data1 data2
rm -f data2/gvwstate.dat data2/galera.cache
sed -i 's/safe_to_bootstrap: 1/safe_to_bootstrap: 0/' data2/grastate.dat
start 1 gcomm://
start 2 "gcomm://127.0.0.1:$((base + 10))"

# play NAME OPENING CLOSING: line N of a client's file is the transaction of token CLIENT * 10000 + N, in one packet.
play() {
  local number players=()
  sql 1 "DELETE FROM test.noted; UPDATE test.told SET tokens = ''"
  for number in 1 2 3 4 5 6; do
    {
      echo 'DELIMITER //'
      for line in $(seq 2 400); do
        token=$((number * 10000 + line)) row=$((line % 2))
        echo "$2 SELECT id INTO @id FROM told WHERE id = $row FOR UPDATE; INSERT INTO noted (token) VALUES ($token);" \
          "UPDATE told SET tokens = CONCAT(tokens, ',', $token) WHERE id = $row; INSERT INTO noted (token) VALUES ($token); COMMIT$3//"
      done
    } >"$1.$number"
    client $((number % 2 + 1)) --force test <"$1.$number" >/dev/null 2>"$1.$number.errors" &
    players+=($!)
  done
  for number in "${players[@]}"; do wait "$number" || true; done
  for number in 1 2 3 4 5 6; do
    seq 2 400 | sed "s/^/$number /"
  done | awk '{ print $1 * 10000 + $2 }' | sort >all
  for number in 1 2 3 4 5 6; do
    sed -n 's/^ERROR [0-9]* .* at line \([0-9]*\).*/\1/p' "$1.$number.errors" | awk -v n="$number" '{ print n * 10000 + $1 }'
  done | sort >failed
  comm -23 all failed >done
  sql 1 "SELECT token FROM test.noted JOIN test.told ON FIND_IN_SET(token, tokens) GROUP BY token HAVING COUNT(*) = 2" | sort >whole
  lost=$(comm -23 done whole | wc -l)
  echo "$1: $(wc -l <done) told as done, $(wc -l <failed) as undone; of those told as done $lost are not there, or in part"
}
sql 1 'SELECT VERSION()'
play packet 'BEGIN;' ''
in_packets=$lost
play block 'BEGIN NOT ATOMIC START TRANSACTION;' '; END'
in_blocks=$lost
if [ "$in_packets" = 0 ] || [ "$in_blocks" != 0 ]; then exit 1; fi
