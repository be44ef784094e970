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
