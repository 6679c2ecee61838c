#!/usr/bin/env bash
# Starts the API as a person would, twice, in a home of its own, and looks at what a person would look at.
set -euo pipefail
cd "$(dirname "$0")/.."

home=$(mktemp -d)
out="$home/out.txt"
# Below the ports that the system assigns to connections, so that none takes it between two starts.
port=$((20000 + RANDOM % 12000))
base="http://127.0.0.1:$port"
pid=''
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; rm -rf "$home"' EXIT

fail() {
  printf 'Smoke start failed: %s\n--- output:\n' "$1"
  cat "$out"
  exit 1
}

start() {
  HOME="$home" PORT="$port" LOG_FILE="$home/app.log" KIS_SIMULATOR=true npm start >"$out" 2>&1 &
  pid=$!
  for _ in $(seq 1 240); do
    curl -fs "$base/health/ready" >/dev/null 2>&1 && return 0
    kill -0 "$pid" 2>/dev/null || fail 'it ended by itself'
    sleep 0.5
  done
  fail 'it was not ready within two minutes'
}

stop() {
  kill -TERM "$pid"
  for _ in $(seq 1 40); do
    kill -0 "$pid" 2>/dev/null || { pid=''; return 0; }
    sleep 0.25
  done
  fail 'it did not stop within ten seconds'
}

balance() {
  curl -fs "$base/api/accounts/main/balance" | node -e '
    let text = ""; process.stdin.on("data", (d) => (text += d)).on("end", () => {
      const { account, holdings } = JSON.parse(text);
      if (!account.simulated || holdings.length === 0) { console.error(text); process.exit(1); }
      console.log(`balance of ${account.accountNumber}: ${holdings.length} holdings, simulated`);
    });' || fail 'the balance is not what it should be'
}

# The page is stored first: a search in a pipe ends at the first match, and curl then fails because nobody reads on.
shows() { # shows PATH TEXT
  curl -fs -o "$home/page" "$base$1" && grep -qiF "$2" "$home/page"
}

start
balance
shows /docs-json '/api/accounts/{alias}/balance' || fail 'the docs do not list the balance'
shows / '<html' || fail 'there is no status page'
stop
start
balance
stop
issues=$(grep -c 'Requesting new access token' "$home/app.log")
[ "$issues" = 1 ] || fail "two starts made $issues token requests instead of 1"
grep -Eq 'eyJ[A-Za-z0-9_-]{10,}\.' "$home/app.log" && fail 'the log holds a token'
echo 'started twice, asked for one token'
