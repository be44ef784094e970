import CaissonText
package import CaissonHCL

/// What a definition is read with besides its files.
package struct BakeInputs: Sendable {
    /// The variables that are set on the command line; they count more than the environment.
    package var variables: [String: String] = [:]
    /// The environment.
    package var environment: [String: String] = [:]
    /// What `BAKE_CMD_CONTEXT` is: the directory of the command, or an address.
    package var commandContext = "cwd://"
    /// Whether the definition is at an address, so that only contexts with `cwd://` before them are here.
    package var isElsewhere = false
    /// What `BAKE_LOCAL_PLATFORM` is: the platform of this machine.
    package var localPlatform: String
    /// What functions know of the machine.
    package var machine = HCLEnvironment.current

    /// Takes what is always needed; all else can be set afterwards.
    package init(localPlatform: String, environment: [String: String] = [:], variables: [String: String] = [:]) {
        self.localPlatform = localPlatform
        self.environment = environment
        self.variables = variables
    }

    /// The variables that every definition has.
    var builtIns: [String: String] {
        ["BAKE_CMD_CONTEXT": commandContext, "BAKE_LOCAL_PLATFORM": localPlatform]
    }

    /// The text that a variable of the definition is set to from outside.
    func override(of name: String) -> String? { variables[name] ?? lookUp(name) }

    /// Whether relative contexts are relative to the files that name them, by `BUILDX_BAKE_FILE_RELATIVE_PATHS`.
    var usesFileRelativePaths: Bool {
        environment["BUILDX_BAKE_FILE_RELATIVE_PATHS"].flatMap { GoBoolean.parse($0.trimmed) } ?? false
    }

    /// A variable of the environment, unless `BUILDX_BAKE_DISABLE_VARS_ENV_LOOKUP` forbids to look there.
    func lookUp(_ name: String) -> String? {
        let isOff = environment["BUILDX_BAKE_DISABLE_VARS_ENV_LOOKUP"].flatMap { GoBoolean.parse($0) } ?? false
        return isOff ? nil : environment[name]
    }
}
