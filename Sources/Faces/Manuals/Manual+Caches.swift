extension Manual {
    /// The manuals of the commands about what engines keep.
    static let ofCaches: [String: Manual] = [
        "cache": Manual(
            about: """
                An engine keeps the layers that it made, what it was sent of contexts, and cache mounts, so that the next \
                build needn't make them again.
                """,
            examples: [
                Example("See what fills the disk.", "caisson cache du --by type"),
                Example("See what a prune would free.", "caisson cache prune --dry-run"),
            ],
            environment: ofEngine
        ),
        "cache du": Manual(
            about: """
                Lists the records of all nodes of a builder, the largest last. What has an asterisk after its id can still be \
                written, as a cache mount; what has one after its size is a layer of an image, too, and frees nothing when it \
                is removed here. Records that aren't reclaimable are in use.
                """,
            examples: [
                Example("List what the engine keeps.", "caisson cache du"),
                Example("Add it up by what it is, or by when it was used.", "caisson cache du --by age"),
                Example("See the cache mounts by their ids.", "caisson cache du --filter type=exec.cachemount"),
                Example("Get all of it for a program.", "caisson cache du --format json"),
            ],
            environment: ofEngine
        ),
        "cache prune": Manual(
            about: """
                Removes records that nothing uses: not those that images share, nor the engine's own, which --all removes \
                as well. A record stays as long as one that is made from it does. Limits of space remove what was used least \
                and longest ago first. --dry-run works out what would go, by the engine's own rules.
                """,
            examples: [
                Example("See what would go, and how much that is.", "caisson cache prune --dry-run"),
                Example("Remove what wasn't used for a week.", "caisson cache prune --force --filter until=168h"),
                Example("Remove a cache mount by its id.", "caisson cache prune --filter mount=go-build"),
                Example("Keep at most 20 GiB.", "caisson cache prune --force --max-used-space 20gb"),
                Example("See what the policy of caisson.toml would remove.", "caisson cache prune --policy --dry-run"),
            ],
            environment: ofEngine
        ),
        "cache save": Manual(
            about: """
                Saves cache mounts of RUN --mount=type=cache, which no exporter of BuildKit does: to a folder, a tar, or a \
                registry as an artifact. They are named by their ids, or by their targets where the Dockerfile has no id; a \
                mount with an owner or permissions in the Dockerfile is named with them. A mount that didn't change isn't \
                written again, and a save that is killed leaves what was there. The work is done by a build on the engine \
                with the shell and tar of --image.
                """,
            examples: [
                Example("Save all cache mounts to a folder.", "caisson cache save --to mounts"),
                Example("Save two of them to a tar.", "caisson cache save go-build /root/.npm --to mounts.tar"),
                Example(
                    "Keep at most 2 GiB of them in a registry.",
                    "caisson cache save --to type=registry,ref=registry.example/app:mounts --limit 2gb"
                ),
                Example(
                    "Save a mount with an owner.",
                    "caisson cache save ccache,uid=1000,gid=1000,mode=0700 --to mounts"
                ),
            ],
            environment: ofEngine
        ),
        "cache restore": Manual(
            about: """
                Puts cache mounts that `caisson cache save` has saved into an engine: files, owners, permissions, times and \
                links. What a mount has already stays, unless a restored file has the same name. Layers are checked against \
                their digests before anything is sent, and a restore that is killed leaves no half of a file.
                """,
            examples: [
                Example("Restore all that a folder has.", "caisson cache restore --from mounts"),
                Example("Restore one of them.", "caisson cache restore go-build --from mounts.tar"),
                Example(
                    "Begin a job with what the last one left, if anything.",
                    "caisson cache restore --allow-missing --from type=registry,ref=registry.example/app:mounts"
                ),
            ],
            environment: ofEngine
        ),
        "cache policy": Manual(
            about: """
                Shows the rules of the table [cache] of caisson.toml, and where each was said. `caisson cache prune --policy` \
                follows them, and builds do where after_builds is on; `--dry-run` tells what that would remove.
                """,
            examples: [
                Example("See what goes by itself.", "caisson cache policy"),
                Example("Get it for a program.", "caisson cache policy --format json"),
            ],
            environment: ["CAISSON_HOME", "XDG_CONFIG_HOME"]
        ),
        "cache stats": Manual(
            about: """
                Counts the steps of the builds in the history that could come from the cache: not base images, contexts, \
                exports, nor what the engine does by itself. The time saved is how long the same steps take when they run.
                """,
            examples: [
                Example("See the hit rate of all builds.", "caisson cache stats"),
                Example("See which steps cost most this week.", "caisson cache stats --since 7d --by step"),
                Example("See how it went from day to day.", "caisson cache stats --by day --image 'shop/*'"),
            ],
            environment: ofHistory + ["COLUMNS", "NO_COLOR"]
        ),
        "cache explain": Manual(
            about: """
                Compares a build with earlier ones of the same target on the same engine, by what the history has of them: \
                instructions, arguments, base images, the files that were sent, what a prune has removed. What isn't \
                certain is said to be so, and of what isn't known nothing is claimed.
                """,
            examples: [
                Example("Learn why the last build ran what it ran.", "caisson cache explain"),
                Example("The same of a target's last build, for a program.", "caisson cache explain app --format json"),
            ],
            environment: ofHistory + ["COLUMNS", "NO_COLOR"]
        ),
    ]
}
