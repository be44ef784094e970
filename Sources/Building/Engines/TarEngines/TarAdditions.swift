import CaissonBuildContext
import CaissonBuildModel

/// What a tar needs besides the context's files so that no step can copy a Dockerfile that isn't part of the context.
struct TarAdditions: Sendable {
    /// The files.
    private(set) var files: [ContextTar.Addition] = []
    /// The Dockerfile's name in the tar.
    private(set) var dockerfile: String?
    /// Names that no step may see.
    private var hidden: [String] = []

    /// The hidden names as patterns of an ignore file.
    var patterns: [String] { hidden.map(TarAdditions.pattern) }

    /// Nothing yet.
    init() {}

    /// Puts in a Dockerfile that the context doesn't have.
    mutating func hide(_ content: [UInt8]) {
        let name = ContextTar.dockerfileName(content)
        files.append(ContextTar.Addition(path: name, content: content))
        dockerfile = name
        hidden.append(name)
    }

    /// Puts the hidden names into the ignore file, where dockerd's classic builder looks them up; that file is hidden
    /// itself unless it is part of the context.
    mutating func listHidden(in existing: [UInt8]? = nil) {
        guard !hidden.isEmpty else { return }
        let name = ".dockerignore"
        let lines = patterns + (existing == nil ? [name] : [])
        let content =
            (existing.map { $0 + [UInt8(ascii: "\n")] } ?? []) + Array((lines.joined(separator: "\n") + "\n").utf8)
        files.append(ContextTar.Addition(path: name, content: content))
    }

    /// Opens a directory and finds what its tar needs.
    ///
    /// - Parameter isListed: Whether hidden names go into an ignore file in the tar.
    static func open(
        _ root: String,
        _ dockerfile: DockerfileSource,
        isListed: Bool
    ) throws(BuildContextError) -> (selection: ContextSelection, additions: TarAdditions) {
        let selection = try ContextSelection(directory: root, dockerfile: dockerfile)
        var additions = TarAdditions()
        if case .text(let text) = dockerfile { additions.hide(text) }
        switch selection.dockerfile {
        case .inside(let path) where String(validating: path, as: UTF8.self) == nil:
            // Engines are told its name, which has to be UTF-8.
            additions.hide(try ResolvedDockerfile(dockerfile, in: .directory(root))?.text() ?? [])
        case .inside(let path):
            additions.dockerfile = String(decoding: path, as: UTF8.self)
            additions.hidden = try selection.keptThoughIgnored().map { String(decoding: $0, as: UTF8.self) }
        case .outside(let path):
            additions.hide(try ContextTar.dockerfile(path))
        case .missing where additions.dockerfile == nil:
            throw BuildContextError(.notFound, "no Dockerfile in \(root); write one, or name another")
        case .missing: break
        }
        if isListed { try additions.list(in: selection) }
        return (selection, additions)
    }

    private mutating func list(in selection: ContextSelection) throws(BuildContextError) {
        let name = Array(".dockerignore".utf8)
        let isSent = try selection.explain(name)
        guard isSent.exists, isSent.verdict == .sent else { return listHidden() }
        // The engine reads the same file as we did, and hides the Dockerfile by it.
        if selection.ignoreFileName == ".dockerignore", files.isEmpty { return }
        listHidden(in: try selection.source.content(of: name, limit: ContextSelection.largestIgnoreFile) ?? [])
    }

    /// The pattern that matches one name alone.
    private static func pattern(_ name: String) -> String {
        var text = ""
        for character in name {
            if "\\*?[]!#".contains(character) { text.append("\\") }
            text.append(character)
        }
        return text
    }
}
