#!/bin/bash
# `npm run test:debian13`: the README's two commands on Debian 13, as root, with Debian's own Node, npm, MariaDB and g++.
# debootstrap makes the root folder; mounts and processes are in namespaces that end with the run, whatever ends it.
# `npm run test:debian13 -- setup`: `ai-ipc setup` there, twice, in place of the two commands.
# `npm run test:windows`: the package on the Node of Windows, under Debian 13's Wine.
# Where that cannot be done, it says why in a line that begins with `left out: `, and exits with 0.
set -euo pipefail

CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ai-ipc/debian-13
# Debian as it was when the cache was made; each run works on a copy, with the packages of the day.
BASE=$CACHE/base
# Not below /tmp: Debian 13 has that in memory, and without the device nodes that a root needs.
ROOT=$CACHE/root
# What a person would install to clone and start it. The tests install whatever else they need by themselves, so no more
# may be there: npm alone recommends a compiler.
PACKAGES=(nodejs npm git ca-certificates)
declare -A WHAT=([readme]="the README's commands were not run" [setup]='setup was not tried'
  [windows]='nothing was tried on the Node of Windows')
isolated_pid=
PART=${1:-readme}

main() {
  case $PART in readme | setup | windows) ;; *)
    echo "ERROR there is no part $PART: readme (the default), setup or windows" >&2
    exit 2
    ;;
  esac
  leave_out_where_impossible
  lock_cache
  trap clean_up EXIT
  trap 'exit 130' INT TERM HUP
  remove_roots # An earlier run may have been killed.
  [ -d "$BASE" ] || make_base
  print_heading 'Debian 13 with the packages of today'
  cp --archive "$BASE" "$ROOT"
  install_packages "$ROOT"
  local here
  here=$(dirname "$0")
  git -c advice.detachedHead=false clone --quiet --no-local "$here/../.." "$ROOT/root/ai-ipc"
  in_root "$ROOT" bash -c "$(cat "$here/$PART-commands.sh")"
}

leave_out_where_impossible() {
  command -v apt-get >/dev/null || leave_out 'there is no apt-get'
  [ "$(id -u)" -eq 0 ] || leave_out 'you are not root'
  unshare --mount --pid --fork --mount-proc true ||
    leave_out 'nobody may make mounts here (a container without CAP_SYS_ADMIN?)'
  command -v debootstrap >/dev/null || install_debootstrap ||
    leave_out 'debootstrap is missing, and apt-get could not install it'
  choose_mirrors
  wget --quiet --tries 2 --timeout 20 --output-document /dev/null "$mirror/dists/trixie/InRelease" ||
    leave_out "the Debian mirror $mirror cannot be reached"
}

leave_out() {
  echo "left out: ${WHAT[$PART]} on Debian 13: $1."
  echo 'Needed: root on Debian or Ubuntu, with the right to mount, a Debian mirror and the npm registry in reach.'
  exit 0
}

