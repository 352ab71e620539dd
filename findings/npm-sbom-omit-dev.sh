#!/bin/sh
# Guess: `npm sbom --omit dev` lists every package that `npm install --omit dev` installs.
# Seen:  with npm 11.19.1 a dependency is missing that a package of devDependencies wants as its peer: yaml 2.9.1 beside
#        vite 8.3.8. It is installed and, by `npm ls --omit dev`, there; the bill of materials has 0 packages.
# Needs: npm and the network. Exits with 1 when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"name":"bill","version":"1.0.0","dependencies":{"yaml":"2.9.1"},"devDependencies":{"vite":"8.3.8"}}' >package.json
npx --yes npm@11.19.1 install --silent --no-audit --no-fund --package-lock-only
npx --yes npm@11.19.1 ci --silent --no-audit --no-fund --omit dev
installed=$(npx --yes npm@11.19.1 ls --omit dev --parseable | grep -c node_modules/yaml)
listed=$(npx --yes npm@11.19.1 sbom --sbom-format cyclonedx --omit dev --package-lock-only |
  node -e "let text = ''; process.stdin.on('data', (some) => (text += some)).on('end', () =>
    console.log(JSON.parse(text).components.filter(({ name }) => name === 'yaml').length))")
echo "installed: $installed, in the bill of materials: $listed"
[ "$installed" = 1 ] && [ "$listed" = 0 ]
