import CaissonSystem

/// What `caisson.toml` and the environment say, and the defaults of what they don't.
///
/// Each field is a row of `ConfigurationKey.all`. The values here are the defaults, which the documentation shows, too.
package struct Configuration: Sendable {
    /// `[build_engine]`: how builds are run.
    package struct BuildEngine: Sendable {
        /// How many builds run at a time.
        package var maxConcurrentBuilds = 4
        /// How long a build may take, without the time that it waits.
        package var buildTimeout = Duration.seconds(2 * 3600)
        /// How long a step may take.
        package var stepTimeout = Duration.seconds(30 * 60)
        /// The directory of the workspaces of tasks; an absolute path.
        package var workspaceRoot = ""
        /// The directory of what tasks give out; an absolute path.
        package var artifactDirectory = ""
        /// The image of tasks and steps that name none; nil where nothing is said.
        package var defaultImage: String?
        /// What is written of the program's own decisions.
        package var logLevel = LogLevel.info
        /// `[build_engine.resources]`: what all builds together may take.
        package var resources = Resources()
        /// `[build_engine.queue]`: how builds wait, and how they are tried again.
        package var queue = Queue()
        /// `[build_engine.cleanup]`: how long what builds leave is kept.
        package var cleanup = Cleanup()
    }

    /// What all builds together may take of the machine.
    package struct Resources: Sendable {
        /// Processors.
        package var cpuCores = 1
        /// Memory in units of 1,048,576 bytes.
        package var memoryMegabytes = 1
        /// Space on disk in units of 1,048,576 bytes.
        package var diskMegabytes = 1
        /// Whether builds have the network; without it, every build is one without network.
        package var isNetworkEnabled = true
    }

    /// How builds wait, and how they are tried again.
    package struct Queue: Sendable {
        /// How many builds may wait; one more is refused.
        package var maxSize = 1000
        /// How many priorities there are.
        package var priorityLevels = 3
        /// How often a build is begun anew after a failure that isn't its own.
        package var retryAttempts = 3
        /// The wait before it is begun anew for the first time.
        package var retryDelay = Duration.seconds(60)
    }

    /// How long what builds leave is kept.
    package struct Cleanup: Sendable {
        /// Whether anything is removed.
        package var isEnabled = true
        /// How long workspaces are kept.
        package var workspaceRetention = Duration.seconds(24 * 3600)
        /// How long artifacts are kept.
        package var artifactRetention = Duration.seconds(7 * 24 * 3600)
        /// How long records of builds are kept.
        package var recordRetention = Duration.seconds(90 * 24 * 3600)
        /// How many records are kept; nil for any number.
        package var recordCount: Int?
        /// How much space records may take, in units of 1,048,576 bytes; nil for any.
        package var recordMegabytes: Int?
    }

    /// `[cache]`: what of engines' caches goes by itself.
    package struct Cache: Sendable {
        /// Bytes that a cache may have at most; nil for any number.
        package var maxSize: Int64?
        /// Bytes of it that stay, however old they are; nil for none.
        package var reservedSize: Int64?
        /// Bytes that the engine's disk should have free; nil for any number.
        package var minFree: Int64?
        /// What wasn't used for so long goes; nil for never.
        package var maxAge: Duration?
        /// Whether what pinned builds need stays.
        package var keepsPinned = true
        /// Whether this is followed after builds.
        package var runsAfterBuilds = false
        /// How long it takes at least until it is followed after a build again.
        package var interval = Duration.seconds(3600)
        /// The age of cache mounts, in place of `maxAge`.
        package var mountAge: Duration?
        /// The age of contexts that were sent.
        package var sourceAge: Duration?
        /// The age of Git checkouts.
        package var checkoutAge: Duration?
        /// The age of layers.
        package var layerAge: Duration?
    }

    /// `[history]`: whether builds are recorded.
    package struct History: Sendable {
        /// Whether they are.
        package var isEnabled = true
    }

    /// `[engine]`: what builds.
    package struct Engine: Sendable {
        /// The builder that takes builds which name none, or an engine's address; nil where nothing is said.
        package var builder: String?
    }

    /// How builds are run.
    package var buildEngine = BuildEngine()
    /// What of engines' caches goes by itself.
    package var cache = Cache()
    /// Whether builds are recorded.
    package var history = History()
    /// What builds.
    package var engine = Engine()

    /// The path of the file that was read; nil where there is none.
    package internal(set) var file: String?
    /// Where what isn't a default was said, by the keys' whole names.
    var origins: [String: Setting.Origin] = [:]

    /// The defaults on a machine, with the directories below the state directory.
    init(defaultsOn machine: MachineSize, stateDirectory: String) {
        buildEngine.workspaceRoot = stateDirectory + "/workspaces"
        buildEngine.artifactDirectory = stateDirectory + "/artifacts"
        buildEngine.resources.cpuCores = machine.processors
        buildEngine.resources.memoryMegabytes = machine.memoryMegabytes
        buildEngine.resources.diskMegabytes = machine.diskMegabytes
    }
}

/// How much is written of the program's own decisions: swift-log's levels, the one that says most first.
package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

// MARK: - What is set

extension Configuration {
    /// The settings of all keys, in the order of the table.
    package var settings: [Setting] {
        ConfigurationKey.all.map { key in
            Setting(key: key, value: key.form.value(in: self), origin: origins[key.fullName] ?? .standard)
        }
    }

    /// Whether the file or the environment says a field.
    package func isSet(_ field: PartialKeyPath<Configuration>) -> Bool {
        ConfigurationKey.all.first { $0.form.field == field }.map { origins[$0.fullName] != nil } ?? false
    }

    /// A field's value where the file or the environment says it, and nil where it is a default.
    ///
    /// Limits hold for all processes of the machine only where somebody set them.
    package func set<Value>(_ field: KeyPath<Configuration, Value>) -> Value? {
        isSet(field) ? self[keyPath: field] : nil
    }
}
