import CaissonBuildModel
import Glibc

/// Reads a build's Dockerfile for an excerpt in an error, where it lies on this machine.
enum DockerfileText {
    /// More than this is no Dockerfile.
    private static let limit = 1 << 20

    /// The text; nil where it isn't here or can't be read.
    static func read(_ request: BuildRequest) -> SourceInfo? {
        switch (request.dockerfile, request.context) {
        case (.text(let text), _): SourceInfo(filename: "Dockerfile", data: text, language: "Dockerfile")
        case (.file(let path), _): read(path: path)
        case (.inContext(let name?), .directory(let root)): read(path: "\(root)/\(name)")
        case (.inContext(nil), .directory(let root)):
            read(path: "\(root)/Dockerfile") ?? read(path: "\(root)/dockerfile")
        default: nil
        }
    }

    /// A small file's text; nil where it can't be read.
    static func read(path: String) -> SourceInfo? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var data: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while data.count < limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count <= 0 { break }
            data += chunk[..<count]
        }
        let name = path.split(separator: "/").last.map(String.init) ?? "Dockerfile"
        return SourceInfo(filename: name, data: data, language: "Dockerfile")
    }
}
