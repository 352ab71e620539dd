#!/usr/bin/env bash
# Guess: JSON_UNQUOTE reads \ud83d\ude00 as JSON means it: one character, an emoji.
# Seen:  MariaDB 10.5.29 gives one `?`. JSON_VALUE of the same server reads it, and so does JSON_UNQUOTE of 10.11.19.
# Needs: Debian or what comes from it, the client `mariadb`, and the network.
set -euo pipefail
cd "$(dirname "$0")"
. from-debian/server.sh

fetch bullseye mariadb-server-core-10.5=1:10.5.29-0+deb11u1
own usr/sbin/mariadbd --version
mkdir "$WORK/data"
start usr/sbin/mariadbd --skip-grant-tables

expect 'JSON_UNQUOTE' "$(sql root <<<"SELECT HEX(JSON_UNQUOTE('\"\\\\ud83d\\\\ude00\"'))")" 3F
expect 'JSON_VALUE' "$(sql root <<<"SELECT HEX(JSON_VALUE('\"\\\\ud83d\\\\ude00\"', '\$'))")" F09F9880
