import CaissonArchive
import CaissonBuildModel
import CaissonBundles
import CaissonJSON
import Testing

struct DockerBundleTests {
    @Test(arguments: [Compression.none, .gzip, .zstd])
    func `Nothing of a build is lost on the way through a bundle`(compression: Compression) throws {
        let dossier = Bundling.dossier()
        var build = Bundling.build(dossier)
        build.platform = "linux/amd64"
        build.documents = [
            BundleDocument(BundleMediaType.attestation, annotations: ["in-toto.io/predicate-type": "x"], bytes: [1, 2])
        ]
        let reader = try Bundling.open(try Bundling.bytes([build], compression))
        let read = try #require(try reader.next())
        #expect(read.dossier == dossier)
        #expect(read.isOurs)
        #expect(read.platform == "linux/amd64")
        #expect(try Bundling.pieces(read) == Bundling.log)
        #expect(try Bundling.pieces(read) == Bundling.log, "it can be read again")
        let document = try #require(read.documents.first)
        #expect(read.documents.count == 1)
        #expect(try read.bytes(of: document) == [1, 2])
        #expect(document.annotations == ["in-toto.io/predicate-type": "x"])
        #expect(read.omissions.isEmpty && reader.omissions.isEmpty)
        #expect(try reader.next() == nil)
    }

    @Test
    func `Several builds are named in a list of their own`() throws {
        let ids = ["aaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbb", "ccccccccccccccccccccccccc"]
        let bytes = try Bundling.bytes(ids.map { Bundling.build(Bundling.dossier($0)) })
        let reader = try Bundling.open(bytes)
        #expect(reader.count == 3)
        #expect(try Bundling.builds(reader).map(\.dossier.record.id.description) == ids)
        let files = Dictionary(uniqueKeysWithValues: try Bundling.files(bytes).map { ($0.name, $0.content) })
        let outer = try JSON(parsing: files["index.json"] ?? [])["manifests"]?.array ?? []
        #expect(outer.count == 1)
        let hex = outer.first?["digest"]?.string?.dropFirst(7) ?? ""
        let inner = try JSON(parsing: files["blobs/sha256/\(hex)"] ?? [])["manifests"]?.array ?? []
        #expect(inner.map { $0["annotations"]?["vnd.buildkit.history.reference"]?.string } == ids)
    }

    @Test
    func `A bundle is laid out as buildx does it`() throws {
        let bytes = try Bundling.bytes([Bundling.build(Bundling.dossier())])
        #expect(try Bundling.bytes([Bundling.build(Bundling.dossier())]) == bytes, "the same bytes each time")
        let files = try Bundling.files(bytes)
        let real = try Bundling.files(try Bundling.fixture())
        #expect(files.prefix(2).map(\.name) == real.prefix(2).map(\.name))
        #expect(files.suffix(2).map(\.name) == real.suffix(2).map(\.name))
        #expect(files.last?.content == real.last?.content)
        for (name, content) in files where name.hasPrefix("blobs/sha256/") && !name.hasSuffix("/") {
            #expect(name == "blobs/sha256/" + ContentDigest(of: content).hex)
        }
        let documents = files.compactMap { try? JSON(parsing: $0.content) }
        let manifest = try #require(documents.first { $0["config"] != nil })
        #expect(manifest["config"]?["mediaType"]?.string == "application/vnd.buildkit.historyrecord.v0")
        #expect(
            manifest["layers"]?.array?.map { $0["mediaType"]?.string } == [
                "application/vnd.buildkit.otlp.json.v0", "application/vnd.buildkit.status.v0",
                "application/vnd.googeapis.google.rpc.status+proto", "application/vnd.caisson.build.v1+json",
            ]
        )
    }

    @Test
    func `Each member of our record is one of a record by buildx`() throws {
        func record(_ bytes: [UInt8]) throws -> JSON {
            let found = try Bundling.files(bytes).lazy.compactMap { try? JSON(parsing: $0.content) }.filter {
                $0["Ref"] != nil
            }
            return try #require(found.first { $0["error"] != nil })
        }
        let ours = try record(try Bundling.bytes([Bundling.build(Bundling.dossier())]))
        let theirs = try record(try Bundling.fixture())
        let known = Set((theirs.members ?? []).map(\.name))
        let others: Set = ["Frontend", "ExporterResponse", "Result", "numCachedSteps"]
        #expect(Set((ours.members ?? []).map(\.name)).subtracting(known).subtracting(others).isEmpty)
        for name in ["error", "CreatedAt", "logs", "trace", "externalError"] {
            #expect(ours[name]?.members?.map(\.name) == theirs[name]?.members?.map(\.name), "\(name)")
        }
    }

    @Test
    func `Steps without a digest of their own keep what they printed`() throws {
        var dossier = Bundling.dossier()
        for place in dossier.steps.indices { dossier.steps[place].digest = place == 0 ? "" : "sha256:same" }
        let time = Timestamp(seconds: 7)
        let log = [3, 1, 2, 9].map { BundleLogPiece(step: $0, stream: 1, time: time, bytes: [UInt8($0)]) }
        let read = try #require(try Bundling.open(try Bundling.bytes([Bundling.build(dossier, log)])).next())
        #expect(read.dossier == dossier)
        #expect(try Bundling.pieces(read) == Array(log.prefix(3)), "of a step that isn't there nothing is written")
    }

    @Test
    func `A log that changes while it is written is an error`() throws {
        var calls = 0
        let build = BundledBuild(Bundling.dossier()) {
            calls += 1
            var rest = Bundling.log.prefix(calls)
            return { rest.popFirst() }
        }
        #expect(throws: BundleError.self) { try Bundling.bytes([build]) }
        #expect(calls == 2)
        #expect(throws: BundleError.self) { try Bundling.bytes([]) }
    }

    @Test
    func `Of a log of any length little is held`() throws {
        // 16 MiB in pieces that are larger than a message.
        let piece = BundleLogPiece(step: 2, stream: 1, bytes: [UInt8](repeating: 120, count: 1 << 20))
        let build = BundledBuild(Bundling.dossier()) {
            var left = 16
            return {
                left -= 1
                return left >= 0 ? piece : nil
            }
        }
        let read = try #require(try Bundling.open(try Bundling.bytes([build])).next())
        let log = read.openLog()
        var count = 0
        while let piece = try log.next() {
            #expect(piece.bytes.count <= 256 << 10)
            #expect(piece.time == Bundling.dossier().steps[1].started, "without a time it is that of the step's start")
            count += piece.bytes.count
        }
        #expect(count == 16 << 20)
    }
}
