import ArgumentParser
import CaissonBuildModel

/// Which engine a build runs on.
struct BuilderOptions: ParsableArguments {
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

    @Flag(
        help: "Build with dockerd's deprecated builder from before BuildKit, which has no cache mounts and no secrets."
    )
    var classic = false

    func validate() throws {
        if addr != nil, builder != nil {
            throw ValidationError("--addr and --builder both name an engine; give one of them")
        }
        if addr == "" { throw ValidationError("--addr needs an address, such as unix:///var/run/docker.sock") }
        if builder == "" { throw ValidationError("--builder needs a name; 'caisson builder ls' lists them") }
    }
}
