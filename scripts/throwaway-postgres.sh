#!/bin/sh
# A temporary PostgreSQL server: throwaway-postgres.sh FOLDER [-c NAME=VALUE…], in an empty folder.
# It listens on a socket in that folder only, and stops when its standard input closes, however its owner ends.
# PostgreSQL refuses to run as root, so root switches to the user `postgres`.
set -eu
dir=$1
shift
bin=
for found in /usr/lib/postgresql/*/bin; do [ -x "$found/initdb" ] && bin=$found; done
if [ -z "$bin" ]; then
    echo "PostgreSQL's server programs are missing; install them (Debian: apt-get install postgresql)" >"$dir/server.log"
    exit 1
fi
# Replaces the shell, so that the server itself gets the signal: a shell would ignore it for background commands.
run() { exec "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres "$dir"
    run() { exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
fi
(run "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1)
run "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= "$@" >"$dir/server.log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT "$server" 2>/dev/null || true
wait "$server" || true
rm -rf "$dir"
