#!/bin/sh
# Guess: promtool (of Prometheus) finds nothing to say about the metrics that prom-client 15.1.3 collects by default.
# Seen:  three of its gauges have names that end with _total, which is for counters: nodejs_active_handles_total,
#        nodejs_active_requests_total and nodejs_active_resources_total. promtool check metrics ends with 3 for them.
# Needs: promtool in the PATH (Debian: the package prometheus), npm and the network. Exits with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund prom-client@15.1.3
node -e "const { register, collectDefaultMetrics } = require('prom-client');
collectDefaultMetrics(); register.metrics().then((text) => { process.stdout.write(text); process.exit(); })" >metrics.txt
code=0
promtool check metrics <metrics.txt 2>said.txt || code=$?
cat said.txt
echo "exit code $code"
[ "$code" = 3 ] && [ "$(grep -c 'should not have "_total" suffix' said.txt)" = 3 ]
