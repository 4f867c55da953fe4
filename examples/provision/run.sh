#!/bin/bash
# The life of a device: virgin, provisioned and closed, attested, debugged by its owner, and virgin
# again. Reads images of a build for the chip, makes everything else in a folder of its own.
#
# usage: run.sh GARRISON TARGET [FOLDER]
#   GARRISON  the command, such as build/host/tools/garrison
#   TARGET    the build for the chip, such as build/target
#   FOLDER    a new one for all that is made; without it, a temporary one that is removed
set -euo pipefail

[ $# -ge 2 ] || { sed -n '5,8s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
command=$(realpath "$1")
target=$(realpath "$2")
folder=${3:-$(mktemp -d)}
running=
clean() {
    [ -z "$running" ] || kill "$running" 2> /dev/null || true
    [ $# = 3 ] || rm -rf "$folder"
}
trap 'clean "$@"' EXIT
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
    "$target/examples/attest/attest.bin" application.img

say "rehearsed: what each step makes impossible, and what becomes of the device"
garrison rehearse --config device.yaml

say "provisioned and closed"
garrison provision device.gar --config device.yaml
garrison state device.gar | head -n 3

say "attested: the device's answer to a challenge"
garrison run device.gar --until-text 'attest: ok' --fail-text FAILED --timeout 120 > console.txt
sed -n 's/^attest: token //p' console.txt > token.hex
garrison token verify --device device.gar \
    --challenge "$(sed -n 's/^attest: challenge //p' console.txt)" token.hex
garrison token show token.hex

say "closed to everybody, opened by a certificate for its owner, until the next reset"
"$command" run device.gar --mailbox=unix:mailbox > console.txt 2> journal.txt &
running=$!
until [ -S mailbox ]; do
    kill -0 $running
    sleep 0.1
done
garrison debug discover --connect unix:mailbox
garrison debug open --connect unix:mailbox --key owner.pem --cert owner.b64 \
    --permissions level3-nonsecure
until grep -q 'life cycle 0x4000' console.txt; do
    kill -0 $running
    sleep 0.1
done
echo "the application now reads life cycle 0x4000: debug of the Non-secure side is open"
garrison debug close --connect unix:mailbox
kill $running
wait $running || true
running=

say "back to virgin: a full regression"
garrison debug regress --device device.gar --key owner.pem --cert owner.b64
garrison state device.gar | head -n 5

say "and the same plan once more, on a copy of what is left"
garrison rehearse --config device.yaml --device device.gar | tail -n 4
