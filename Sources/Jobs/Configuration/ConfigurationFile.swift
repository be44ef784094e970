import CaissonSystem
import Glibc

/// A file of the configuration with what is in it.
package struct ConfigurationFile: Sendable {
    /// Its path.
    package let path: String
    /// Its bytes.
    package let bytes: [UInt8]
    /// Whether it lies where the user or the machine keeps settings, not in a folder that may be somebody else's.
    let isOwn: Bool

    /// The name of the file, wherever it is.
    package static let name = "caisson.toml"
    /// The largest file that is read: 1 MiB.
    private static let largest = 1 << 20

    private init(path: String, readAs place: String? = nil, isOwn: Bool) throws(BoundedFile.Failure) {
        bytes = try BoundedFile.read(place ?? path, limit: Self.largest)
        self.path = path
        self.isOwn = isOwn
    }

    init(path: String, bytes: [UInt8], isOwn: Bool) {
        self.path = path
        self.bytes = bytes
        self.isOwn = isOwn
    }

    // MARK: Finding

    /// Where the file is looked for: the first that is there counts, and the others aren't read.
    package static func paths(in surroundings: ConfigurationSurroundings) -> [String] {
        [PathFacts.join(surroundings.workingDirectory, name)] + ownPaths(in: surroundings)
    }

    private static func ownPaths(in surroundings: ConfigurationSurroundings) -> [String] {
        let named = surroundings.variables["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let settings = named ?? PathFacts.join(surroundings.home, ".config")
        return [PathFacts.join(settings, "caisson/" + name), PathFacts.join(surroundings.systemFolder, name)]
    }

    /// The first file that is there; nil where there is none.
    ///
    /// One that is there and can't be read is an error, as its limits would be passed over otherwise. In a folder that is
    /// closed to the user, such as the home of another who ran `sudo`, there is none for them.
    package static func find(in surroundings: ConfigurationSurroundings) throws(ConfigurationError) -> Self? {
        for (index, path) in paths(in: surroundings).enumerated() {
            let place = index == 0 && surroundings.isInWorkingDirectory ? name : path
            do throws(BoundedFile.Failure) {
                return try Self(path: path, readAs: place, isOwn: index > 0)
            } catch {
                if case .missing = error { continue }
                let isClosed = PathFacts.refusal(of: PathFacts.split(place).directory, X_OK) != nil
                guard isClosed, error.errno.number == EACCES else { throw refusal(of: path, error) }
            }
        }
        return nil
    }

    /// A file that the user names.
    package static func named(
        _ path: String,
        in surroundings: ConfigurationSurroundings
    ) throws(ConfigurationError) -> Self {
        do throws(BoundedFile.Failure) {
            return try Self(path: path, isOwn: ownPaths(in: surroundings).contains(path))
        } catch {
            throw refusal(of: path, error)
        }
    }

    private static func refusal(of path: String, _ failure: BoundedFile.Failure) -> ConfigurationError {
        let advice =
            switch failure {
            case .missing: "name one that is there"
            case .notRegular: "put a file there, or remove it"
            case .tooLarge: "write a shorter one"
            case .system, .foreign: "let it be read by this user, or remove it"
            }
        let message = "the configuration \(failure.explanation); \(advice)"
        return ConfigurationError([ConfigurationProblem(file: path, message)])
    }
}
