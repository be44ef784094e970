import ArgumentParser
import CaissonBuildModel
import CaissonConfiguration
import CaissonManuals
import CaissonOrchestrator
import CaissonPlanning
import CaissonPreparation
import CaissonText

/// The command `caisson batch`.
struct BatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        _superCommandName: "caisson",
        abstract:
            "Builds the images of a bake file, a compose file or a caisson.yaml, with the flags of docker buildx bake.",
        discussion: Manual.text(of: "batch")
    )

    @OptionGroup(title: "Definition")
    var definition: BatchDefinitionOptions

    @OptionGroup(title: "Running")
    var running: BatchRunOptions

    @OptionGroup(title: "Changes to all targets")
    var changes: BatchChangeOptions

    @OptionGroup(title: "Powers and registries")
    var powers: BatchPowerOptions

    @OptionGroup(title: "Questions")
    var question: QuestionOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Write what the builds gave back to this file, as JSON.", valueName: "file")
    )
    var metadataFile: String?

    @OptionGroup(title: "Engine")
    var engine: BuilderOptions

    @OptionGroup(title: "Progress")
    var progress: ProgressOptions

    @OptionGroup(title: "History")
    var history: HistoryOptions

    /// The flags that change all targets.
    func flags() throws(BuildError) -> BakeFlags {
        var flags = BakeFlags()
        flags.set = changes.set
        flags.push = changes.push
        flags.load = changes.load
        flags.noCache = changes.isGiven(changes.noCache, "no-cache")
        flags.pull = changes.isGiven(changes.pull, "pull")
        flags.sbom = changes.sbom ?? ""
        flags.provenance = changes.provenance ?? ""
        flags.policies = changes.policy
        // The front end's checks have another name in the definition's own words.
        flags.call = try question.question().map { $0.question == .check ? "lint" : $0.question.rawValue }
        return flags
    }
}

/// Which targets of which files.
struct BatchDefinitionOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long],
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A definition: a bake file, compose file or caisson.yaml, or - for standard input. Repeatable.",
            valueName: "path|-"
        )
    )
    var file: [String] = []

    @Option(
        name: .customLong("var"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A variable of the definition; it goes before the environment's. Repeatable.",
            valueName: "name=value"
        )
    )
    var variable: [String] = []

    @Flag(help: "Print what would be built, as JSON, and build nothing.")
    var print = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("List the targets, variables or functions: type=TYPE[,format=json].", valueName: "type")
    )
    var list: String?

    @Flag(help: "Print the JSON Schema of caisson.yaml, by which editors complete and check it.")
    var schema = false

    @Flag(help: .hidden)
    var listTargets = false

    @Flag(help: .hidden)
    var listVariables = false

    @Argument(
        help: ArgumentHelp(
            "Targets and groups to build, * and ? as in file names (default: the group default). "
                + "First may stand the address of a git repository or an archive with the definition.",
            valueName: "target"
        )
    )
    var targets: [String] = []

    /// What is listed instead of building.
    func listing() throws(BuildError) -> BakeListing? {
        let text = list ?? (listTargets ? "targets" : listVariables ? "variables" : nil)
        guard let text else { return nil }
        guard !print else { throw BuildError(.usage, "--print and --list ask for different things; leave one out") }
        return try FlagValue.of("--list") { () throws(ParseError) in try BakeListing(parsing: text) }
    }

    /// The variables by name.
    func variables() throws(BuildError) -> [String: String] {
        var values: [String: String] = [:]
        for text in variable where !text.isEmpty {
            guard let (name, value) = text.cut(at: "="), !name.isEmpty else {
                throw BuildError(.usage, "--var \(text.quoted) must be NAME=VALUE")
            }
            values[name] = value
        }
        return values
    }

    /// The definition's address and the place of its working directory, where they are given, and the targets' names.
    var operands: (address: String?, context: String?, names: [String]) {
        guard let first = targets.first, Self.isAddress(first) else { return (nil, nil, targets) }
        let rest = targets.dropFirst()
        guard let second = rest.first, Self.isAddress(second) else { return (first, nil, Array(rest)) }
        return (first, second, Array(rest.dropFirst()))
    }

    private static func isAddress(_ word: String) -> Bool {
        guard case .remote? = try? ContextSource(parsing: word) else { return false }
        return true
    }
}

