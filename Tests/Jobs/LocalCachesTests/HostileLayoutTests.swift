import CaissonBuildModel
import CaissonLocalCaches
import CaissonSystem
import CaissonText
import Glibc
import Testing

struct HostileLayoutTests {
    private static func code(_ layout: TestLayout) -> LocalCacheError.Code? {
        do {
            _ = try layout.plan()
            return nil
        } catch {
            return (error as? LocalCacheError)?.code
        }
    }

    @Test
    func `Folders that are no layouts are refused, with what to do`() throws {
        let none = #expect(throws: LocalCacheError.self) { try LocalCache(open: "/nonexistent/\u{1B}[31m") }
        #expect(none?.code == .notFound && none?.message.contains("\u{1B}") == false)
        for name in ["index.json", "blobs"] {
            let layout = try TestLayout()
            TestLayout.remove(layout[name])
            let error = #expect(throws: LocalCacheError.self) { try layout.cacheFolder() }
            #expect(error?.code == .notLayout && error?.message.contains("missing; name the folder") == true)
        }
    }

    @Test
    func `Links in the place of the index, the blobs or their directory are refused, and the folder itself may be one`()
        throws
    {
        for name in ["index.json", "blobs", "blobs/sha256", "oci-layout"] {
            let layout = try TestLayout()
            rename(layout[name], layout["moved"])
            symlink(layout["moved"], layout[name])
            #expect(Self.code(layout) == .notLayout, "\(name)")
        }
        let layout = try TestLayout()
        symlink(layout.path, layout["link"])
        #expect(try LocalCache(open: layout["link"]).report().entries.isEmpty)
    }

    @Test(arguments: [
        ("{\"imageLayoutVersion\":\"1.1\"}", true), ("{\"imageLayoutVersion\":\"2.0.0\"}", false), ("{}", false),
        ("", false), ("{\"imageLayoutVersion\":1}", false), ("{\"imageLayoutVersion\":\"10\"}", false),
    ])
    func `Only version 1 is taken`(text: String, isTaken: Bool) throws {
        let layout = try TestLayout()
        layout.write("oci-layout", text)
        #expect(Self.code(layout) == (isTaken ? nil : .notLayout))
        TestLayout.remove(layout["oci-layout"])
        #expect(Self.code(layout) == nil)
    }

    @Test(arguments: [
        "", "null", "[]", "{\"manifests\":{}}", "{\"manifests\":[],\"manifests\":[]}", "{\"manifests\":[", "{} {}",
        String(repeating: "[", count: 100_000),
    ])
    func `What is no index is refused, and nothing is touched`(text: String) throws {
        let layout = try TestLayout()
        layout.blob("lost")
        layout.write("index.json", text)
        #expect(Self.code(layout) == .damagedIndex)
    }

    @Test
    func `A huge index and a huge manifest are refused`() throws {
        let layout = try TestLayout()
        let manifest = layout.cache("1", [])
        try layout.add(manifest, tag: "latest")
        truncate(layout[manifest.path], 9 << 20)
        #expect(Self.code(layout) == .incomplete)
        let report = try layout.cacheFolder().report()
        #expect(report.problems.count == 1 && report.entries[0].damaged == 1)
        truncate(layout["index.json"], 1 << 40)
        #expect(Self.code(layout) == .limitExceeded)
    }

    @Test
    func `Entries of any shape neither stop it nor lead anywhere`() throws {
        let layout = try TestLayout()
        try layout.setEntries([
            "1", "null", "[]", "{}", "{\"digest\":5}", "{\"digest\":\"../../x\"}",
            "{\"digest\":\"sha256:../../index.json\"}",
            "{\"digest\":\"sha256:\(String(repeating: "0", count: 64))\",\"size\":-1,\"annotations\":[]}",
            "{\"annotations\":{\"org.opencontainers.image.ref.name\":\"\\u0000\\ud800\\u001b\"}}",
        ])
        let report = try layout.cacheFolder().report()
        #expect(report.entries.count == 9 && report.damages.count == 1 && report.problems.isEmpty)
        #expect(try layout.plan { $0.keptTags = [] }.dropped.map(\.position) == [8])
        #expect(try layout.plan { $0.keptUntagged = 0 }.dropped.count == 8)
    }

    @Test
    func `A digest of an unknown kind may name anything, so nothing is swept`() throws {
        for isEntry in [true, false] {
            let layout = try TestLayout()
            let item = TestLayout.Item(mediaType: TestLayout.manifest, digest: "blake3:abcd", size: 1)
            try layout.add(isEntry ? item : layout.list([item]))
            #expect(Self.code(layout) == .incomplete)
        }
    }

    @Test
    func `Lists in lists are followed eight levels deep, and cycles end`() throws {
        for (depth, code) in [(7, nil), (8, LocalCacheError.Code.incomplete)] {
            let layout = try TestLayout()
            var item = layout.cache("1", [layout.blob("layer")])
            for _ in 0..<depth { item = layout.list([item]) }
            try layout.add(item)
            #expect(Self.code(layout) == code)
        }
        let layout = try TestLayout()
        let digests = ["a", "b"].map { "sha256:" + String(repeating: $0, count: 64) }
        for (own, other) in [(0, 1), (1, 0)] {
            let item = TestLayout.Item(mediaType: TestLayout.index, digest: digests[other], size: 1)
            let text = "{\"manifests\":[\(item.json),\(item.json)]}"
            layout.write("blobs/sha256/" + digests[own].dropFirst(7), text)
        }
        try layout.add(TestLayout.Item(mediaType: TestLayout.index, digest: digests[0], size: 1))
        let report = try layout.cacheFolder().report()
        #expect(report.named.count == 2 && report.problems.isEmpty && report.damages.count == 2)
    }

