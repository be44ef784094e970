extension ConfigurationKey {
    private static let second = Duration.seconds(1)
    private static let year = Duration.seconds(365 * 24 * 3600)

    /// All keys, in the order in which they are documented and shown.
    package static let all: [ConfigurationKey] = buildEngine + resources + queue + cleanup + cache + others

    private static let buildEngine = [
        ConfigurationKey(
            "build_engine.max_concurrent_builds",
            .whole(\.buildEngine.maxConcurrentBuilds, 1...1024),
            variable: "BUILD_ENGINE_MAX_CONCURRENT",
            "how many builds run at a time"
        ),
        ConfigurationKey(
            "build_engine.build_timeout",
            .span(\.buildEngine.buildTimeout, second...year),
            "how long a build may take; waiting doesn't count"
        ),
        ConfigurationKey(
            "build_engine.step_timeout",
            .span(\.buildEngine.stepTimeout, second...year),
            "how long a step may take"
        ),
        ConfigurationKey(
            "build_engine.workspace_root",
            .path(\.buildEngine.workspaceRoot),
            fallback: "`workspaces` in the state directory",
            variable: "BUILD_ENGINE_WORKSPACE_ROOT",
            "where tasks have their workspaces"
        ),
        ConfigurationKey(
            "build_engine.artifact_dir",
            .path(\.buildEngine.artifactDirectory),
            fallback: "`artifacts` in the state directory",
            variable: "BUILD_ENGINE_ARTIFACT_DIR",
            "where tasks leave what they made"
        ),
        ConfigurationKey(
            "build_engine.default_image",
            .image(\.buildEngine.defaultImage),
            "the image of tasks and steps that name none"
        ),
        ConfigurationKey(
            "build_engine.log_level",
            .level(\.buildEngine.logLevel),
            variable: "BUILD_ENGINE_LOG_LEVEL",
            "how much is told of decisions, retries and calls of engines"
        ),
    ]

    private static let resources = [
        ConfigurationKey(
            "build_engine.resources.total_cpu_cores",
            .whole(\.buildEngine.resources.cpuCores, 1...65_536),
            fallback: "the machine's",
            "the processors that all builds together may take"
        ),
        ConfigurationKey(
            "build_engine.resources.total_memory_mb",
            .whole(\.buildEngine.resources.memoryMegabytes, 1...1_073_741_824),
            fallback: "the machine's",
            "the memory that they may take, in MiB"
        ),
        ConfigurationKey(
            "build_engine.resources.total_disk_mb",
            .whole(\.buildEngine.resources.diskMegabytes, 1...1_099_511_627_776),
            fallback: "the file system's of the state directory",
            "the space on disk that they may take, in MiB"
        ),
        ConfigurationKey(
            "build_engine.resources.network_enabled",
            .flag(\.buildEngine.resources.isNetworkEnabled),
            variable: "BUILD_ENGINE_NETWORK_ENABLED",
            "whether builds may have the network; `false` makes every build one without network"
        ),
    ]

    private static let queue = [
        ConfigurationKey(
            "build_engine.queue.max_size",
            .whole(\.buildEngine.queue.maxSize, 0...1_000_000),
            "how many builds may wait; one more is refused"
        ),
        ConfigurationKey(
            "build_engine.queue.priority_levels",
            .whole(\.buildEngine.queue.priorityLevels, 1...100),
            "how many priorities there are"
        ),
        ConfigurationKey(
            "build_engine.queue.retry_attempts",
            .whole(\.buildEngine.queue.retryAttempts, 0...100),
            "how often a build is begun anew after a failure of the engine, a registry or the network; a name that nobody knows fails at once"
        ),
        ConfigurationKey(
            "build_engine.queue.retry_delay",
            .span(\.buildEngine.queue.retryDelay, .zero...Duration.seconds(24 * 3600)),
            "the wait before the first of these attempts; it doubles each time"
        ),
    ]

    private static let cleanup = [
        ConfigurationKey(
            "build_engine.cleanup.enabled",
            .flag(\.buildEngine.cleanup.isEnabled),
            "whether anything is removed by itself; what runs or is pinned never is"
        ),
        ConfigurationKey(
            "build_engine.cleanup.workspace_retention",
            .span(\.buildEngine.cleanup.workspaceRetention, .zero...year * 10),
            "how long workspaces are kept"
        ),
        ConfigurationKey(
            "build_engine.cleanup.artifact_retention",
            .span(\.buildEngine.cleanup.artifactRetention, .zero...year * 10),
            "how long artifacts are kept"
        ),
        ConfigurationKey(
            "build_engine.cleanup.record_retention",
            .span(\.buildEngine.cleanup.recordRetention, .zero...year * 10),
            "how long records of builds are kept, with their logs"
        ),
        ConfigurationKey(
            "build_engine.cleanup.record_count",
            .limit(\.buildEngine.cleanup.recordCount, 1...100_000_000),
            "how many records are kept; the oldest go first"
        ),
        ConfigurationKey(
            "build_engine.cleanup.record_size_mb",
            .limit(\.buildEngine.cleanup.recordMegabytes, 1...1_099_511_627_776),
            "how much space records and logs may take, in MiB; the oldest go first"
        ),
    ]

    private static let cache = [
        ConfigurationKey("cache.max_size", .size(\.cache.maxSize), "how much of the disk an engine's cache may take"),
        ConfigurationKey(
            "cache.reserved_size",
            .size(\.cache.reservedSize),
            "how much of it stays, however old it is"
        ),
        ConfigurationKey(
            "cache.min_free",
            .size(\.cache.minFree),
            "how much of the engine's disk is to be free (BuildKit 0.17)"
        ),
        ConfigurationKey("cache.max_age", .age(\.cache.maxAge, second...year * 10), "what is unused for so long goes"),
        ConfigurationKey("cache.keep_pinned", .flag(\.cache.keepsPinned), "whether what pinned builds need stays"),
        ConfigurationKey(
            "cache.after_builds",
            .flag(\.cache.runsAfterBuilds),
            "whether this is followed after builds; else by `caisson cache prune --policy` alone"
        ),
        ConfigurationKey(
            "cache.interval",
            .span(\.cache.interval, second...year),
            "how long it takes at least until it is followed after a build again"
        ),
        ConfigurationKey(
            "cache.mounts.max_age",
            .age(\.cache.mountAge, second...year * 10),
            "the age of cache mounts, in place of `cache.max_age`"
        ),
        ConfigurationKey(
            "cache.sources.max_age",
            .age(\.cache.sourceAge, second...year * 10),
            "the age of contexts that were sent"
        ),
        ConfigurationKey(
            "cache.checkouts.max_age",
            .age(\.cache.checkoutAge, second...year * 10),
            "the age of Git checkouts"
        ),
        ConfigurationKey(
            "cache.layers.max_age",
            .age(\.cache.layerAge, second...year * 10),
            "the age of layers that no image has"
        ),
    ]

    private static let others = [
        ConfigurationKey("history.enabled", .flag(\.history.isEnabled), "whether builds are recorded"),
        ConfigurationKey(
            "engine.builder",
            .builder(\.engine.builder),
            "the builder of builds that name none, or an engine's address"
        ),
    ]
}
