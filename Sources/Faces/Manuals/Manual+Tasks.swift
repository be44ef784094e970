extension Manual {
    private static let ofConfiguration = [
        "BUILD_ENGINE_ARTIFACT_DIR", "BUILD_ENGINE_LOG_LEVEL", "BUILD_ENGINE_MAX_CONCURRENT",
        "BUILD_ENGINE_NETWORK_ENABLED", "BUILD_ENGINE_WORKSPACE_ROOT", "CAISSON_HOME",
    ]

    /// The manuals of the commands about tasks.
    static let ofTasks: [String: Manual] = [
        "task": Manual(
            about: """
                A task is a file of JSON with steps, each a command in a container of its own. Steps share /workspace; \
                what they leave in /artifacts is taken out at the end.
                """,
            examples: [Example("Run a task.", "caisson task run task.json")],
            environment: ofConfiguration
        ),
        "task run": Manual(
            about: """
                A step begins when those that it depends on have succeeded. Its command is run as it is written, without a \
                shell, with its own environment, directory, time and network; no result is ever taken from a cache.
                """,
            examples: [
                Example("Run a task, and see what each step took.", "caisson task run task.json"),
                Example(
                    "Get exit codes and output of all steps for a program.",
                    "caisson task run --format json task.json"
                ),
                Example("Put the artifacts beside the task.", "caisson task run --artifacts ./out task.json"),
                Example("Keep the workspace to look at it.", "caisson task run --keep-workspace task.json"),
            ],
            environment: ofConfiguration
        ),
    ]
}
