#!/usr/bin/env bash
# Runs one training as several processes on this machine, as a pod would.
#
#   launch/local.sh [--processes=2] [--devices=1] [--restarts=10] [--dry-run] -- --config=... --workdir=...
#
# --devices is the number of virtual CPU devices of a process (0 leaves the real ones alone).  Each
# process finds the others through a port on the loopback.  Where the run was asked to stop (exit code
# 75) by this script's own SIGTERM it ends; where a process was lost (76, or killed), all are started
# again, up to --restarts times, and continue from the last checkpoint.
set -euo pipefail

processes=2 devices=1 restarts=10 dry=""
while [ $# -gt 0 ]; do
  case $1 in
    --processes=*) processes=${1#*=} ;;
    --devices=*) devices=${1#*=} ;;
    --restarts=*) restarts=${1#*=} ;;
    --dry-run) dry=1 ;;
    --) shift; break ;;
    *) echo "What is $1? See the head of $0." >&2; exit 2 ;;
  esac
  shift
done
[ $# -gt 0 ] || { echo "Give the training's flags after --, e.g. -- --config=configs/pix2pix.py:smoke --workdir=runs/x" >&2; exit 2; }

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
[ "$devices" -eq 0 ] || export JAX_NUM_CPU_DEVICES=$devices JAX_PLATFORMS=cpu

stopping=""
pids=()
# shellcheck disable=SC2317  # the trap below calls it
stop() { stopping=1; for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done; }
trap stop TERM INT

for ((attempt = 0; attempt <= restarts; attempt++)); do
  address=127.0.0.1:$(port)
  pids=()
  for ((i = 0; i < processes; i++)); do
    command=(python3 -m onepunch_jax.main "$@" --coordinator="$address" --num_processes="$processes" --process_id="$i")
    if [ -n "$dry" ]; then echo "${command[*]}"; continue; fi
    "${command[@]}" &
    pids+=($!)
  done
  [ -z "$dry" ] || exit 0
  worst=0
  for pid in "${pids[@]}"; do
    code=0
    wait "$pid" || code=$?
    # a trapped signal ends `wait` early: wait for the process itself
    while kill -0 "$pid" 2>/dev/null; do code=0; wait "$pid" || code=$?; done
    if [ "$code" -ne 0 ] && [ "$worst" -ne 1 ]; then worst=$code; fi
  done
  [ "$worst" -eq 0 ] && exit 0
  [ "$worst" -eq 1 ] && exit 1
  [ -z "$stopping" ] || exit 75
  echo "A process ended with $worst; starting all again ($((attempt + 1)) of $restarts)." >&2
done
exit 76
