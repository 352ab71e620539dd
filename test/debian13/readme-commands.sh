#!/bin/bash
# Run by run.sh inside Debian 13: the README's commands in a fresh clone, then what they ran on.
# This bash is process 1 there, so it has to outlive what it runs: it is what takes in orphans.
set -uo pipefail
cd /root/ai-ipc || exit 1

main() {
  run_commands
  local status=$?
  print_versions
  exit "$status"
}

run_commands() {
  run 1200 'npm ci && npm start </dev/null' &&
    run 5400 'npm ci && npm test' | tee /root/test-output
}

run() {
  printf '\n== %s (at most %s s)\n' "$2" "$1"
  timeout --kill-after=10 "$1" bash -c "$2" 2>&1
  local status=$?
  [ "$status" -eq 0 ] || echo "FAILED $2: ended with $status"
  return "$status"
}

print_versions() {
  local release maria compiler
  release=$(cat /etc/debian_version)
  maria=$(mariadbd --version || echo none)
  compiler=$(g++ -dumpfullversion || echo none)
  printf '\nDebian %s: node %s, npm %s, %s, g++ %s\n' \
    "$release" "$(node --version)" "$(npm --version)" "$maria" "$compiler"
}

main