/// How the targets are run.
struct BatchRunOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Build this many targets at a time at most (default: all of them).", valueName: "number")
    )
    var jobs: String?

    @Flag(help: "Go on with the other targets when one fails.")
    var keepGoing = false

    @Flag(
        help: ArgumentHelp(
            "Go on with the last batch of this directory, or with --resume=ID: what has passed and hasn't changed stays."
        )
    )
    var resume = false

    /// What `--resume=ID` names; `CommandWords` puts it here.
    @Option(name: .customLong("resume-id"), parsing: .unconditional, help: .hidden)
    var resumeID: String?

    @Flag(help: "Build only what failed, was stopped or was skipped in the last batch of this directory.")
    var onlyFailed = false

    /// What `caisson builds rerun` builds of a batch again: these targets and what they are built from.
    @Option(parsing: .unconditionalSingleValue, help: .hidden)
    var only: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Write how the targets ended to this file: .json, .xml (JUnit) or .md (a GitHub step summary).",
            valueName: "file"
        )
    )
    var summary: String?

    /// How many builds run at a time, and what goes for those that say nothing themselves.
    ///
    /// What nobody has set has no limit, as with docker buildx bake.
    func limits(_ configuration: Configuration) throws(BuildError) -> SchedulerLimits {
        var limits = SchedulerLimits.none
        limits.maxConcurrentBuilds = configuration.set(\.buildEngine.maxConcurrentBuilds)
        if let jobs {
            guard let number = Int(jobs), number > 0 else {
                throw BuildError(.usage, "--jobs \(jobs.quoted) must be a number from 1 on")
            }
            limits.maxConcurrentBuilds = number
        }
        limits.queueSize = configuration.set(\.buildEngine.queue.maxSize)
        limits.priorityLevels = configuration.buildEngine.queue.priorityLevels
        limits.buildTimeout = configuration.set(\.buildEngine.buildTimeout)
        limits.stepTimeout = configuration.set(\.buildEngine.stepTimeout)
        limits.pool.milliprocessors = configuration.set(\.buildEngine.resources.cpuCores).map { $0 * 1000 }
        limits.pool.memory = configuration.set(\.buildEngine.resources.memoryMegabytes).map { Int64($0) << 20 }
        limits.pool.disk = configuration.set(\.buildEngine.resources.diskMegabytes).map { Int64($0) << 20 }
        let (attempts, delay) = (
            \Configuration.buildEngine.queue.retryAttempts, \Configuration.buildEngine.queue.retryDelay
        )
        if configuration.isSet(attempts) || configuration.isSet(delay) {
            limits.retry = RetryPolicy(
                attempts: configuration[keyPath: attempts] + 1,
                delay: configuration[keyPath: delay]
            )
        }
        return limits
    }
}

/// What is changed in all targets.
struct BatchChangeOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Set a field of targets, or add to it with +=: TARGET.KEY[.NAME]=VALUE, * and ? in TARGET. Repeatable.",
            valueName: "target.key=value"
        )
    )
    var set: [String] = []

    @Flag(help: "Load the images into the engine's store, where a target has no other output.")
    var load = false

    @Flag(help: "Push the images to their registries.")
    var push = false

    @Flag(help: "Run all steps again, whatever is cached.")
    var noCache = false

    @Flag(help: "Look base images up at their registry even if they are there.")
    var pull = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep how the images were built: true, false or mode=min|max.", valueName: "parameters")
    )
    var provenance: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep what is in the images: true, false or generator=IMAGE.", valueName: "parameters")
    )
    var sbom: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("How policies count: disabled=true, strict=true|false. Repeatable.", valueName: "parameters")
    )
    var policy: [String] = []

    /// The switches that are turned off, by their names; `CommandWords` puts them here.
    @Option(name: .customLong("off"), parsing: .unconditionalSingleValue, help: .hidden)
    var off: [String] = []

    /// True or false where a switch is given, else nil.
    func isGiven(_ isOn: Bool, _ name: String) -> Bool? {
        isOn ? true : off.contains("--\(name)") ? false : nil
    }
}

/// What the builds may do beyond the usual.
struct BatchPowerOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Grant what a definition asks for: network.host, security.insecure, device, ssh, buildx.local.delete, "
                + "fs=PATH, fs.read=PATH or fs.write=PATH ('*': all). Repeatable.",
            valueName: "power"
        )
    )
    var allow: [String] = []

    @OptionGroup
    var insecure: InsecureRegistryOptions

    @Flag(help: "Show the values of secrets in output and errors, where they are replaced by *** otherwise.")
    var noMask = false

    /// What is granted.
    func grants() throws(BuildError) -> EntitlementGrants {
        let given = allow.filter { !$0.isEmpty }
        return try FlagValue.of("--allow") { () throws(ParseError) in try EntitlementGrants(given) }
    }
}