    @Test
    func `Files that are no blobs are never touched, whatever they are`() async throws {
        let layout = try TestLayout()
        let digest = String(repeating: "a", count: 64)
        mkdir(layout["outside"], 0o755)
        layout.write("outside/file", "x", age: 1_000_000)
        layout.setAge("outside", 1_000_000)
        symlink(layout["outside/file"], layout["blobs/sha256/\(digest)"])
        mkdir(layout["blobs/sha256/" + String(repeating: "b", count: 64)], 0o755)
        mkfifo(layout["blobs/sha256/" + String(repeating: "c", count: 64)], 0o644)
        mkdir(layout["blobs/md5"], 0o755)
        symlink(layout["outside"], layout["ingest/link"])
        mkdir(layout["ingest/deep"], 0o755)
        mkdir(layout["ingest/deep/er"], 0o755)
        for name in [
            "blobs/sha256/\(digest.dropLast())", "blobs/sha256/\(digest.uppercased())", "blobs/sha256/é\n",
            "blobs/\(digest)", "blobs/md5/\(digest)", "unknown", "ingest/deep/er/file",
        ] { layout.write(name, "x", age: 1_000_000) }
        for name in ["blobs/sha256/\(digest)", "ingest/link", "ingest/deep/er", "ingest/deep"] {
            layout.setAge(name, 1_000_000)
        }
        let plan = try layout.plan()
        #expect(plan.blobs.isEmpty && plan.ingest == ["deep"])
        let outcome = try await layout.cacheFolder().apply(plan)
        #expect(outcome.failures.map(\.name) == ["ingest/deep"] && outcome.failureCount == 1)
        #expect(layout.exists("outside/file") && layout.exists("ingest/link") && layout.exists("ingest/deep/er/file"))
        #expect(layout.blobs.count == 6 && layout.exists("blobs/md5/\(digest)") && layout.exists("unknown"))
    }

    @Test
    func `SHA-512 blobs are swept, too`() async throws {
        let layout = try TestLayout()
        mkdir(layout["blobs/sha512"], 0o755)
        let name = "blobs/sha512/" + String(repeating: "a", count: 128)
        layout.write(name, "x")
        let outcome = try await layout.cacheFolder().apply(try layout.plan())
        #expect(outcome.removed.count == 1 && !layout.exists(name))
    }

    @Test
    func `A link in the place of the lock or of the temporary file leads nowhere`() async throws {
        let layout = try TestLayout()
        try layout.add(layout.cache("1", []), tag: "old")
        layout.write("target", "as it was")
        let plan = try layout.plan { $0.keptTags = [] }
        symlink(layout["target"], layout[".index.json.caisson"])
        symlink(layout["target"], layout["index.json.lock"])
        let error = await #expect(throws: LocalCacheError.self) { _ = try await layout.cacheFolder().apply(plan) }
        #expect(error?.message.contains("can't lock") == true && layout.blobs.count == 2)
        TestLayout.remove(layout["index.json.lock"])
        #expect(try await layout.cacheFolder().apply(plan).removed.count == 2)
        #expect(try layout.read("target") == "as it was" && layout.exists("target"))
    }

    @Test(.enabled(if: geteuid() != 0, "root may do all of it"))
    func `In folders that can't be written nothing or only what can't go stays, and is told`() async throws {
        let layout = try TestLayout()
        try layout.add(layout.cache("1", []), tag: "old")
        layout.blob("lost")
        let plan = try layout.plan { $0.keptTags = [] }
        chmod(layout.path, 0o555)
        let error = await #expect(throws: LocalCacheError.self) { _ = try await layout.cacheFolder().apply(plan) }
        #expect(error?.code == .permission && layout.blobs.count == 3)
        chmod(layout.path, 0o755)
        chmod(layout["blobs/sha256"], 0o555)
        let outcome = try await layout.cacheFolder().apply(plan)
        #expect(outcome.failureCount == 3 && outcome.failures.first?.reason == Errno(EACCES))
        #expect(outcome.dropped.count == 1)
        chmod(layout["blobs/sha256"], 0o000)
        #expect(Self.code(layout) == .permission)
        chmod(layout["blobs/sha256"], 0o755)
        chmod(layout["index.json"], 0o000)
        #expect(Self.code(layout) == .permission)
    }

    @Test(.enabled(if: geteuid() != 0, "root may do all of it"))
    func `A manifest that can't be read stops the sweep`() throws {
        let layout = try TestLayout()
        let manifest = layout.cache("1", [])
        try layout.add(manifest, tag: "latest")
        chmod(layout[manifest.path], 0o000)
        #expect(Self.code(layout) == .incomplete)
    }
}
