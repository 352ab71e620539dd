#!/bin/sh
# Makes the certificates of the tests anew, with openssl: the authorities' keys are thrown away. For a hundred years, but
# for the expired ones. Every server has the same key.
set -eu
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
DAYS=36500

# An authority: its file and its name.
authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/$1-key.pem" -out "$1.pem" -days "${3:-$DAYS}" \
    -subj "/CN=$2" -addext 'basicConstraints=critical,CA:TRUE' 2>/dev/null
}

# What the authority of the tests signed for the key of the server: its file, its name, the hosts in it, its days, and
# whether it may sign others.
signed() {
  openssl req -new -key server-key.pem -subj "/CN=$2" -out "$folder/request.pem"
  { echo "basicConstraints=critical,CA:${5:-FALSE}"; [ -z "$3" ] || echo "subjectAltName=$3"; } >"$folder/extensions"
  openssl x509 -req -in "$folder/request.pem" -CA ca.pem -CAkey "$folder/ca-key.pem" -out "$1.pem" -days "$4" \
    -extfile "$folder/extensions" 2>/dev/null
}

authority ca 'AI IPC tests'
authority other-ca Another
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out server-key.pem 2>/dev/null
signed server-cert 127.0.0.1 'IP:127.0.0.1' "$DAYS"
signed intermediate-ca 'A department' '' "$DAYS" TRUE
signed expired-cert 127.0.0.1 'IP:127.0.0.1' -1
signed other-host-cert db.example 'DNS:db.example,IP:192.0.2.7' "$DAYS"
# As MySQL makes its own: no host in it.
signed nameless-cert MySQL_Server_9.7.4_Auto_Generated_Server_Certificate '' "$DAYS"
openssl req -x509 -key server-key.pem -out self-signed-cert.pem -days "$DAYS" -subj /CN=127.0.0.1 \
  -addext 'subjectAltName=IP:127.0.0.1' -addext 'basicConstraints=critical,CA:FALSE'
openssl req -new -key server-key.pem -subj '/CN=Long ago' -out "$folder/request.pem"
echo 'basicConstraints=critical,CA:TRUE' >"$folder/extensions"
openssl x509 -req -in "$folder/request.pem" -key server-key.pem -out expired-ca.pem -days -1 \
  -extfile "$folder/extensions" 2>/dev/null
