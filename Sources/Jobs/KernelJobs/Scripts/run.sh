#!/bin/sh
# Runs the steps of a kernel job in their order, and collects what they give.
#
# Each step's whole output goes to a log in /job, which outlives a failure; the engine is shown no more of it than it
# passes on, as engines cut what comes too fast. `/job/facts/steps` says what became of the steps whatever was cut.
set -u
umask 022
. "${CAISSON:-/caisson}/common.sh"

# What a run that fetched has left is kept: this run goes on where that one ended.
what=${1:-build}
for old in "${JOB:?}"/*; do
    if [ "$what" != build ] || [ "$old" != "$JOB/fetched" ]; then rm -rf "$old"; fi
done
rm -rf "${RESULTS:?}"
mkdir -p "$JOB/logs" "$JOB/facts" "$RESULTS" "${TMPDIR:-/tmp}"
failure=0
number=0
if [ -d "$JOB/fetched" ]; then
    cp -R "$JOB/fetched/." "$JOB/"
    number=1
else
    : > "$JOB/facts/steps"
fi

# Writes a marker for the engine and for the facts.
mark() {
    echo "::caisson $*" >> "$JOB/facts/steps"
    echo "::caisson $*"
}

# Passes on the first lines as they come; busybox's head would keep them until it has them all. What looks like a marker
# and isn't is moved to the right.
show() {
    shown=0
    while [ "$shown" -lt "$SHOWN_BYTES" ] && IFS= read -r line; do
        case $line in '::caisson '*) line=" $line" ;; esac
        printf '%s\n' "$line"
        shown=$((shown + ${#line} + 1))
    done
    cat > /dev/null
}

# Runs one step with nobody to answer its questions.
run_step() {
    case $1 in
    environment | fetch | source | config | image | modules | dtbs | collect | boot) script=$1 ;;
    *) script=target ;;
    esac
    log=$JOB/logs/$(printf %02d "$number")-$1.log
    number=$((number + 1))
    rm -f "$JOB/facts/why" "$JOB/facts/state"
    mark begin "$1" "$(milliseconds)"
    cpu=$(processor_time)
    { sh "$CAISSON/$script.sh" "$1" < /dev/null 2>&1 && echo 0 > "$JOB/facts/status" || echo $? > "$JOB/facts/status"; } |
        tee "$log" | show
    status=$(cat "$JOB/facts/status")
    state=PASS
    [ ! -f "$JOB/facts/state" ] || state=$(cat "$JOB/facts/state")
    if [ "$status" -ne 0 ]; then
        state=FAIL
        if [ "$(wc -c < "$log")" -gt "$SHOWN_BYTES" ]; then
            printf '\n[… the whole log has %s lines; the last ones are:]\n' "$(wc -l < "$log")"
            tail -n 40 "$log" | sed 's/^::caisson / &/'
        fi
    fi
    set -- end "$1" "$state" "$status" "$(milliseconds)"
    after=$(processor_time)
    [ -z "$cpu" ] || set -- "$@" "cpu=$((after - cpu))"
    [ ! -f "$JOB/facts/why" ] || set -- "$@" "why=$(cat "$JOB/facts/why")"
    mark "$@"
    rm -f "$JOB/facts/why" "$JOB/facts/state" "$JOB/facts/status"
    return "$status"
}

if [ "$what" = fetch ]; then
    run_step fetch || exit
    mkdir -p "$JOB/fetched"
    mv "$JOB/logs" "$JOB/facts" "$JOB/fetched/"
    exit 0
fi
[ "${KERNEL_VARIED:-0}" = 0 ] || umask 027

for step in $KERNEL_STEPS; do
    run_step "$step" && continue
    status=$(sed -n "s/^::caisson end $step FAIL \([0-9]*\) .*/\1/p" "$JOB/facts/steps")
    [ "$failure" -ne 0 ] || failure=${status:-1}
    # Without these nothing that follows makes sense.
    case $step in environment | source | config) break ;; esac
    [ "$KERNEL_KEEP_GOING" = 1 ] || break
done

# What a failed job has left is brought from its mount, as the results' stage isn't reached.
if [ "$failure" -ne 0 ]; then
    RESULTS=$JOB/results
    mkdir -p "$RESULTS"
fi
export RESULTS
if ! run_step collect && [ "$failure" -eq 0 ]; then failure=1; fi
if [ "${KERNEL_BOOT:-0}" = 1 ] && [ "$failure" -eq 0 ] && ! run_step boot; then
    failure=1
    cp -R "$RESULTS" "$JOB/results"
fi
[ "$KERNEL_KEEPS_BUILD" = 1 ] || rm -rf "$BUILD"
[ "$failure" -ne 0 ] || { mkdir -p "$RESULTS/.caisson" && cp -R "$JOB/logs" "$JOB/facts" "$RESULTS/.caisson/"; } || exit
# Another umask must not keep the engine from reading what is there.
chmod -R u+rwX,go+rX "$RESULTS" "$JOB" 2> /dev/null || true
exit "$failure"
