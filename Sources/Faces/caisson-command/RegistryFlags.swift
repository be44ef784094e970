import ArgumentParser
import CaissonBuildModel
import CaissonRegistry
import CaissonSystem
import CaissonText
import FoundationEssentials

/// The flags of commands that speak to registries.
struct RegistryFlags: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A registry that may be spoken to without TLS, or whose certificate nobody vouches for ('*': all).",
            valueName: "host[:port]"
        )
    )
    var registryInsecure: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A mirror to ask first, of Docker Hub or of the host named.", valueName: "[host=]url")
    )
    var registryMirror: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often what the network spoils is tried again.", valueName: "count")
    )
    var retry = 3

    @Option(parsing: .unconditional, help: .hidden)
    var builder: String?

    func validate() throws {
        guard (0...100).contains(retry) else { throw ValidationError("--retry takes 0 to 100") }
        do {
            _ = try Self.insecureHosts(registryInsecure)
        } catch {
            throw ValidationError(error.message)
        }
    }

    /// The values of `--registry-insecure`.
    static func insecureHosts(_ hosts: [String]) throws(BuildError) -> Set<String> {
        for host in hosts where host.isEmpty || host.contains("/") {
            throw BuildError(
                .usage,
                "--registry-insecure \(host.quoted) must be a host and port, such as registry.example:5000"
            )
        }
        return Set(hosts.map { $0.lowercased() })
    }

    /// The options that the flags and the environment make.
    func options() -> RegistryOptions {
        let variables = ProcessInfo.processInfo.environment
        var options = RegistryOptions(variables: variables, home: variables["HOME"] ?? "/")
        options.insecure = (try? Self.insecureHosts(registryInsecure)) ?? []
        for mirror in registryMirror {
            let (host, url) = mirror.cut(at: "=").map { ($0.head, $0.tail) } ?? ("docker.io", mirror)
            options.mirrors[host, default: []].append(url)
        }
        options.retry.retries = retry
        options.notice = { BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \($0.text(\.flag))\n") }
        return options
    }
}

/// The registries that builds push to, and keep caches at, in spite of their TLS.
struct InsecureRegistryOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A registry that is pushed to, and caches kept at, without TLS or with any certificate ('*': all). Repeatable.",
            valueName: "host[:port]"
        )
    )
    var registryInsecure: [String] = []

    /// Their hosts.
    func hosts() throws(BuildError) -> Set<String> { try RegistryFlags.insecureHosts(registryInsecure) }
}

/// Caches outside of the engine, and what is done when the network fails.
struct CacheFlags: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A cache to read: type=registry|local|gha|s3|azblob,KEY=VALUE…, or a name at a registry. Repeatable.",
            valueName: "cache"
        )
    )
    var cacheFrom: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A cache to write: type=registry|local|inline|gha|s3|azblob,KEY=VALUE…, or a name at a registry. One that can't "
                + "be written is a warning, unlike with buildx: see --strict-cache. Repeatable.",
            valueName: "cache"
        )
    )
    var cacheTo: [String] = []

    @Flag(help: "Fail when a cache can't be written, but those with ignore-error=true.")
    var strictCache = false

    @Flag(help: "When the build fails, write the caches of the stages that succeeded.")
    var cacheOnFailure = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long a cache may be silent before the build goes on without it.", valueName: "time")
    )
    var cacheTimeout = "15s"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often to try again what failed by the network; never a RUN step.", valueName: "times")
    )
    var retry = "3"

    @OptionGroup
    var insecure: InsecureRegistryOptions

    /// Puts the options into a request.
    func apply(to request: inout BuildRequest) throws(BuildError) {
        request.caches.sources = try FlagValue.each("--cache-from", cacheFrom) { (text) throws(ParseError) in
            try CacheSpec.list(parsing: text, as: .source)
        }.flatMap(\.self)
        request.caches.destinations = try FlagValue.each("--cache-to", cacheTo) { (text) throws(ParseError) in
            try CacheSpec.list(parsing: text, as: .destination)
        }.flatMap(\.self)
        if strictCache {
            for place in request.caches.destinations.indices {
                request.caches.destinations[place].failsBuildUnlessSaid()
            }
        }
        request.caches.coversFailure = cacheOnFailure
        guard let patience = Timespan(parsing: cacheTimeout), patience.duration > .zero else {
            throw BuildError(.usage, "--cache-timeout \(cacheTimeout.quoted) is no time; write it as 15s or 2m")
        }
        request.caches.patience = patience.duration
        guard let times = Int(retry), (0...100).contains(times) else {
            throw BuildError(.usage, "--retry \(retry.quoted) must be a number from 0 to 100")
        }
        request.retries = times
        request.insecureRegistries = try insecure.hosts()
    }
}
