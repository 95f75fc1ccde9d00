#!/usr/bin/env bash
# From two folders, scans and colourings that need not belong together, to a colorizer.
#
#   launch/onepunch.sh --scans=DIR --colors=DIR --output=runs/onepunch [--preset=full] [--sizes="64 128 256"]
#       [-- --config.steps=...]
#
# 1  data     data_prep.unpaired        OUTPUT/data/{line,color}   (not for folders that are prepared)
# 2  scan     configs/cyclegan.py       OUTPUT/scan                the scan generator
# 3  color    configs/onepunch.py       OUTPUT/color64 ...         one run a size, each from the last
#
# Start it again after any interruption: finished steps are passed over, the others continue where
# they were.  SIGTERM and Ctrl-C let the running step save; the exit code is then 75.
# --preset: full, laptop (64 px, half an hour) or smoke.  What follows -- goes to every training.
set -euo pipefail

scans="" colors="" output="" preset=full sizes=""
while [ $# -gt 0 ]; do
  case $1 in
    --scans=*) scans=${1#*=} ;;
    --colors=*) colors=${1#*=} ;;
    --output=*) output=${1#*=} ;;
    --preset=*) preset=${1#*=} ;;
    --sizes=*) sizes=${1#*=} ;;
    --) shift; break ;;
    *) echo "What is $1? See the head of $0." >&2; exit 2 ;;
  esac
  shift
done
for given in scans colors output; do
  [ -n "${!given}" ] || { echo "--$given is missing. See the head of $0." >&2; exit 2; }
done
case $preset in
  full) option="" largest=286 smallest=128 sizes=${sizes:-64 128 256} ;;
  laptop) option="laptop," largest=128 smallest=64 sizes=${sizes:-64} ;;
  smoke) option="smoke," largest=64 smallest=32 sizes=${sizes:-32} ;;
  *) echo "--preset is full, laptop or smoke, not $preset." >&2; exit 2 ;;
esac

child="" stopping=""
stop() { stopping=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true; }
trap stop TERM INT

# run FOLDER COMMAND...: passes over what FOLDER/done says was finished.
run() {
  local folder=$1 code=0
  shift
  [ ! -e "$folder/done" ] || { echo "-- $folder is done"; return; }
  echo "-- $folder"
  "$@" & child=$!
  wait "$child" || code=$?
  if [ -n "$stopping" ]; then  # the trap ended the first wait
    wait "$child" || true
    echo "-- stopped in $folder; the same command continues" >&2
    exit 75
  fi
  child=""
  [ "$code" -eq 0 ] || { echo "-- $folder ended with $code; the same command continues" >&2; exit "$code"; }
  touch "$folder/done"
}

mkdir -p "$output"
if [ ! -e "$scans/dataset.json" ] || [ ! -e "$colors/dataset.json" ]; then
  run "$output/data" python3 -m data_prep.unpaired --scans="$scans" --colors="$colors" \
    --output="$output/data" --size="$largest" --min_size="$smallest"
  scans=$output/data/line colors=$output/data/color
fi
run "$output/scan" python3 -m onepunch_jax.main \
  --config="configs/cyclegan.py:${option}data=$colors,unpaired=$scans" --workdir="$output/scan" "$@"

last=$output/scan
for size in $sizes; do
  start=(--config.init_from.workdir="$last")
  if [ "$last" != "$output/scan" ]; then
    start+=(--config.init_from.nets.enc=enc --config.init_from.nets.gen=gen --config.init_from.nets.disc=disc)
  fi
  run "$output/color$size" python3 -m onepunch_jax.main \
    --config="configs/onepunch.py:${option}size=$size,data=$colors,unpaired=$scans" \
    --workdir="$output/color$size" "${start[@]}" "$@"
  last=$output/color$size
done
echo "-- colour pictures:  python3 -m onepunch_jax.colorize --checkpoint=$last --input=PATH --output=PATH"
