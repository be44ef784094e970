import CaissonBuildContext
package import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// When what a build is made from was changed last, as far as that lies on this machine.
package enum InputChanges {
    /// Whether something that a request names was changed since a time, or can't be known not to have been.
    ///
    /// A file counts as changed when its content, its name or its permissions were: the file system notes each of these.
    /// What an engine fetches from elsewhere may have changed at any time.
    package static func areThere(in request: BuildRequest, since time: Timestamp) -> Bool {
        let limit = Limit(time)
        switch request.context {
        case .directory(let path):
            if hasChanged(path, dockerfile: request.dockerfile, since: limit) { return true }
        case .empty: break
        case .remote, .tarOnInput: return true
        }
        if case .file(let path) = request.dockerfile, limit.isBefore(path) { return true }
        for context in request.contexts.values {
            switch context {
            case .directory(let path), .layout(let path, _, _):
                if hasChanged(path, dockerfile: nil, since: limit) { return true }
            case .image, .target: break
            case .remote: return true
            }
        }
        let files = request.secrets.flatMap(\.paths)
        return files.contains(where: limit.isBefore)
    }

    private static func hasChanged(_ path: String, dockerfile: DockerfileSource?, since limit: Limit) -> Bool {
        do throws(BuildContextError) {
            let selection =
                if let dockerfile {
                    try ContextSelection(directory: path, dockerfile: dockerfile)
                } else {
                    try ContextSelection(directoryAlone: path)
                }
            if let name = selection.ignoreFileName, limit.isBefore(PathFacts.join(path, name)) { return true }
            let walk = try selection.walkWithDockerfile()
            while let entry = try walk.next() {
                if limit.isBefore(PathFacts.join(path, String(pathBytes: entry.path))) { return true }
            }
            return false
        } catch {
            // The build itself says what is wrong with it.
            return true
        }
    }

    /// A time that files are held against.
    private struct Limit {
        private let time: Timestamp

        init(_ time: Timestamp) { self.time = time }

        /// Whether a file was changed after it, or isn't there to be asked.
        func isBefore(_ path: String) -> Bool {
            var status = stat()
            guard lstat(path.cPath, &status) == 0 else { return true }
            let changed = status.st_ctim
            return Timestamp(seconds: Int64(changed.tv_sec), nanoseconds: Int32(truncatingIfNeeded: changed.tv_nsec))
                >= time
        }
    }
}

extension SecretSpec {
    /// The files that it is read from.
    fileprivate var paths: [String] {
        switch source {
        case .file(let path), .template(let path, _): [path]
        case .automatic, .environment: []
        }
    }
}
