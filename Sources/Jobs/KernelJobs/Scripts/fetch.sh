# Brings what the job wants of a git repository into its mounts: objects to /git, the tree to where it is built from.
set -eu
. "${CAISSON:-/caisson}/common.sh"

command -v git > /dev/null 2>&1 || fail "the image lacks git"
# Objects are the repository's and shared; HEAD, index and submodules are the tree's own, as with `git worktree`.
objects=${GIT_MOUNT:-/git}/repository
GIT_DIR=$SRC/.caisson-git
HOME=$(mktemp -d)
export HOME GIT_DIR GIT_WORK_TREE="$SRC" GIT_CONFIG_GLOBAL="$HOME/config" GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0
unset GIT_ASKPASS SSH_ASKPASS GIT_INDEX_FILE GIT_COMMON_DIR
mkdir -p "$GIT_DIR" "$objects"
# Others may fetch from the same repository at the same time.
if command -v flock > /dev/null 2>&1; then
    exec 9> "${objects%/*}/lock"
    flock 9
    # What runs that were killed have left would stop all that follow.
    find "$objects" -name '*.lock' -type f -exec rm -f {} +
    rm -f "$objects/gc.pid" "$objects"/objects/pack/tmp_*
else
    find "$objects" -name '*.lock' -type f -mmin +60 -exec rm -f {} +
fi
find "$GIT_DIR" -name '*.lock' -type f -exec rm -f {} +
# A server that says nothing for a minute says nothing.
git config --global http.lowSpeedLimit 1000
git config --global http.lowSpeedTime 60
git config --global advice.detachedHead false
git config --global protocol.version 2
# What goes on behind the script ends in the midst with its container.
git config --global gc.autoDetach false
[ -d "$objects/objects" ] || GIT_DIR=$objects git init --quiet --template=
GIT_DIR=$objects git config core.bare false
mkdir -p "$objects/info"
echo '/.caisson-*' > "$objects/info/exclude"
echo "$objects" > "$GIT_DIR/commondir"
[ -s "$GIT_DIR/HEAD" ] || echo "ref: refs/heads/caisson" > "$GIT_DIR/HEAD"

# The token is for the server that it was given for, whatever submodules and redirections ask. What is asked is compared as
# a whole, as the names in it are others'.
if [ -n "$KERNEL_GIT_SECRET" ]; then
    server=${KERNEL_GIT_URL#*://}
    export CAISSON_SCHEME="${KERNEL_GIT_URL%%://*}" CAISSON_SERVER="${server%%[/?#]*}"
    cat > "$HOME/askpass" << 'END'
#!/bin/sh
case $1 in
"Username for '$CAISSON_SCHEME://$CAISSON_SERVER': ") echo x-access-token ;;
"Password for '$CAISSON_SCHEME://x-access-token@$CAISSON_SERVER': ") cat "${GIT_SECRET:-/run/secrets/caisson-git}" ;;
*) exit 1 ;;
esac
END
    chmod 700 "$HOME/askpass"
    export GIT_ASKPASS="$HOME/askpass"
fi
export GIT_SSH_COMMAND="ssh -o BatchMode=yes -o ConnectTimeout=60 -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=$HOME/known_hosts"

depth=
[ "$KERNEL_GIT_DEPTH" = 0 ] || depth=--depth=$KERNEL_GIT_DEPTH
want=${KERNEL_GIT_COMMIT:-${KERNEL_GIT_REF:-HEAD}}
own=refs/caisson/$(printf %s "$KERNEL_NAME-$KERNEL_ARCH" | tr -c 'a-z0-9_\n' -)

# A release is named after tags, too.
keeps=${KERNEL_KEEPS_HISTORY:-0}
tags=--no-tags
[ "$keeps" = 0 ] || tags=

# The commit of a branch or a tag, or the one that is asked for.
resolve() { git rev-parse --quiet --verify "$1^{commit}" 2> /dev/null; }

# Fetches to the job's own name, and keeps what git says.
bring() {
    for attempt in 1 2 3 4 5; do
        got=0
        # shellcheck disable=SC2086 # without a depth there is no word
        git fetch --force $tags $depth "$KERNEL_GIT_URL" "+$1:$own" 2> "$HOME/said" || got=$?
        cat "$HOME/said"
        [ "$got" -ne 0 ] || return 0
        # Where the image has no flock, another run may have been at it.
        grep -q -e 'shallow file has changed' -e "\.lock': File exists" "$HOME/said" || return "$got"
        sleep "$attempt"
    done
    return "$got"
}

