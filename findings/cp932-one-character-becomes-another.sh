#!/usr/bin/env bash
# Guess: what a server writes in cp932 (Windows' Japanese code page) reads back as it was, or as `?` where the code page
#        lacks it.
# Seen:  晡 (U+6661), which cp932 lacks, is written with the bytes FA D7 of 晙 (U+6659) and comes back as that: no `?`, no
#        warning. MariaDB 10.5.29, 10.11.19, 11.8.9 and MySQL 9.7.4 all do it. Python's cp932 refuses 晡.
# Needs: Debian or what comes from it, the client `mariadb`, python3, and the network.
set -euo pipefail
cd "$(dirname "$0")"
. from-debian/server.sh

fetch trixie mariadb-server-core=1:11.8.9+ds-0+deb13u1
own usr/sbin/mariadbd --version
mkdir "$WORK/data"
start usr/sbin/mariadbd --skip-grant-tables

written=$(sql root <<<"SELECT HEX(CONVERT('晡' USING cp932))")
expect 'bytes of 晡 in cp932' "$written" FAD7
expect 'bytes of 晙 in cp932' "$(sql root <<<"SELECT HEX(CONVERT('晙' USING cp932))")" FAD7
expect '晡 there and back' "$(sql root <<<"SELECT CONVERT(CONVERT('晡' USING cp932) USING utf8mb4)")" 晙
expect 'warnings' "$(sql root <<<"DO CONVERT('晡' USING cp932); SHOW WARNINGS")" ''
expect 'Python' "$(python3 -c "
try: print('晡'.encode('cp932').hex())
except UnicodeEncodeError: print('refused')")" refused
