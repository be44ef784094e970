import CaissonSystem
import Foundation

@testable import CaissonConfiguration

/// A temporary directory for a test, removed afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory.resolvingSymlinksInPath().path)
}

/// Writes a text into a file, with the folders that lead to it.
func write(_ text: String, to path: String) throws {
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
}

extension ConfigurationSurroundings {
    /// Those of a user in a directory where nothing is said.
    static func nowhere(_ variables: [String: String] = [:]) -> ConfigurationSurroundings {
        var surroundings = ConfigurationSurroundings(
            variables: variables,
            home: "/home/someone",
            userID: 1000,
            workingDirectory: "/work"
        )
        surroundings.machine = MachineSize()
        return surroundings
    }
}

extension Configuration {
    /// What a folder's file of that text says, and the variables.
    init(
        parsing text: String,
        isOwn: Bool = false,
        variables: [String: String] = [:]
    ) throws(ConfigurationError) {
        try self.init(parsing: Array(text.utf8), isOwn: isOwn, variables: variables)
    }

    init(parsing bytes: [UInt8], isOwn: Bool = false, variables: [String: String] = [:]) throws(ConfigurationError) {
        let file = ConfigurationFile(path: "/work/caisson.toml", bytes: bytes, isOwn: isOwn)
        try self.init(file, in: .nowhere(variables))
    }

    /// The setting of a key by its whole name.
    func setting(_ name: String) -> Setting? { settings.first { $0.key.fullName == name } }
}

/// What is wrong with a file's text or with variables, a line each; empty where nothing is.
func problems(_ text: String, variables: [String: String] = [:]) -> [String] {
    problems(Array(text.utf8), variables: variables)
}

func problems(_ bytes: [UInt8], variables: [String: String] = [:]) -> [String] {
    do throws(ConfigurationError) {
        _ = try Configuration(parsing: bytes, variables: variables)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// What reading in some surroundings says is wrong.
func problems(in surroundings: ConfigurationSurroundings) -> [String] {
    do throws(ConfigurationError) {
        _ = try Configuration(in: surroundings)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}
