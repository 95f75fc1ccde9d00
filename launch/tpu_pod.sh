#!/usr/bin/env bash
# Trains on a Cloud TPU pod slice, through a queued resource.
#
#   launch/tpu_pod.sh [options] create            ask for the slice, and wait until it is there
#   launch/tpu_pod.sh [options] run -- FLAGS      copy this folder, install, train on every worker
#   launch/tpu_pod.sh [options] logs              follow the log of worker 0
#   launch/tpu_pod.sh [options] stop              SIGTERM: the run saves and ends
#   launch/tpu_pod.sh [options] delete            give the slice back
#
#   --name=onepunch --project=... --zone=us-central2-b --type=v5litepod-16
#   --runtime=v2-alpha-tpuv5-lite [--spot] [--dry-run]
#
# FLAGS are those of onepunch_jax.main; --workdir belongs on gs://, which every worker sees.  The
# workers find each other by themselves (--distributed=on).  `run` starts the training again when it
# ends with 76 or is killed (a worker was lost), and ends with it when it was asked to stop and has saved
# (75): after `stop`, or when a spot slice is taken.  Such a slice is asked for again by `create`, and
# the same `run` continues from the last checkpoint.
set -euo pipefail

name=onepunch project=${GOOGLE_CLOUD_PROJECT:-} zone=us-central2-b type=v5litepod-16
runtime=v2-alpha-tpuv5-lite spot=() dry="" action=""
while [ $# -gt 0 ]; do
  case $1 in
    --name=*) name=${1#*=} ;;
    --project=*) project=${1#*=} ;;
    --zone=*) zone=${1#*=} ;;
    --type=*) type=${1#*=} ;;
    --runtime=*) runtime=${1#*=} ;;
    --spot) spot=(--spot) ;;
    --dry-run) dry=1 ;;
    --) shift; break ;;
    create|run|logs|stop|delete) action=$1 ;;
    *) echo "What is $1? See the head of $0." >&2; exit 2 ;;
  esac
  shift
done
[ -n "$action" ] || { echo "Say create, run, logs, stop or delete. See the head of $0." >&2; exit 2; }

place=(--zone="$zone")
[ -z "$project" ] || place+=(--project="$project")

do_it() { if [ -n "$dry" ]; then printf '%q ' "$@"; echo; else "$@"; fi; }
on_workers() { do_it gcloud compute tpus tpu-vm ssh "$name" "${place[@]}" --worker="$1" --command="$2"; }

case $action in
  create)
    do_it gcloud compute tpus queued-resources create "$name" --node-id="$name" \
      --accelerator-type="$type" --runtime-version="$runtime" "${spot[@]}" "${place[@]}"
    state() { gcloud compute tpus queued-resources describe "$name" "${place[@]}" --format='value(state.state)'; }
    [ -n "$dry" ] || until [ "$(state)" = ACTIVE ]; do echo "$(date +%T) waiting for $type"; sleep 30; done
    ;;
  run)
    [ $# -gt 0 ] || { echo 'Give the flags of the training after --.' >&2; exit 2; }
    printf -v flags '%q ' "$@"
    do_it gcloud compute tpus tpu-vm scp --recurse . "$name":onepunch_jax "${place[@]}" --worker=all
    on_workers all "cd onepunch_jax && python3 -m venv .venv && .venv/bin/pip install -q -e . 'jax[tpu]'"
    on_workers all "cd onepunch_jax && while true; do \
.venv/bin/python -m onepunch_jax.main --distributed=on $flags >>run.log 2>&1; code=\$?; \
[ \$code -eq 76 ] || [ \$code -ge 128 ] || exit \$code; sleep 10; done"
    ;;
  logs) on_workers 0 'tail -n 50 -f onepunch_jax/run.log' ;;
  stop) on_workers all 'pkill -TERM -f onepunch_jax.main' ;;
  delete)
    do_it gcloud compute tpus queued-resources delete "$name" "${place[@]}" --force --quiet
    ;;
esac