install_debootstrap() {
  local apt=(timeout 600 apt-get -q -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update && DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends \
    debootstrap debian-archive-keyring
}

# The mirrors and the proxy that this machine has, else Debian's own.
choose_mirrors() {
  mirror=$(mirror_labelled Debian)
  mirror=${mirror:-http://deb.debian.org/debian}
  security_mirror=$(mirror_labelled Debian-Security)
  security_mirror=${security_mirror:-http://deb.debian.org/debian-security}
  # debootstrap calls wget, which does not read apt's settings.
  local proxy=
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  case $proxy in http*) export http_proxy=$proxy ;; esac
}

mirror_labelled() {
  local uris
  uris=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Label: $1" |
    sed -n 's|^\(https\?://.*[^/]\)/*$|\1|p')
  echo "${uris%%$'\n'*}"
}

# One run at a time: each removes whatever roots it finds.
lock_cache() {
  mkdir -p "$CACHE"
  chmod 700 "$CACHE" # An npm token or a proxy's password may get into it.
  exec 9>"$CACHE/lock"
  if flock --nonblock 9; then return 0; fi
  echo "FAILED another run works in $CACHE: wait for its end" >&2
  exit 1
}

make_base() {
  print_heading "A new Debian 13 in $BASE"
  isolated timeout 1200 debootstrap --variant=minbase --include=ca-certificates trixie "$BASE.partial" "$mirror"
  # A root that is thrown away needs no sync to disk after each file of each package.
  echo force-unsafe-io >"$BASE.partial/etc/dpkg/dpkg.cfg.d/unsafe-io"
  install_packages "$BASE.partial"
  mv "$BASE.partial" "$BASE"
}

install_packages() {
  carry_network_settings "$1"
  in_root "$1" timeout 1200 bash -c '
    set -e
    export DEBIAN_FRONTEND=noninteractive
    update-ca-certificates
    apt-get -q update
    apt-get -q upgrade -y
    apt-get -q install -y --no-install-recommends "$@"' apt "${PACKAGES[@]}"
}

# What leads this machine to Debian and to npm leads the root there, too.
carry_network_settings() {
  cp --dereference /etc/resolv.conf /etc/hosts "$1/etc/"
  printf 'deb %s main\n' "$mirror trixie" "$mirror trixie-updates" "$security_mirror trixie-security" \
    >"$1/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::(https?::|Check-)' | grep -v Proxy-Auto-Detect \
    >"$1/etc/apt/apt.conf.d/90machine" || true # No such setting is none to carry.
  npm_settings >"$1/root/.npmrc"
  carry_certificates "$1"
}

# Only those about the way to the registry.
npm_settings() {
  local file
  for file in "$(npm config get globalconfig)" "$(npm config get userconfig)"; do
    if [ -f "$file" ]; then
      grep -E '^ *(//|@|registry|proxy|https-proxy|noproxy|strict-ssl|ca(file)?\b)' "$file" || true
    fi
  done
}

carry_certificates() {
  local file
  if [ -d /usr/local/share/ca-certificates ]; then
    cp --recursive --dereference /usr/local/share/ca-certificates "$1/usr/local/share/"
  fi
  for file in "${NODE_EXTRA_CA_CERTS:-}" "${SSL_CERT_FILE:-}" "$(npm config get cafile)"; do
    if [ -f "$file" ] && [ ! -f "$1$file" ]; then install -D -m 644 "$file" "$1$file"; fi
  done
}

# Runs a command inside a root, with the environment of somebody who has just logged in.
in_root() {
  local settings=() name
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY npm_config_registry \
    NODE_EXTRA_CA_CERTS SSL_CERT_FILE TERM; do
    if [ -n "${!name:-}" ]; then settings+=("$name=${!name}"); fi
  done
  # /tmp is in memory, as Debian 13 has it.
  isolated bash -c '
    set -e
    mount -t proc proc "$1/proc"
    mount --rbind /sys "$1/sys"
    mount -t tmpfs -o mode=755 tmpfs "$1/run"
    mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$1/tmp"
    mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$1/dev/shm"
    mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts "$1/dev/pts"
    exec chroot "$1" env --ignore-environment "${@:2}"' enter "$1" HOME=/root USER=root \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${settings[@]}" "${@:2}"
}

# In the background, because bash heeds a signal while it waits, but not while a command runs.
isolated() {
  unshare --mount --pid --fork --kill-child --mount-proc "$@" </dev/null &
  isolated_pid=$!
  local status=0
  wait "$isolated_pid" || status=$?
  isolated_pid=
  return "$status"
}

clean_up() {
  local status=$?
  set +e # Whatever of this fails, the rest is done.
  trap '' INT TERM HUP
  end_isolated
  print_summary "$status"
  remove_roots
  exit "$status"
}

# Unshare's child is process 1 of the namespace. The kernel ends all others with it, and unshare returns after them.
end_isolated() {
  if [ -z "$isolated_pid" ]; then return 0; fi
  local first=
  read -r first <"/proc/$isolated_pid/task/$isolated_pid/children"
  kill -KILL "${first:-$isolated_pid}"
  wait "$isolated_pid"
}

# What the tests inside have said last; npm may add lines of its own after a failure. One that speaks of no failure is not
# theirs when the run has failed: they were cut, and a test prints such lines, too.
print_summary() {
  local summary=
  if [ -f "$ROOT/root/test-output" ]; then
    summary=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$ROOT/root/test-output" | tail -n 1)
  fi
  if [ "$1" -ne 0 ]; then summary=${summary%%*, 0 failed}; fi
  echo "debian13: ${summary:-0 passed, 1 failed}"
}

remove_roots() {
  rm -rf --one-file-system "$ROOT" "$BASE.partial"
}

print_heading() {
  printf '\n== %s\n' "$1"
}

main; exit
