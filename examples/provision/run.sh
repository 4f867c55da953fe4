#!/bin/bash
# The life of a device: virgin, provisioned and closed, attested, debugged by its owner, and virgin
# again. Reads images of a build for the chip, makes everything else in a folder of its own.
#
# usage: run.sh GARRISON TARGET [FOLDER]
#   GARRISON  the command, such as build/host/tools/garrison
#   TARGET    the build for the chip, such as build/target
set -euo pipefail

[ $# -ge 2 ] || { sed -n '5,7s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
command=$(realpath "$1")
target=$(realpath "$2")
folder=${3:-$(mktemp -d)}
mkdir -p "$folder"
cd "$folder"

garrison() { "$command" "$@"; }
say() { printf '\n== %s\n' "$*"; }

say "keys: each owner's, the root of debug authentication, and who may debug"
for name in urot manager application root owner; do
    garrison key new "$name.pem"
done
garrison cert new --key root.pem root.b64
garrison cert new --issuer root.b64 --issuer-key root.pem --key owner.pem \
    --permissions full-regression,level3-nonsecure owner.b64

say "images, signed"
cp "$target/port/stm32h573/irot.bin" "$here/device.yaml" .
for owner in urot manager; do
    garrison image sign --key $owner.pem --slot $owner --version 1.0.0 \
        "$target/port/stm32h573/$owner.bin" $owner.img
done
garrison image sign --key application.pem --slot application --version 1.0.0 \
    "$target/examples/provision/provision.bin" application.img

say "rehearsed: what each step makes impossible, and what becomes of the device"
garrison rehearse --config device.yaml

say "provisioned and closed"
garrison provision device.gar --config device.yaml
garrison state device.gar | head -n 3

say "attested: the device's answer to a challenge"
challenge=$(printf 'provision: 32 bytes, new please\0' | od -An -v -tx1 | tr -d ' \n')
garrison run device.gar --until-text 'provision: ok' --fail-text FAILED --timeout 120 > console.txt
sed -n 's/^provision: life/life/p' console.txt
printf '%b' "$(sed -n 's/^token //p' console.txt | sed 's/../\\x&/g')" > token.cbor
garrison token verify --device device.gar --challenge "$challenge" token.cbor
garrison token show token.cbor

say "closed to everybody, opened by a certificate for its owner, until the next reset"
"$command" run device.gar --mailbox=unix:mailbox > console.txt 2> journal.txt &
running=$!
trap 'kill $running 2> /dev/null || true' EXIT
until [ -S mailbox ]; do
    kill -0 $running
    sleep 0.1
done
garrison debug discover --connect unix:mailbox
garrison debug open --connect unix:mailbox --key owner.pem --cert owner.b64 \
    --permissions level3-nonsecure
until grep -q 'debug of the application open' console.txt; do
    kill -0 $running
    sleep 0.1
done
sed -n 's/^provision: life/life/p' console.txt | tail -n 1
garrison debug close --connect unix:mailbox
kill $running
wait $running || true

say "back to virgin: a full regression"
garrison debug regress --device device.gar --key owner.pem --cert owner.b64
garrison state device.gar | head -n 5

say "and the same plan once more, on a copy of what is left"
garrison rehearse --config device.yaml --device device.gar | tail -n 4
