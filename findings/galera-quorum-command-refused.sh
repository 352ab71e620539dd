#!/usr/bin/env bash
# Guess: a node that lost its quorum is made primary with SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES', on every
#        MariaDB with galera 26.4, as on 10.11.
# Seen:  MariaDB 11.8.9 of Debian 13 with galera-4 26.4.23 refuses that and every other option at run time with 1210, "cannot be
#        changed while the wsrep-provider plugin is loaded": the plugin is loaded by default there, and each option is a
#        variable of its own. SET GLOBAL wsrep_provider_pc_bootstrap = ON is accepted ('YES' is not: 1231). gmcast.isolate has
#        no such variable. With --plugin-wsrep-provider=OFF the server takes the old form.
# Needs: Debian or what comes from it, the client `mariadb`, and the network.
set -euo pipefail
cd "$(dirname "$0")"
. from-debian/server.sh

fetch trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1 mariadb-client-core=1:11.8.9+ds-0+deb13u1 galera-4=26.4.23-0+deb13u1
own usr/sbin/mariadbd --version
port=$((20000 + RANDOM % 9000))

# ARGS...: one node that is a cluster by itself. Neither socket nor group is heard outside of this machine.
node() {
  rm -rf "$WORK/data"
  mkdir -p "$WORK/data/mysql" # Galera makes three tables of its own in it.
  start usr/sbin/mariadbd --skip-grant-tables --binlog-format=ROW --wsrep-on=ON --wsrep-cluster-address=gcomm:// \
    --wsrep-provider="$WORK/root/usr/lib/galera/libgalera_smm.so" --wsrep-node-address="127.0.0.1:$port" \
    --wsrep-provider-options="gmcast.listen_addr=tcp://127.0.0.1:$port;ist.recv_addr=127.0.0.1:$((port + 1))" "$@"
}

stop() {
  sql root <<<SHUTDOWN
  wait "$SERVER_PID" || true
  SERVER_PID=
}

# STATEMENT: the number of its error, or "done".
answer() {
  if said=$(sql root <<<"$1" 2>&1); then echo done; else grep -oE 'ERROR [0-9]+' <<<"$said"; fi
}

plugin="SELECT PLUGIN_STATUS FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'wsrep_provider'"
old="SET GLOBAL wsrep_provider_options = 'pc.bootstrap=YES'"
own_name='SET GLOBAL wsrep_provider_pc_bootstrap = ON'

node
expect 'by default, the plugin' "$(sql root <<<"$plugin")" ACTIVE
expect 'pc.bootstrap as an option' "$(answer "$old")" 'ERROR 1210'
expect 'gcs.fc_limit as an option' "$(answer "SET GLOBAL wsrep_provider_options = 'gcs.fc_limit=32'")" 'ERROR 1210'
expect 'pc.bootstrap as a variable' "$(answer "$own_name")" done
expect "the same with 'YES'" "$(answer "SET GLOBAL wsrep_provider_pc_bootstrap = 'YES'")" 'ERROR 1231'
expect 'gmcast.isolate as a variable' "$(answer 'SET GLOBAL wsrep_provider_gmcast_isolate = 0')" 'ERROR 1193'
stop

node --plugin-wsrep-provider=OFF
expect 'without it, the plugin' "$(sql root <<<"$plugin")" DISABLED
expect 'pc.bootstrap as an option' "$(answer "$old")" done
expect 'pc.bootstrap as a variable' "$(answer "$own_name")" 'ERROR 1193'
