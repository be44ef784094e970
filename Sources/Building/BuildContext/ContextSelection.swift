import CaissonText
import CaissonSystem
package import CaissonBuildModel
import Glibc
package import CaissonIgnoreFile

/// A directory as a build uses it: which ignore file applies, which Dockerfile, and therefore which files are sent.
///
/// An engine makes the same decisions from the ignore file that it is sent. They are made here without an engine, to
/// show them to the user, or to make a tar, to which no engine applies an ignore file.
package struct ContextSelection: Sendable {
    /// Where the Dockerfile is.
    package enum Dockerfile: Sendable, Hashable {
        /// In the context, under this path.
        case inside(path: [UInt8])
        /// Somewhere else.
        case outside(path: String)
        /// There is none.
        case missing
    }

    /// The largest ignore file that is read.
    package static let largestIgnoreFile = 16 << 20

    /// The directory.
    package let source: DirectorySource
    /// The ignore file that applies, or nil when there is none.
    package let ignoreFile: IgnoreFile?
    /// Where the Dockerfile is.
    package let dockerfile: Dockerfile
    let matcher: PatternMatcher?

    /// The name of the ignore file that applies, or nil when there is none.
    package var ignoreFileName: String? { ignoreFile?.name }
    /// Whether anything is ignored at all.
    package var hasPatterns: Bool { matcher != nil }

    /// Opens a directory whose Dockerfile isn't a file in it, such as one from standard input; only `.dockerignore`
    /// applies.
    package init(directoryAlone directory: String) throws(BuildContextError) {
        source = try DirectorySource(path: directory)
        let content = try source.content(of: Array(".dockerignore".utf8), limit: Self.largestIgnoreFile)
        ignoreFile = try content.map { bytes throws(BuildContextError) in
            try Self.parse(bytes, name: ".dockerignore")
        }
        matcher = try Self.matcher(of: ignoreFile)
        dockerfile = .missing
    }

    /// Looks for the Dockerfile and the ignore file of a directory.
    ///
    /// `<Dockerfile>.dockerignore` beside the Dockerfile replaces the directory's `.dockerignore`, even when it is
    /// empty. An ignore file that can't be read counts as missing, as it does for the engine.
    /// - Parameter dockerfile: The Dockerfile's path, as the user gave it; nil for `Dockerfile` in the directory.
    package init(directory: String, dockerfile: String? = nil) throws(BuildContextError) {
        source = try DirectorySource(path: directory)
        let resolved = dockerfile.map(ResolvedDockerfile.init(path:))
        // The Dockerfile's directory is a tree of its own for the engine.
        let home =
            try resolved.map { file throws(BuildContextError) in
                try DirectorySource(path: file.directory ?? ".")
            } ?? source
        let actual = resolved?.name ?? Self.defaultName(in: source)
        let own = Array((actual + ResolvedDockerfile.ignoreFileName).utf8)
        if let bytes = try home.content(of: own, limit: Self.largestIgnoreFile) {
            let shown = resolved?.path ?? actual
            ignoreFile = try Self.parse(bytes, name: shown + ResolvedDockerfile.ignoreFileName)
        } else if let bytes = try source.content(of: Array(".dockerignore".utf8), limit: Self.largestIgnoreFile) {
            ignoreFile = try Self.parse(bytes, name: ".dockerignore")
        } else {
            ignoreFile = nil
        }
        matcher = try Self.matcher(of: ignoreFile)
        self.dockerfile = Self.place(of: actual, in: home, given: resolved?.path, context: source)
        if dockerfile != nil, self.dockerfile == .missing {
            throw BuildContextError(.notFound, "no such Dockerfile: \(displayed(Array((dockerfile ?? "").utf8)))")
        }
    }

    /// Starts a walk over the files that are sent, the Dockerfile among them even when it is ignored.
    package func walkWithDockerfile() throws(BuildContextError) -> ContextWalk { try walk(keepsDockerfile: true) }

    /// Starts a walk over the files that are sent.
    /// - Parameters:
    ///   - keepsDockerfile: Whether the Dockerfile is sent even when it is ignored.
    ///   - options: What is looked at.
    func walk(
        keepsDockerfile: Bool = false,
        options: FileInspector.Options = .init()
    ) throws(BuildContextError) -> ContextWalk {
        var kept: Set<[UInt8]> = []
        if keepsDockerfile, case .inside(let path) = dockerfile {
            // A Dockerfile that is a link needs what it points to.
            kept = Set(try FollowedPaths.resolve([path], in: source) ?? [])
        }
        return try ContextWalk(source.root, filter: CompiledFilter(excluding: matcher, keeping: kept), options: options)
    }
}

