#!/usr/bin/env bash
# Guess: ALTER INSTANCE RELOAD TLS takes what a start takes.
# Seen:  MySQL 9.7.4 starts with a certificate that has expired, and goes on to show it to its clients; RELOAD TLS with the
#        same one is refused (3888, `Invalid certificates`), and the one before stays. So who tries how his programs bear an
#        expired certificate has to start the server with it. (MariaDB's FLUSH SSL takes it.)
# Needs: Debian or what comes from it, the client `mariadb`, openssl, and the network.
set -euo pipefail
cd "$(dirname "$0")"
. from-debian/server.sh

fetch sid mysql-server-core=9.7.4-2
own usr/sbin/mysqld --version
own usr/sbin/mysqld --no-defaults --user="$(id -un)" --basedir="$WORK/root/usr" --datadir="$WORK/data" \
  --initialize-insecure --log-error="$WORK/error.log"
tls="$WORK/tls"
mkdir "$tls"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/ca-key.pem" -out "$tls/ca.pem" -days 10 -subj /CN=ca 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout "$tls/key.pem" -out "$tls/request.pem" -subj /CN=server 2>/dev/null
for days in 5 -1; do
  openssl x509 -req -in "$tls/request.pem" -CA "$tls/ca.pem" -CAkey "$tls/ca-key.pem" -days $days -out "$tls/cert$days.pem" 2>/dev/null
done
launch() { start usr/sbin/mysqld --mysqlx=OFF --secure-file-priv=NULL --ssl-ca="$tls/ca.pem" --ssl-cert="$tls/cert.pem" --ssl-key="$tls/key.pem"; }
ends() { sql root <<<"SHOW STATUS LIKE 'Ssl_server_not_after'" | cut -f2; }
errno() { sql root <<<"$1" 2>&1 | sed -n 's/^ERROR \([0-9]*\).*/\1/p'; }

cp "$tls/cert5.pem" "$tls/cert.pem"
launch
before=$(ends)
cp "$tls/cert-1.pem" "$tls/cert.pem"
expect 'RELOAD TLS with an expired certificate' "$(errno 'ALTER INSTANCE RELOAD TLS')" 3888
expect 'what it shows after that' "$(ends)" "$before"
kill "$SERVER_PID"
wait "$SERVER_PID" || true
launch
expect 'a start with it: the certificate in use' "$(ends)" "$(openssl x509 -in "$tls/cert.pem" -noout -enddate | cut -d= -f2)"
