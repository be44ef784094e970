import CaissonText
import ArgumentParser
import CaissonBuildModel

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
