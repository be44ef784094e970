import ArgumentParser
import CaissonBuildModel

/// How the steps of a build run.
struct StepOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A build argument; without a value, that of the environment. Repeatable.",
            valueName: "key[=value]"
        )
    )
    var buildArg: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("The stage to build (default: the last).", valueName: "stage"))
    var target: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "The platforms to build for: OS/ARCH[/VARIANT] or local, with commas between them. Repeatable.",
            valueName: "platform"
        )
    )
    var platform: [String] = []

    @Flag(help: "Run all steps again, whatever is cached.")
    var noCache = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Run the steps of these stages again. Repeatable.", valueName: "stage,…")
    )
    var noCacheFilter: [String] = []

    @Flag(help: "Look base images up at their registry even if they are there.")
    var pull = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The network of RUN: default, none or host.", valueName: "mode")
    )
    var network: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("An entry of /etc/hosts in RUN. Repeatable.", valueName: "host:ip")
    )
    var addHost: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("The size of /dev/shm in RUN, as 64m.", valueName: "size"))
    var shmSize: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A limit of processes in RUN. Repeatable.", valueName: "name=soft[:hard]")
    )
    var ulimit: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The cgroup that RUN is put under.", valueName: "cgroup")
    )
    var cgroupParent: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What RUN may take: memory, memory-swap, cpu-shares, cpu-period, cpu-quota, cpuset-cpus, cpuset-mems. Repeatable.",
            valueName: "key=value,…"
        )
    )
    var resource: [String] = []

    /// Docker's that do nothing here, by their names; `CommandWords` puts them here.
    @Option(parsing: .unconditionalSingleValue, help: .hidden)
    var ignoredFlag: [String] = []

    /// What to tell of flags that do nothing.
    var warnings: [String] {
        ignoredFlag.enumerated().filter { !ignoredFlag[..<$0.offset].contains($0.element) }.compactMap { _, name in
            BuildFlags.ignored[name].map { "\(name) has no effect: \($0.advice)" }
        }
    }

    /// What to tell of build arguments that are to have their value from an environment without it; proxies are passed on
    /// by scripts whether there are any or not.
    func unsetArguments(_ environment: [String: String]) -> [String] {
        let names = buildArg.compactMap { try? BuildArgument(parsing: $0).pair }.filter { $0.value == nil }.map(\.key)
        return names.filter { environment[$0] == nil && !$0.uppercased().hasSuffix("_PROXY") }.map { name in
            "--build-arg \(name): the environment has no \(name); its ARG keeps its default"
        }
    }

    /// Docker's, accepted as BuildKit always does what they ask for.
    @Flag(help: .hidden)
    var rm = false

    @Flag(help: .hidden)
    var forceRm = false

    /// Puts the options into a request.
    func apply(to request: inout BuildRequest, environment: [String: String]) throws(BuildError) {
        let arguments = try FlagValue.each("--build-arg", buildArg) { (text) throws(ParseError) in
            try BuildArgument(parsing: text)
        }
        request.setBuildArguments(arguments, environment: environment)
        if let epoch = environment["SOURCE_DATE_EPOCH"], !epoch.isEmpty, request.buildArgs["SOURCE_DATE_EPOCH"] == nil {
            request.buildArgs["SOURCE_DATE_EPOCH"] = epoch
        }
        request.target = target == "" ? nil : target
        request.platforms = try platforms(environment: environment)
        request.noCache = try noCacheValue()
        request.pull = pull
        try applyLimits(to: &request)
    }

    private func applyLimits(to request: inout BuildRequest) throws(BuildError) {
        if let network, !network.isEmpty, network != "default" {
            request.network = try FlagValue.of("--network") { () throws(ParseError) in try NetworkMode(parsing: network)
            }
        }
        request.extraHosts = try FlagValue.each("--add-host", addHost) { (text) throws(ParseError) in
            try ExtraHost.list(parsing: text)
        }.flatMap(\.self)
        if let shmSize {
            let size = try FlagValue.of("--shm-size") { () throws(ParseError) in try ByteSize(parsing: shmSize) }
            request.shmSize = size.bytes > 0 ? size.bytes : nil
        }
        let limits = try FlagValue.each("--ulimit", ulimit) { (text) throws(ParseError) in try Ulimit(parsing: text) }
        // Of several of one name the last counts, as with docker.
        let last = limits.reduce(into: [:]) { $0[$1.name] = $1 }
        request.ulimits = last.values.sorted { $0.name < $1.name }
        request.cgroupParent = cgroupParent == "" ? nil : cgroupParent
        let resources = try FlagValue.each("--resource", resource.filter { !$0.isEmpty }) {
            (text) throws(ParseError) in
            try ResourceLimits(parsing: text)
        }
        for limits in resources { request.resources.merge(limits) }
    }

    private func platforms(environment: [String: String]) throws(BuildError) -> [Platform] {
        let preset = environment["DOCKER_DEFAULT_PLATFORM"] ?? ""
        guard !platform.isEmpty || !preset.isEmpty else { return [] }
        let flag = platform.isEmpty ? "--platform (from DOCKER_DEFAULT_PLATFORM)" : "--platform"
        let text = platform.isEmpty ? preset : platform.joined(separator: ",")
        return try FlagValue.of(flag) { () throws(ParseError) in try Platform.list(parsing: text) }
    }

    private func noCacheValue() throws(BuildError) -> NoCache {
        guard !noCacheFilter.isEmpty else { return noCache ? .all : .off }
        guard !noCache else {
            throw BuildError(.usage, "--no-cache already covers every stage; leave --no-cache-filter out")
        }
        return try FlagValue.of("--no-cache-filter") { () throws(ParseError) in
            try NoCache(parsing: noCacheFilter.joined(separator: ","))
        }
    }
}
