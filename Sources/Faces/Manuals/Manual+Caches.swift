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
            ],
            environment: ofEngine
        ),
    ]
}