extension ContextSelection {
    /// Opens a directory for a build whose Dockerfile comes from `dockerfile`.
    package init(directory: String, dockerfile: DockerfileSource) throws(BuildContextError) {
        switch dockerfile {
        case .text: try self.init(directoryAlone: directory)
        case .inContext(nil): try self.init(directory: directory)
        case .inContext, .file:
            let resolved = ResolvedDockerfile(dockerfile, in: .directory(directory))
            try self.init(directory: directory, dockerfile: resolved?.path)
        }
    }

    /// The name of the Dockerfile in a directory that is open already.
    private static func defaultName(in directory: DirectorySource) -> String {
        let names = ResolvedDockerfile.defaultNames
        return names.first { name in
            var status = stat()
            return fstatat(directory.root.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0
        } ?? names[0]
    }

    private static func matcher(of file: IgnoreFile?) throws(BuildContextError) -> PatternMatcher? {
        guard let file, !file.rules.isEmpty else { return nil }
        do throws(IgnoreFileError) {
            return try file.matcher()
        } catch {
            throw BuildContextError(.malformedPattern, error.message)
        }
    }

    private static func parse(_ bytes: [UInt8], name: String) throws(BuildContextError) -> IgnoreFile {
        do throws(IgnoreFileError) {
            return try IgnoreFile(parsing: bytes, name: name)
        } catch {
            throw BuildContextError(.malformedPattern, error.message)
        }
    }

    /// The place of the Dockerfile in the context, if it lies there; found by the real paths of the two directories.
    private static func place(
        of name: String,
        in home: DirectorySource,
        given: String?,
        context: DirectorySource
    ) -> Dockerfile {
        var status = stat()
        guard fstatat(home.root.raw, name.cPath, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .missing }
        guard let given else { return .inside(path: name.pathBytes) }
        guard let upper = context.resolvedPath, let lower = home.resolvedPath else { return .outside(path: given) }
        let start = upper == [UInt8(ascii: "/")] ? upper : upper + [UInt8(ascii: "/")]
        if lower == upper { return .inside(path: name.pathBytes) }
        guard lower.starts(with: start) else { return .outside(path: given) }
        return .inside(path: lower.dropFirst(start.count) + [UInt8(ascii: "/")] + name.pathBytes)
    }
}

extension DirectorySource {
    /// The path of the directory without links; nil when it no longer has one.
    var resolvedPath: [UInt8]? {
        var failure: Int32 = 0
        guard let here = SharedDescriptor.openDirectory(".", under: root.raw, failure: &failure) else { return nil }
        return "/proc/self/fd/\(root.raw)".withCString { linkTarget($0, in: here, failure: &failure) }
    }

    /// The content of a file, found as an engine finds it in what it was sent; nil when it is missing or can't be read.
    ///
    /// Links are followed, but never out of the directory.
    package func content(of path: [UInt8], limit: Int) throws(BuildContextError) -> [UInt8]? {
        guard let place = followed(path), let reader = try? open(place, announcedSize: Int64(limit)) else { return nil }
        var content: [UInt8] = []
        var chunk: [UInt8] = []
        while try reader.read(into: &chunk, limit: 64 * 1024) {
            content += chunk
            guard content.count <= limit else {
                throw BuildContextError(
                    .limitExceeded,
                    "\(displayed(path)) has more than \(limit) bytes; it is no ignore file"
                )
            }
        }
        return content
    }

    /// Where a path leads when its links are followed with the directory as `/`; nil when they go in circles.
    private func followed(_ path: [UInt8]) -> [UInt8]? {
        let slash = UInt8(ascii: "/")
        var current: [UInt8] = []
        var waiting = Array(path.split(separator: slash).reversed())
        var links = 0
        while let name = waiting.popLast() {
            if name.elementsEqual([UInt8(ascii: ".")]) { continue }
            if name.elementsEqual("..".utf8) {
                current = Array(current[..<(current.lastIndex(of: slash) ?? 0)])
                continue
            }
            var failure: Int32 = 0
            guard let directory = try? directory(at: current[...]) else { return nil }
            guard let target = name.withCPath({ linkTarget($0, in: directory, failure: &failure) }) else {
                current += current.isEmpty ? Array(name) : [slash] + name
                continue
            }
            links += 1
            // As many as the kernel follows.
            guard links <= 40 else { return nil }
            if target.first == slash { current = [] }
            waiting += target.split(separator: slash).reversed()
        }
        return current
    }
}
