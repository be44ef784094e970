import CaissonSystem

extension Configuration {
    /// Reads the first file that is there, and the variables, which win over it.
    /// - Throws: All that is wrong with either.
    package init(in surroundings: ConfigurationSurroundings) throws(ConfigurationError) {
        try self.init(try ConfigurationFile.find(in: surroundings), in: surroundings)
    }

    /// Reads a file, or none, and the variables, which win over it.
    /// - Parameter heedsVariables: Whether the variables are read.
    /// - Throws: All that is wrong with either.
    package init(
        _ file: ConfigurationFile?,
        in surroundings: ConfigurationSurroundings,
        heedsVariables: Bool = true
    ) throws(ConfigurationError) {
        var problems: [ConfigurationProblem] = []
        var state = ""
        do throws(SystemError) {
            state = try StateDirectory.path(
                variables: surroundings.variables,
                home: surroundings.home,
                userID: surroundings.userID
            )
        } catch {
            problems.append(ConfigurationProblem(error.message))
        }
        let machine = surroundings.machine ?? MachineSize(diskOf: state)
        var reader = ConfigurationReader(Configuration(defaultsOn: machine, stateDirectory: state))
        if let file {
            let folder = PathBase.folder(of: file.path, in: surroundings.workingDirectory)
            reader.read(file, PathBase(folder: folder, home: surroundings.home))
        }
        if heedsVariables {
            let base = PathBase(folder: surroundings.workingDirectory, home: surroundings.home)
            reader.read(surroundings.variables, base)
        }
        for problem in problems { reader.report(problem) }
        guard reader.problems.isEmpty else {
            throw ConfigurationError(reader.problems, isOfSyntax: reader.isOfSyntax)
        }
        self = reader.configuration
    }
}
