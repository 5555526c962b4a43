#!/usr/bin/env bash
# kcat behind the commands of ../README.md.
set -euo pipefail
command=$1 address=$2 topic=$3

case $command in
    produce)
        codec=$4 first=$5 count=$6
        filler=$(printf 'ouzel %.0s' {1..40})
        for ((n = first; n < first + count; n++)); do echo "k$n|$n:$filler"; done |
            kcat -b "$address" -P -t "$topic" -K '|' -z "$codec" -H source=kcat -X acks=all -X queue.buffering.max.ms=5
        echo "{\"acknowledged\":$count}"
        ;;
    consume)
        from=$4 count=$5
        [ "$from" = beginning ] || from=s@$from
        exec kcat -b "$address" -C -t "$topic" -o "$from" -c "$count" -q -u -X fetch.wait.max.ms=300 -f '{"partition":%p,"offset":%o,"value":"%s"}\n'
        ;;
    dump)
        exec kcat -b "$address" -C -t "$topic" -o beginning -e -q -u -f '{"partition":%p,"offset":%o,"value":"%s"}\n'
        ;;
    group)
        group=$4
        # The member itself, so that killing this process kills it; its remarks about assignments become lines.
        # -E: a broker that is gone for a moment is no reason to end.
        exec kcat -b "$address" -G "$group" -E -u -X auto.offset.reset=earliest -X session.timeout.ms=6000 -X heartbeat.interval.ms=500 \
            -X auto.commit.interval.ms=100 -X fetch.wait.max.ms=300 -X topic.metadata.refresh.interval.ms=1000 \
            -f '{"partition":%p,"offset":%o,"value":"%s"}\n' "$topic" \
            2> >(sed -u -nE -e '/assigned:/{s/.*assigned: //;s/[^ ]+ \[([0-9]+)\]/\1/g;s/(.*)/{"assigned":[\1]}/p}')
        ;;
esac
