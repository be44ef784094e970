package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// The Dockerfile of a build, found on this machine: whoever needs its place, its text or its ignore file asks here.
package struct ResolvedDockerfile: Sendable, Hashable {
    /// Where it is.
    package enum Place: Sendable, Hashable {
        /// In a file, under this path.
        case file(String)
        /// Nowhere: it came as a text.
        case text([UInt8])
    }

    /// What a Dockerfile is called where nobody says its name; the first that is there is meant.
    package static let defaultNames = ["Dockerfile", "dockerfile"]

    /// More than this is no Dockerfile: BuildKit takes no larger message.
    package static let largest = 16 << 20

    /// Where it is.
    package let place: Place

    /// Finds the Dockerfile of a build; nil where only the engine can: in a context that it reads itself, or in a tar.
    package init?(_ request: BuildRequest) {
        self.init(request.dockerfile, in: request.context)
    }

    /// Finds what a source means in a context; nil where only the engine can.
    package init?(_ source: DockerfileSource, in context: ContextSource) {
        switch (source, context) {
        case (.text(let bytes), _): self.init(.text(bytes))
        case (.file(let path), _): self.init(path: path)
        case (.inContext(let name), .directory(let root)):
            self.init(path: Self.join(root, name ?? Self.defaultNames[0]))
        case (.inContext, _): return nil
        }
    }

    /// The file that a path means: `dockerfile` where there is no `Dockerfile`, as with buildx.
    package init(path: String) {
        let (directory, name) = Self.split(path)
        guard name == Self.defaultNames[0], !Self.isThere(path) else {
            self.init(.file(path))
            return
        }
        let other = directory == "." ? Self.defaultNames[1] : directory + Self.defaultNames[1]
        self.init(.file(Self.isThere(other) ? other : path))
    }

    private init(_ place: Place) { self.place = place }

    /// The file's path; nil for a text.
    package var path: String? { if case .file(let path) = place { path } else { nil } }

    /// The name within its directory; `Dockerfile` for a text.
    package var name: String { path.map { Self.split($0).name } ?? Self.defaultNames[0] }

    /// The directory that it lies in, as the path has it: with the slash; nil for a text.
    package var directory: String? { path.map { Self.split($0).directory } }

    // MARK: Text

    /// The text, which must be in a regular file.
    package func text() throws(BuildContextError) -> [UInt8] {
        switch place {
        case .text(let bytes): return bytes
        case .file(let path):
            do throws(BoundedFile.Failure) {
                return try BoundedFile.read(path, limit: Self.largest)
            } catch {
                let code: BuildContextError.Code =
                    switch error {
                    case .missing: .notFound
                    case .notRegular: .notAFile
                    case .tooLarge: .refused
                    case .system, .foreign: .system
                    }
                throw BuildContextError(code, "the Dockerfile \(path.quoted) \(error.explanation)")
            }
        }
    }

    /// Name and text for an excerpt in an error; nil where it can't be read.
    package var excerptSource: SourceInfo? {
        (try? text()).map { SourceInfo(filename: name, data: $0, language: "Dockerfile") }
    }

    // MARK: Ignore files

    /// The ignore file of a directory, and the end of the name of one that belongs to a Dockerfile.
    package static let ignoreFileName = ".dockerignore"

    /// The paths where an ignore file may be, the one that counts first.
    /// - Parameters:
    ///   - dockerfile: The Dockerfile's path; nil where it isn't a file.
    ///   - directory: The directory of the context.
    package static func ignoreFiles(of dockerfile: String?, in directory: String) -> [String] {
        [dockerfile.map { $0 + ignoreFileName }, join(directory, ignoreFileName)].compactMap(\.self)
    }

    /// The content of the ignore file that belongs to this Dockerfile alone; nil where there is none.
    package var ownIgnoreFile: [UInt8]? {
        path.flatMap { try? BoundedFile.read($0 + Self.ignoreFileName, limit: ContextSelection.largestIgnoreFile) }
    }

    // MARK: Paths

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path.cPath, &status) == 0
    }

    private static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
    }

    private static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        return (String(path[...slash]), String(path[path.utf8.index(after: slash)...]))
    }
}