# Ends the step with the last reason that git has given.
refuse() {
    what=${1:-$want from $KERNEL_GIT_URL}
    reason=$(sed -n -e 's/^fatal: //p' -e 's/^error: //p' "$HOME/said" | tail -n 1 | cut -c 1-300)
    if [ -z "$KERNEL_GIT_SECRET" ] && grep -q 'could not read Username' "$HOME/said"; then
        reason="the server asks who wants it, and no token is named for it (--git-secret)"
    fi
    fail "can't fetch $what${reason:+: $reason}"
}

if [ -n "$KERNEL_GIT_COMMIT" ] && [ "$KERNEL_GIT_DEPTH" != 0 ] && [ "$keeps" = 0 ] &&
    resolve "$KERNEL_GIT_COMMIT" > /dev/null; then
    echo "commit $KERNEL_GIT_COMMIT is here already"
    git update-ref "$own" "$KERNEL_GIT_COMMIT"
else
    if [ -f "$objects/shallow" ]; then
        [ -n "$depth" ] || depth=--unshallow
    elif [ -n "$(git for-each-ref --count=1 refs/caisson)" ]; then
        # Another job of the repository wants its whole history.
        depth=
    fi
    if ! bring "$want"; then
        [ -n "$KERNEL_GIT_COMMIT" ] || refuse
        ! grep -q -e 'unable to access' -e 'Authentication failed' -e 'could not read' "$HOME/said" || refuse
        # Servers that give no commit by its digits give the branch that has it, all of it.
        depth=
        [ ! -f "$objects/shallow" ] || depth=--unshallow
        bring "${KERNEL_GIT_REF:-HEAD}" || refuse
        resolve "$KERNEL_GIT_COMMIT" > /dev/null || fail "the commit $want isn't in ${KERNEL_GIT_REF:-HEAD} of $KERNEL_GIT_URL"
    fi
fi
commit=$(resolve "${KERNEL_GIT_COMMIT:-$own}") || fail "$want of $KERNEL_GIT_URL is no commit"

state="$commit $KERNEL_PATCHES $KERNEL_GIT_SUBMODULES"
if [ ! -f "$SRC/.caisson-tree" ] || [ "$(cat "$SRC/.caisson-tree")" != "$state" ]; then
    rm -f "$SRC/.caisson-tree" "$SRC/.git"
    git checkout --quiet --force --detach "$commit" || fail "can't check $commit out"
    git clean --quiet -ffdx -e /.caisson-git
    # What another run wanted of submodules isn't cleaned, as it is in the index.
    git -c core.quotePath=off ls-files --stage | sed -n 's/^160000 [0-9a-f]* [0-9]*\t//p' | while IFS= read -r module; do
        rm -rf "${SRC:?}/${module:?}"
        mkdir -p "$SRC/$module"
    done
    if [ "$KERNEL_GIT_SUBMODULES" = 1 ]; then
        # What a server names as a submodule may be a folder of this container only where the tree is one itself.
        files=user
        case $KERNEL_GIT_URL in file:*) files=always ;; esac
        got=0
        depth=--depth=1
        [ "$KERNEL_GIT_DEPTH" != 0 ] || depth=
        (
            cd "$SRC"
            git -c protocol.file.allow="$files" submodule update --init --recursive --force ${depth:+"$depth"}
        ) 2> "$HOME/said" || got=$?
        cat "$HOME/said"
        [ "$got" -eq 0 ] || refuse "the submodules"
    fi
    apply_patches "$CAISSON/patches" "$SRC"
    printf '%s\n' "$state" > "$SRC/.caisson-tree"
fi
rm -f "$SRC/.git"
[ "$keeps" = 0 ] || printf 'gitdir: %s\n' "$GIT_DIR" > "$SRC/.git"
cp "$SRC/.caisson-tree" "$JOB/facts/source-tree"
fact git-commit "$commit"
fact git-url "$KERNEL_GIT_URL"
[ -z "$KERNEL_GIT_REF" ] || fact git-branch "$KERNEL_GIT_REF"
fact source-date "$(git log -1 --format=%ct "$commit")"
echo "commit $commit"
