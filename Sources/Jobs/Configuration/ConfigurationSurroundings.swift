package import CaissonSystem

/// Where a configuration is read: what the caller knows of the user and the machine.
package struct ConfigurationSurroundings: Sendable {
    /// The environment.
    package var variables: [String: String]
    /// The home directory.
    package var home: String
    /// The user's number, which decides where the state directory is.
    package var userID: UInt32
    /// The working directory; an absolute path.
    package var workingDirectory: String
    /// Whether the process is in the working directory, whose file it reads by its name alone then.
    ///
    /// The way there from the root may be closed to its user.
    package var isInWorkingDirectory = false
    /// Where the configuration of all users is.
    package var systemFolder = "/etc/caisson"
    /// How large the machine is; found out where nil.
    package var machine: MachineSize?

    /// Makes surroundings.
    package init(variables: [String: String], home: String, userID: UInt32, workingDirectory: String) {
        self.variables = variables
        self.home = home
        self.userID = userID
        self.workingDirectory = workingDirectory
    }
}
