import Foundation
import Testing

/// An image layout, read without any of our own code: its index, manifests, configurations and layers.
struct ImageBlobs {
    /// A layer as a manifest names it.
    struct Layer: Equatable {
        var mediaType: String
        var digest: String
        var size: Int
    }

    let folder: URL

    /// A layout in a directory.
    init(_ folder: URL) { self.folder = folder }

    /// A layout in a tar, unpacked beside it.
    static func unpack(_ tar: URL) async throws -> ImageBlobs {
        let folder = tar.deletingPathExtension()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await runSuccessfully(Command("tar", ["-xf", tar.path, "-C", folder.path]))
        return ImageBlobs(folder)
    }

    /// The entries of `index.json`.
    var entries: [[String: Any]] {
        get throws {
            let index = try Self.object(Data(contentsOf: folder.appending(path: "index.json")))
            return try #require(index["manifests"] as? [[String: Any]])
        }
    }

    /// What the first entry of `index.json` names.
    var root: [String: Any] { get throws { try json(try #require(try entries.first)) } }

    /// The manifests of the first entry: itself, or those that it lists.
    var manifests: [[String: Any]] {
        get throws {
            let root = try root
            guard let list = root["manifests"] as? [[String: Any]] else { return [root] }
            return try list.map(json)
        }
    }

    /// The manifests of images, without those of attestations.
    var images: [[String: Any]] {
        get throws {
            let root = try root
            guard let list = root["manifests"] as? [[String: Any]] else { return [root] }
            return try list.filter { entry in
                (entry["annotations"] as? [String: String])?["vnd.docker.reference.type"] == nil
            }.map(json)
        }
    }

    /// The layers of the first image.
    var layers: [Layer] {
        get throws {
            let list = try #require(try images.first?["layers"] as? [[String: Any]])
            return try list.map { layer in
                Layer(
                    mediaType: try #require(layer["mediaType"] as? String),
                    digest: try #require(layer["digest"] as? String),
                    size: try #require(layer["size"] as? Int)
                )
            }
        }
    }

    /// The configuration of the first image.
    var configuration: [String: Any] {
        get throws { try json(try #require(try images.first?["config"] as? [String: Any])) }
    }

    /// The file of a blob.
    func file(_ digest: String) -> URL { folder.appending(path: "blobs/sha256/" + digest.dropFirst(7)) }

    /// What a descriptor names.
    func json(_ descriptor: [String: Any]) throws -> [String: Any] {
        try Self.object(Data(contentsOf: file(try #require(descriptor["digest"] as? String))))
    }

    /// The first bytes of a layer, which tell how it is compressed.
    func beginning(of layer: Layer) throws -> [UInt8] { Array(try Data(contentsOf: file(layer.digest)).prefix(4)) }

    /// The times of all files in the layers that gzip has packed, in seconds since 1970.
    func times() async throws -> Set<Int> {
        let script = """
            import sys, tarfile
            for path in sys.argv[1:]:
                for member in tarfile.open(path, "r:gz"):
                    print(int(member.mtime))
            """
        let files = try layers.map { file($0.digest).path }
        let output = try await runSuccessfully(Command("python3", ["-c", script] + files)).output
        return Set(output.split(separator: "\n").compactMap { Int($0) })
    }

    static func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}
