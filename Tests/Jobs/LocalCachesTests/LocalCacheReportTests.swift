import CaissonBuildModel
import CaissonLocalCaches
import Glibc
import Testing

struct LocalCacheReportTests {
    @Test
    func `Entries have their kind, their sizes and what is theirs alone`() throws {
        let layout = try TestLayout()
        let (shared, own) = (layout.blob("shared layer"), layout.blob("own"))
        let first = layout.cache("1", [shared, own], age: 20_000)
        let second = layout.cache("2", [shared])
        let image = layout.manifest(config: layout.blob("{}", TestLayout.imageConfig), [shared])
        let list = layout.list([image])
        let older = layout.list([shared, layout.blob("c", TestLayout.cacheConfig)])
        for (item, tag) in [(first, "a"), (second, "b"), (list, "c"), (image, "d"), (older, "e")] {
            try layout.add(item, tag: tag)
        }
        let report = try layout.cacheFolder().report()
        #expect(report.entries.map(\.kind) == [.cache, .cache, .index, .image, .cache])
        #expect(report.entries[0].totals.count == 4)
        #expect(report.entries[0].totals.bytes == Int64(first.size + "config 1".utf8.count + shared.size + own.size))
        #expect(report.entries[0].own.bytes == Int64(first.size + "config 1".utf8.count + own.size))
        #expect(report.entries[0].written == Timestamp(seconds: TestLayout.now.seconds - 20_000))
        #expect(report.named.count == 11 && report.shared.count == 3 && report.unnamed.isEmpty)
        #expect(report.entries.map(\.tag) == ["a", "b", "c", "d", "e"] && report.problems.isEmpty)
    }

    @Test
    func `What is missing, shortened, a link or changed is told, and verifying finds changed bytes`() throws {
        let layout = try TestLayout()
        let layers = (0..<4).map { layout.blob("layer number \($0)") }
        let manifest = layout.cache("1", layers)
        try layout.add(manifest, tag: "latest")
        TestLayout.remove(layout[layers[0].path])
        layout.write(layers[1].path, "short")
        TestLayout.remove(layout[layers[2].path])
        symlink(layout["index.json"], layout[layers[2].path])
        layout.write(layers[3].path, "LAYER number 3")
        let report = try layout.cacheFolder().report()
        let flaws = Dictionary(uniqueKeysWithValues: report.damages.map { ($0.digest.description, $0.flaw) })
        #expect(flaws[layers[0].digest] == .missing)
        #expect(flaws[layers[1].digest] == .wrongSize(expected: 14, found: 5))
        #expect(flaws[layers[2].digest] == .notRegular)
        #expect(flaws.count == 3 && report.strangers == 1)
        #expect(report.entries[0].missing == 1 && report.entries[0].damaged == 2)
        let verified = try layout.cacheFolder().verify()
        #expect(verified.count == 4)
        #expect(verified.contains { $0.digest.description == layers[3].digest && $0.flaw == .wrongContent })
        layout.write(manifest.path, String(repeating: "[", count: manifest.size))
        #expect(try layout.cacheFolder().report().damages.map(\.flaw) == [.wrongContent])
    }

    @Test
    func `Blobs that nothing names, writes that didn't end and strangers are counted apart`() throws {
        let layout = try TestLayout()
        try layout.add(layout.cache("1", []), tag: "latest")
        let lost = layout.blob("lost")
        mkdir(layout["ingest/abc"], 0o755)
        layout.write("ingest/abc/data", "12345")
        layout.write("blobs/sha256/notes.txt", "mine")
        let report = try layout.cacheFolder().report()
        #expect(report.unnamed.map(\.digest.description) == [lost.digest])
        #expect(report.unnamed.first?.facts.size == 4 && report.unnamedTotals.bytes == 4)
        #expect(report.ingest.count == 1 && report.ingest.bytes == 5 && report.strangers == 1)
        #expect(report.total.count == 4)
    }

    @Test
    func `What Docker's manifest.json names and what a signature is about stay named`() throws {
        let layout = try TestLayout()
        let (config, layer) = (layout.blob("{\"config\":1}"), layout.blob("saved layer"))
        let paths = "\"Config\":\"\(config.path)\",\"RepoTags\":null,\"Layers\":[\"\(layer.path)\"]"
        layout.write("manifest.json", "[{\(paths)}]")
        let image = layout.manifest(config: layout.blob("{}", TestLayout.imageConfig), [layout.blob("deep")])
        try layout.add(layout.blob("{\"subject\":\(image.json),\"layers\":[]}", TestLayout.manifest), tag: "signature")
        let report = try layout.cacheFolder().report()
        #expect(report.unnamed.isEmpty && report.damages.isEmpty)
        #expect(try layout.plan().isEmpty)
    }

    @Test
    func `Digests are read as they are written, and nothing else is one`() throws {
        let hex = String(repeating: "0123456789abcdef", count: 8)
        for (name, count) in [("sha256", 64), ("sha384", 96), ("sha512", 128)] {
            let text = "\(name):\(hex.prefix(count))"
            #expect(BlobDigest(parsing: text)?.description == text)
        }
        let wrong = [
            "", ":", "sha256:", "sha256:\(hex.prefix(63))", "sha256:\(hex.prefix(65))", "md5:\(hex.prefix(32))",
            "sha256:\(hex.prefix(64).uppercased())", "sha256:../../../../etc/passwd", "sha256:\(hex.prefix(63))é",
        ]
        for text in wrong { #expect(BlobDigest(parsing: text) == nil, "\(text)") }
        let sorted = ["sha256:\(hex.prefix(64))", "sha256:f\(hex.prefix(63))", "sha512:\(hex)"]
        #expect(sorted.compactMap(BlobDigest.init(parsing:)).sorted().map(\.description) == sorted)
    }
}
