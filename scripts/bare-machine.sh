#!/usr/bin/env bash
# Tests the set-up on a bare machine: a fresh Debian 12 in a folder, with this host's Rust mounted and a clean clone of
# the last commit. Runs the given commands there, by default both:
#
#     scripts/bare-machine.sh [FOLDER] [COMMAND…]        such as: scripts/bare-machine.sh /tmp/bare make demo
#
# Needs root, debootstrap and the network. An existing tree in the folder is reused, with a fresh clone.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

folder=$(realpath -m "${1:-/var/tmp/sluice-bare}")
shift || true
commands=("$@")
if ((${#commands[@]} == 0)); then commands=(make demo '&&' make stop '&&' make test); fi
tree=$folder/tree

[[ $(id -u) == 0 ]] || fail "entering the bare machine by chroot needs root." "Type:  sudo $0 $folder"
command -v debootstrap >/dev/null || fail "debootstrap is missing." "Type:  apt-get install debootstrap"

mounted=()
mount_in() {
    mkdir -p "$tree$2"
    mount --bind "$1" "$tree$2"
    mounted=("$tree$2" "${mounted[@]}")
}
leave() {
    # Processes started inside must not outlive the tree, whatever happened.
    if [[ -f $tree/sluice/data/server.pid ]]; then
        read -r pid _ <"$tree/sluice/data/server.pid"
        if [[ $(readlink "/proc/$pid/root") == "$tree" ]]; then kill "$pid" || true; fi
    fi
    local place
    for place in "${mounted[@]}"; do umount "$place" || umount --lazy "$place"; done
}
trap leave EXIT

if [[ ! -x $tree/bin/bash ]]; then
    say "Unpacking a fresh Debian into $tree"
    mkdir -p "$tree"
    # The prerequisites of cloning a repository and running make: git, make and certificates. Nothing else.
    debootstrap --variant=minbase --include=ca-certificates,git,make bookworm "$tree" >"$folder/debootstrap.log" ||
        fail "debootstrap failed." "Its log: $folder/debootstrap.log"
fi

# This host's network settings: name resolution, package sources, certificates, package managers.
cp --dereference /etc/resolv.conf /etc/hosts "$tree/etc/"
if compgen -G '/etc/apt/sources.list.d/*.sources' >/dev/null; then
    rm -f "$tree/etc/apt/sources.list"
    cp /etc/apt/sources.list.d/*.sources "$tree/etc/apt/sources.list.d/"
fi
find /etc/apt/apt.conf.d \( -name '*proxy*' -o -name '*check*' \) -exec cp {} "$tree/etc/apt/apt.conf.d/" ';'
if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
    cp /usr/local/share/ca-certificates/*.crt "$tree/usr/local/share/ca-certificates/"
    chroot "$tree" update-ca-certificates >/dev/null 2>&1
fi
for settings in /etc/pip.conf "$HOME/.npmrc" "$HOME/.config/pip/pip.conf"; do
    if [[ -f $settings ]]; then install -D "$settings" "$tree${settings/#$HOME//root}"; fi
done
# Beside the clone, so that a second run compiles only what changed.
environment=(CARGO_TARGET_DIR=/var/cache/sluice HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 PATH=/root/.cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
while IFS= read -r setting; do environment+=("$setting"); done < <(env | grep -E '^(https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|PIP_(INDEX|CERT|DEFAULT)|NPM_CONFIG_|npm_config_|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|CARGO_(HTTP|NET|REGISTRIES|SOURCE)|RUSTUP_)' | grep -v '^RUSTUP_HOME=' || true)

# The tree need not survive a power failure, so dpkg can skip fsync.
echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/sluice-bare"

rm -rf "$tree/sluice"
git clone -q --no-hardlinks "$root" "$tree/sluice"
mount_in /proc /proc
mount_in /sys /sys
mount_in /dev /dev
mkdir -p "$tree/dev/shm"
mount_in "${CARGO_HOME:-$HOME/.cargo}" /root/.cargo
mount_in "${RUSTUP_HOME:-$HOME/.rustup}" /root/.rustup

say "In the bare machine: ${commands[*]}"
begun=$SECONDS
chroot "$tree" env -i "${environment[@]}" bash -c "cd /sluice && ${commands[*]}" ||
    fail "on the bare machine, this failed after $(elapsed $((SECONDS - begun))): ${commands[*]}" "The tree is left for inspection: $tree"
say "On the bare machine everything succeeded, in $(elapsed $((SECONDS - begun)))"
