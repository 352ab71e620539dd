#!/bin/bash
# Run by run.sh inside Debian 13: `ai-ipc setup` on a machine that has nothing yet, and again. No systemd runs there.
# This bash is process 1 there, so it has to outlive what it runs: it is what takes in orphans.
set -uo pipefail

PACKAGE=/opt/ai-ipc
passed=0
failed=0

main() {
  cp --archive /root/ai-ipc "$PACKAGE"
  cd "$PACKAGE" || exit 1
  run 'npm ci' 600 npm ci --no-audit --no-fund
  without_server
  with_server
  second_time
  stop_and_start
  printf '%s passed, %s failed\n' "$passed" "$failed" | tee /root/test-output
  [ "$failed" -eq 0 ]
}

without_server() {
  local said
  said=$(bin/ai-ipc.js setup --yes 2>&1)
  check 'without a server it ends with 1' test $? -eq 1
  echo "$said"
  check '… and says the apt line' grep -q 'sudo apt-get install mariadb-server' <<<"$said"
}

with_server() {
  run 'apt-get install mariadb-server' 900 env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends mariadb-server procps
  run 'service mariadb start' 60 service mariadb start
  run 'ai-ipc setup --print' 60 bin/ai-ipc.js setup --print
  check '… has made no user' bash -c '! id ai-ipc'
  run 'ai-ipc setup --yes: the doctor is green' 120 bin/ai-ipc.js setup --yes
  check 'the settings are only for root' test "$(stat -c '%a %U' /etc/ai-ipc/env)" = '600 root'
  check 'worker and service run as ai-ipc' test "$(pgrep -c -u ai-ipc node)" -eq 2
}

second_time() {
  local before after
  before=$(state)
  run 'ai-ipc setup --yes, once more' 120 bin/ai-ipc.js setup --yes
  after=$(state)
  check '… has changed nothing' test "$before" = "$after"
  diff <(echo "$before") <(echo "$after")
  run 'ai-ipc doctor' 60 ai-ipc doctor
  run 'ai-ipc selftest' 120 ai-ipc selftest
}

# As the last lines of setup say.
stop_and_start() {
  run 'ai-ipc worker stop' 90 ai-ipc worker stop
  run 'ai-ipc service stop' 90 ai-ipc service stop
  check '… ended them' eventually bash -c '! pgrep -u ai-ipc node'
  check 'the doctor then says that no worker lives' bash -c 'ai-ipc doctor | grep "^broken *workers"'
  run 'ai-ipc setup --yes starts them again' 120 ai-ipc setup --yes
}

# Files with their times, users, the schema with its rights, and the processes.
state() {
  find /etc /usr/local /opt/ai-ipc -xdev -path /opt/ai-ipc/node_modules -prune -o \
    \( -type f -o -type l \) -printf '%p %m %U %T@ %l\n' | sort
  mariadb-dump --no-data --routines --events --skip-comments --skip-dump-date ragnarok | sed 's/AUTO_INCREMENT=[0-9]*//'
  mariadb -e "SHOW GRANTS FOR 'ai_ipc'@'localhost'"
  pgrep -a node
}

run() {
  printf '\n== %s (at most %s s)\n' "$1" "$2"
  check "$1" timeout --kill-after=10 "${@:2}"
}

check() {
  if "${@:2}"; then
    passed=$((passed + 1))
    echo "passed: $1"
  else
    failed=$((failed + 1))
    echo "FAILED $1"
  fi
}

eventually() {
  local look
  for look in $(seq 100); do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  return 1
}

main
