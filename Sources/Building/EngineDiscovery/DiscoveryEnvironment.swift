package import CaissonSystem
import Glibc

/// All that discovery may ask the world: tests answer from values, the real one from the system.
package struct DiscoveryEnvironment: Sendable {
    /// The environment variables.
    package var variables: [String: String]
    /// The user's home directory.
    package var home: String
    /// The effective user id.
    package var userID: UInt32
    /// What is at a socket's path.
    package var probe: @Sendable (String) -> SocketState
    /// A regular file's content; nil when there is no such file.
    package var read: @Sendable (String) throws(EngineError) -> [UInt8]?
    /// The names in a directory, sorted, none when it can't be read.
    package var list: @Sendable (String) -> [String]

    /// Makes an environment of its parts.
    package init(
        variables: [String: String],
        home: String,
        userID: UInt32,
        probe: @escaping @Sendable (String) -> SocketState,
        files: (
            read: @Sendable (String) throws(EngineError) -> [UInt8]?, list: @Sendable (String) -> [String]
        )
    ) {
        self.variables = variables
        self.home = home
        self.userID = userID
        self.probe = probe
        self.read = files.read
        self.list = files.list
    }

    /// The real system, with the variables of this process.
    package static func ofThisProcess(variables: [String: String]) -> DiscoveryEnvironment {
        DiscoveryEnvironment(
            variables: variables,
            home: homeDirectory(variables),
            userID: geteuid(),
            probe: { UnixSocket.probe($0) },
            files: (read: readFile, list: { DirectoryNames.sorted(in: $0, limit: 1024) })
        )
    }

    /// A variable that is set to something; an empty one counts as unset.
    package func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `HOME`, else what the system knows of the user.
    package static func homeDirectory(_ variables: [String: String]) -> String {
        if let home = variables["HOME"], home.hasPrefix("/") { return home }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let home = entry.pw_dir
        else { return "/" }
        return String(cString: home)
    }

    private static func readFile(_ path: String) throws(EngineError) -> [UInt8]? {
        do {
            return try BoundedFile.read(path)
        } catch .missing {
            return nil
        } catch {
            throw EngineError(.configuration, "\(path) \(error.explanation); repair it or set DOCKER_CONFIG")
        }
    }
}
