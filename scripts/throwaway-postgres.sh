#!/bin/sh
# A PostgreSQL that goes away: throwaway-postgres.sh FOLDER [-c NAME=VALUE…], in an empty folder.
# It listens on a socket in that folder alone, and ends when its standard input closes, however its owner ends.
# PostgreSQL does not run as root, so root becomes `postgres` for it.
set -eu
dir=$1
shift
bin=
for found in /usr/lib/postgresql/*/bin; do [ -x "$found/initdb" ] && bin=$found; done
if [ -z "$bin" ]; then
    echo "PostgreSQL's server programs are missing; install them (Debian: apt-get install postgresql)" >"$dir/server.log"
    exit 1
fi
# In place of the shell that calls it: so the server itself gets the signal, and not a shell before it, which would
# ignore it as all that a script runs in the background.
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
