import CaissonArchive
import CaissonBuildModel
import CaissonRegistry
import Synchronization
import Testing

/// Chunks of an image's tar as a connection would bring them.
private struct Chunks: AsyncSequence, Sendable {
    var bytes: [UInt8]
    var size = 70_001
    var failsAfter: Int?

    struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: Chunks
        var place = 0

        mutating func next() async throws -> [UInt8]? {
            if let limit = chunks.failsAfter, place >= limit { throw RegistryError(.unreachable, "broke off") }
            guard place < chunks.bytes.count else { return nil }
            let chunk = Array(chunks.bytes[place...].prefix(chunks.size))
            place += chunk.count
            return chunk
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(chunks: self) }
}

/// Makes a tar of files and links.
private func tar(_ files: [(String, [UInt8])], links: [(String, String)] = []) throws -> [UInt8] {
    let out = Mutex<[UInt8]>([])
    var writer = try TarWriter.open { bytes throws(ArchiveError) in out.withLock { $0 += Array(bytes) } }
    for (name, content) in files {
        try writer.add(TarEntry(path: Array(name.utf8), kind: .file(size: Int64(content.count)), permissions: 0o644))
        try put(content, into: &writer)
    }
    for (name, target) in links {
        try writer.add(
            TarEntry(path: Array(name.utf8), kind: .symbolicLink(target: Array(target.utf8)), permissions: 0o777)
        )
    }
    try writer.finish()
    return out.withLock { $0 }
}

private func put(_ content: [UInt8], into writer: inout TarWriter) throws(ArchiveError) {
    var failure: ArchiveError?
    content.withUnsafeBytes { bytes in
        do throws(ArchiveError) { try writer.write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
}

@Suite struct ImageTarTests {
    private static let text = Array(String(repeating: "the same line again\n", count: 40_000).utf8)

    private static func layer(_ name: String) throws -> [UInt8] { try tar([(name, text)]) }

    private static func config(_ diffs: [String]) -> [UInt8] {
        let list = diffs.map { "\"\($0)\"" }.joined(separator: ",")
        return Array(
            #"{"architecture":"arm64","variant":"v8","os":"linux","rootfs":{"type":"layers","diff_ids":[\#(list)]}}"#
                .utf8
        )
    }

    private static func archive() throws -> (bytes: [UInt8], config: [UInt8]) {
        let (one, two) = (try layer("one"), try layer("two"))
        let diffs = [one, two, one].map { ContentDigest(of: $0).description }
        let manifest = #"[{"Config":"c.json","RepoTags":["x:1"],"Layers":["1/layer.tar","2/layer.tar","3/layer.tar"]}]"#
        let bytes = try tar(
            [
                ("1/VERSION", Array("1.0".utf8)), ("1/layer.tar", one), ("2/layer.tar", two), ("c.json", config(diffs)),
                ("manifest.json", Array(manifest.utf8)),
            ],
            links: [("3/layer.tar", "../1/layer.tar")]
        )
        return (bytes, config(diffs))
    }

    @Test func `an archive of docker's is read and compressed the same each time`() async throws {
        let (bytes, config) = try Self.archive()
        let first = try await ImageTar.read(Chunks(bytes: bytes))
        let again = try await ImageTar.read(Chunks(bytes: bytes, size: 1 << 20))
        let image = try #require(first.images.first)
        #expect(first.images.count == 1)
        #expect(image.config == config)
        #expect(image.names == ["x:1"])
        #expect(image.platform.normalised.description == "linux/arm64")
        #expect(image.layers.count == 3)
        #expect(image.layers[0].descriptor == image.layers[2].descriptor)
        #expect(image.layers[0].descriptor.mediaType == "application/vnd.oci.image.layer.v1.tar+gzip")
        #expect(image.layers[0].descriptor.size < 100_000)
        #expect(image.layers.map(\.descriptor) == again.images[0].layers.map(\.descriptor))
    }

    @Test func `an OCI layout is read`() async throws {
        let layer = try Self.layer("x")
        let config = Self.config([ContentDigest(of: layer).description])
        func blob(_ bytes: [UInt8]) -> (String, [UInt8]) { ("blobs/sha256/" + ContentDigest(of: bytes).hex, bytes) }
        let manifest = try Manifest(
            config: ContentDescriptor(mediaType: MediaType.ociConfig, of: config),
            layers: [ContentDescriptor(mediaType: MediaType.ociLayer, of: layer)]
        )
        let index = try Manifest(index: [manifest.descriptor])
        let bytes = try tar([blob(layer), blob(config), blob(manifest.bytes), ("index.json", index.bytes)])
        let image = try #require(try await ImageTar.read(Chunks(bytes: bytes)).images.first)
        #expect(image.config == config)
        #expect(image.layers.map(\.descriptor.mediaType) == [MediaType.ociLayer + "+gzip"])
    }

    @Test(arguments: [
        "[]", "{}", "x", #"[{"Config":"c.json","Layers":[]}]"#, #"[{"Config":"none.json","Layers":[]}]"#,
        #"[{"Config":"c.json","Layers":["../../../etc/passwd"]}]"#, #"[{"Config":"c.json","Layers":["2/layer.tar"]}]"#,
        #"[{"Config":"c.json","Layers":["loop"]}]"#, #"[{"Layers":["1/layer.tar"]}]"#,
    ])
    func `a list that doesn't fit its files is refused`(_ list: String) async throws {
        let (one, two) = (try Self.layer("one"), try Self.layer("two"))
        let config = Self.config([ContentDigest(of: one).description])
        let bytes = try tar(
            [("1/layer.tar", one), ("2/layer.tar", two), ("c.json", config), ("manifest.json", Array(list.utf8))],
            links: [("loop", "loop")]
        )
        let error = await registryError { _ = try await ImageTar.read(Chunks(bytes: bytes)) }
        #expect(error?.code == .malformed)
    }

    @Test func `bytes that are no tar and tars that break off are errors`() async throws {
        let (bytes, _) = try Self.archive()
        for broken in [Array("no tar".utf8), Array(bytes.prefix(bytes.count / 2)), []] {
            #expect(await registryError { _ = try await ImageTar.read(Chunks(bytes: broken)) }?.code == .malformed)
        }
        let failing = Chunks(bytes: bytes, failsAfter: 200_000)
        #expect(await registryError { _ = try await ImageTar.read(failing) }?.code == .unreachable)
    }

    @Test func `every byte of an archive may be wrong without a trap`() async throws {
        let layer = try tar([("f", [1, 2, 3])])
        let list = Array(#"[{"Config":"c","Layers":["l.tar"]}]"#.utf8)
        let good = try tar([
            ("l.tar", layer), ("c", Self.config([ContentDigest(of: layer).description])), ("manifest.json", list),
        ])
        for place in stride(from: 0, to: good.count, by: 97) {
            var bad = good
            bad[place] ^= 0x55
            _ = try? await ImageTar.read(Chunks(bytes: bad))
        }
    }
}
