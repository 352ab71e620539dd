# For the scripts beside this folder: a database server of another suite of Debian, in a folder that goes away with the script.
# Sourced with bash. Nothing is installed: apt downloads into the folder, dpkg unpacks, and the server runs from there.

WORK=$(mktemp -d)
chmod 755 "$WORK"
SERVER_PID=
# By SQL: what SERVER_PID names is the shell that started it, which would end without the server.
trap 'if [ -n "$SERVER_PID" ]; then sql root <<<SHUTDOWN || true; wait "$SERVER_PID" || true; fi; rm -rf "$WORK"' EXIT

# fetch SUITE PACKAGE=VERSION...: unpacks them, with all that they need down to libc6, into $WORK/root.
fetch() {
  local suite=$1 deb=http://deb.debian.org
  shift
  local apt=$WORK/apt
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$WORK/root"
  : >"$apt/status"
  local keyring="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
  echo "deb $keyring $deb/debian $suite main" >"$apt/sources.list"
  if [ "$suite" != sid ]; then
    echo "deb $keyring $deb/debian-security $suite-security main" >>"$apt/sources.list"
  fi
  cat >"$apt/apt.conf" <<CONF
Dir::State "$apt"; Dir::State::status "$apt/status"; Dir::Cache "$apt"; Dir::Cache::archives "archives/"; Dir::Log "$apt";
Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
APT::Install-Recommends "false"; APT::Sandbox::User "root"; Acquire::Languages "none";
CONF
  apt-get -q -c "$apt/apt.conf" update >"$apt/log" 2>&1 || { cat "$apt/log" >&2; exit 2; }
  apt-get -q -c "$apt/apt.conf" -y --download-only install "$@" >>"$apt/log" 2>&1 || { tail -n 5 "$apt/log" >&2; exit 2; }
  local package
  for package in "$apt"/archives/*.deb; do dpkg --extract "$package" "$WORK/root"; done
}

# own PROGRAM ARGS...: runs a program below $WORK/root with the libraries that came with it.
own() {
  local root=$WORK/root program=$1
  shift
  local loader
  loader=$(find "$root" -name 'ld-linux*.so.*' -path '*linux-gnu*' | head -n 1)
  local folders
  folders=$(find "$root" -type d -name '*-linux-gnu' | paste -sd:)
  "$loader" --library-path "$folders" "$root/$program" "$@"
}

# start SERVER-PROGRAM ARGS...: the server, on a socket alone; resolves when it answers. `sql USER` then runs what comes in.
start() {
  local program=$1 user=()
  shift
  if [ "$(id -u)" = 0 ]; then user=(--user=root); fi
  own "$program" --no-defaults "${user[@]}" --basedir="$WORK/root/usr" --datadir="$WORK/data" --socket="$WORK/socket" \
    --pid-file="$WORK/pid" --skip-networking --log-error="$WORK/error.log" "$@" &
  SERVER_PID=$!
  local tries
  for tries in $(seq 300); do
    if echo 'SELECT 1' | sql root >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  cat "$WORK/error.log" >&2
  exit 2
}

# sql USER: runs the statements of its input, and prints the rows without names of columns.
sql() {
  mariadb --no-defaults --socket="$WORK/socket" --user="$1" --default-character-set=utf8mb4 --batch --skip-column-names
}

# expect WHAT IS: prints what was seen, and ends the script with 1 where it is another thing.
expect() {
  echo "$1: $2"
  if [ "$2" != "$3" ]; then
    echo "CHANGED: it was $3" >&2
    exit 1
  fi
}
