/// The objects of a task's file, with the keys that each may have.
enum TaskTable: CaseIterable {
    case file, task, step, resources, metadata

    /// The keys, in the order in which they are written.
    var keys: [String] {
        switch self {
        case .file: ["build_task"]
        case .task: ["id", "image", "steps", "resources", "timeout", "metadata"]
        case .step:
            [
                "id", "image", "command", "args", "env", "working_dir", "timeout", "dependencies", "network_access",
            ]
        case .resources: ["cpu_cores", "memory_mb", "disk_mb", "network_access"]
        case .metadata: ["owner", "project", "priority", "estimated_duration", "tags"]
        }
    }

    /// The keys that it can't do without.
    var required: [String] {
        switch self {
        case .file: ["build_task"]
        case .task: ["id", "steps"]
        case .step: ["id", "command"]
        case .resources, .metadata: []
        }
    }
}
