import ArgumentParser
import CaissonBuildModel
import CaissonEngines

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
