import ArgumentParser
import CaissonBuildModel
import CaissonEngines
import CaissonReporting
import CaissonText

/// Which engine a build runs on, and how.
struct BuilderOptions: ParsableArguments {
    @OptionGroup var named: NamedEngine

    @Flag(
        help: "Build with dockerd's deprecated builder from before BuildKit, which has no cache mounts and no secrets."
    )
    var classic = false
}

/// An engine by its address or its name.
struct NamedEngine: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The engine's address: unix://PATH or tcp://HOST:PORT.", valueName: "address")
    )
    var addr: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The engine's name, as 'caisson builder ls' shows it.", valueName: "name")
    )
    var builder: String?

    /// The engine that is meant; nothing given leaves the choice to the environment.
    var selection: EngineSelection { EngineSelection(address: addr, builder: builder) }

    func validate() throws {
        if addr != nil, builder != nil {
            throw ValidationError("--addr and --builder both name an engine; give one of them")
        }
        if addr == "" { throw ValidationError("--addr needs an address, such as unix:///var/run/docker.sock") }
        if builder == "" { throw ValidationError("--builder needs a name; 'caisson builder ls' lists them") }
    }
}

/// What is shown while a build runs.
struct ProgressOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How to show progress: auto, tty, plain, quiet, rawjson or none.", valueName: "mode")
    )
    var progress: String?

    @Flag(name: [.customShort("q"), .long], help: "Show nothing but the image's id at the end.")
    var quiet = false

    /// The mode, by the flags, else by `BUILDKIT_PROGRESS`.
    func mode(environment: [String: String]) throws(BuildError) -> ProgressMode {
        let preset = environment["BUILDKIT_PROGRESS"] ?? ""
        let text = progress ?? (quiet || preset.isEmpty ? "auto" : preset)
        guard let mode = ProgressMode(rawValue: text) else {
            let names = ProgressMode.allCases.map(\.rawValue)
            let hint = nearest(to: text, among: names).map { " (did you mean \($0)?)" } ?? ""
            let flag = progress == nil ? "BUILDKIT_PROGRESS" : "--progress"
            throw BuildError(
                .usage,
                "\(flag): unknown mode \(text.quoted)\(hint); expected \(names.joined(separator: ", "))"
            )
        }
        guard quiet else { return mode }
        guard mode == .auto || mode == .quiet else {
            throw BuildError(.usage, "--progress \(text) and --quiet can't be used together; leave one out")
        }
        return .quiet
    }
}
