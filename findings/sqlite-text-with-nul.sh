#!/bin/sh
# @photostructure/sqlite 1.2.1: a text ends at its first NUL (U+0000), both where it is bound and where it is read. SQLite
# itself keeps it: CAST(unhex(…) AS TEXT) stores all of it, and hex(…) or CAST(… AS BLOB) reads all of it.
# Guessed before: it comes and goes whole, as SQLite's own functions take the length of a text.
# Exits with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @photostructure/sqlite@1.2.1
cat >look.mjs <<'JS'
import { DatabaseSync } from '@photostructure/sqlite';

const database = new DatabaseSync(':memory:');
const text = 'a\0b';
const bound = database.prepare('SELECT hex(?) AS hex').get(text).hex;
const stored = database.prepare("SELECT hex(CAST(unhex('610062') AS TEXT)) AS hex").get().hex;
const read = database.prepare("SELECT CAST(unhex('610062') AS TEXT) AS text").get().text;
console.log(`Node ${process.version}, @photostructure/sqlite 1.2.1, SQLite ${database.prepare('SELECT sqlite_version() AS v').get().v}`);
console.log(`bound: ${bound} (of 610062); stored by SQLite: ${stored}; read: ${JSON.stringify(read)}`);
process.exit(bound === '61' && stored === '610062' && read === 'a' ? 0 : 1);
JS
node look.mjs
