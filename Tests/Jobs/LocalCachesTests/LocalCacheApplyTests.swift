import CaissonBuildModel
import CaissonLocalCaches
import CaissonSystem
import CaissonText
import Glibc
import Testing

struct LocalCacheApplyTests {
    private struct Stop: Error {}

    /// Two tags that share a layer, blobs that nothing names, and a write that didn't end.
    private static func layout() throws -> TestLayout {
        let layout = try TestLayout()
        let shared = layout.blob("shared")
        try layout.add(layout.cache("old", [shared, layout.blob("old layer")], age: 90_000), tag: "old")
        try layout.add(layout.cache("new", [shared, layout.blob("new layer")]), tag: "latest")
        for number in 0..<3 { layout.blob("lost \(number)") }
        mkdir(layout["ingest/left"], 0o755)
        layout.write("ingest/left/data", "x", age: 100_000)
        layout.setAge("ingest/left", 100_000)
        return layout
    }

    private static func plan(_ layout: TestLayout) throws -> LocalCachePlan {
        try layout.plan { $0.keptTags = [TagPattern("latest")] }
    }

    private static func expectWhole(_ layout: TestLayout, _ comment: Comment) throws {
        let report = try layout.cacheFolder().report()
        #expect(report.damages.isEmpty && report.problems.isEmpty, comment)
        #expect(try layout.cacheFolder().verify().isEmpty, comment)
        #expect(report.entries.contains { $0.tag == "latest" && $0.missing == 0 }, comment)
    }

    @Test
    func `A sweep leaves what the kept tag names, and the index' other members`() async throws {
        let layout = try Self.layout()
        chmod(layout["index.json"], 0o640)
        let outcome = try await layout.cacheFolder().apply(try Self.plan(layout))
        #expect(outcome.removed.count == 6 && outcome.removedIngest == 1 && outcome.dropped.map(\.tag) == ["old"])
        #expect(layout.blobs.count == 4 && !layout.exists("ingest/left") && layout.exists("ingest"))
        let index = try layout.read("index.json")
        #expect(index.hasPrefix("{\"schemaVersion\":2,\"x-ours\":1e2,\"manifests\":[{"))
        #expect(index.hasSuffix("],\"annotations\":{\"a\":\"b\"}}") && !index.contains("\"old\""))
        #expect(!layout.exists("index.json.lock") && !layout.exists(".index.json.caisson"))
        var status = stat()
        #expect(stat(layout["index.json"], &status) == 0 && status.st_mode & 0o777 == 0o640)
        try Self.expectWhole(layout, "after")
        #expect(try Self.plan(layout).isEmpty)
    }

    @Test
    func `Stopped after any step the layout is whole, and a second run finishes`() async throws {
        var stops = 0
        while true {
            let layout = try Self.layout()
            let plan = try Self.plan(layout)
            var steps = 0
            do {
                _ = try await layout.cacheFolder().apply(plan) { _ in
                    if steps == stops { throw Stop() }
                    steps += 1
                }
                break
            } catch is Stop {
                // A crash leaves the file that a thrown error removes, and the lock's name.
                layout.write(".index.json.caisson", "{\"half")
                layout.write("index.json.lock", "")
            }
            try Self.expectWhole(layout, "stopped after \(stops)")
            _ = try await layout.cacheFolder().apply(try Self.plan(layout))
            #expect(layout.blobs.count == 4 && !layout.exists("ingest/left"), "stopped after \(stops)")
            try Self.expectWhole(layout, "finished after \(stops)")
            stops += 1
        }
        #expect(stops == 9)
    }

    @Test
    func `An index that changed since the plan is planned anew, before and while blobs go`() async throws {
        for isLate in [false, true] {
            let layout = try Self.layout()
            let plan = try Self.plan(layout)
            // What a build does that finds all its blobs there: it names one that nothing named.
            let lost = layout.blob("lost 1")
            let revived = layout.cache("revived", [lost])
            var steps = 0
            if !isLate { try layout.add(revived, tag: "latest") }
            let outcome = try await layout.cacheFolder().apply(plan) { step in
                if isLate, case .indexReplaced = step {
                    let notes = "{\"org.opencontainers.image.ref.name\":\"latest\"}"
                    try layout.setEntries(["\(revived.json.dropLast()),\"annotations\":\(notes)}"])
                }
                steps += 1
            }
            #expect(outcome.replans == 1)
            #expect(layout.exists(lost.path) && layout.exists(revived.path))
            try Self.expectWhole(layout, "late: \(isLate)")
        }
    }

    @Test
    func `An index that changes all the time is given up`() async throws {
        let layout = try Self.layout()
        let plan = try Self.plan(layout)
        var number = 0
        let error = await #expect(throws: LocalCacheError.self) {
            _ = try await layout.cacheFolder().apply(plan) { step in
                guard case .blobRemoved = step else { return }
                number += 1
                layout.write("index.json", try layout.read("index.json") + String(repeating: " ", count: number))
            }
        }
        #expect(error?.code == .changed)
    }

    @Test
    func `A build at work puts it off, unless the rules say otherwise`() async throws {
        let layout = try Self.layout()
        layout.write("ingest/now", "x", age: 1)
        let error = await #expect(throws: LocalCacheError.self) {
            _ = try await layout.cacheFolder().apply(try Self.plan(layout))
        }
        #expect(error?.code == .busy && error?.message.contains("1h") == true)
        #expect(layout.blobs.count == 10 && layout.exists("ingest/left"))
        let plan = try layout.plan { $0.ignoresBuilds = true }
        #expect(try await layout.cacheFolder().apply(plan).removed.count == 3)
        #expect(layout.exists("ingest/now"))
    }

    @Test
    func `The lock of BuildKit's clients and that of our builds are waited for`() async throws {
        for name in ["index.json.lock", "."] {
            let layout = try Self.layout()
            let plan = try Self.plan(layout)
            let other = open(layout[name], O_RDONLY | (name == "." ? 0 : O_CREAT), 0o600)
            #expect(flock(other, LOCK_EX) == 0)
            let cache = try layout.cacheFolder()
            async let outcome = cache.apply(plan)
            try await Task.sleep(for: .milliseconds(60))
            #expect(try layout.read("index.json").contains("\"old\""))
            // As they do it: first let go, then remove.
            close(other)
            if name != "." { unlink(layout[name]) }
            #expect(try await outcome.dropped.count == 1)
            #expect(!layout.exists("index.json.lock"))
        }
    }

    @Test
    func `While the index is written others can't lock it, and the blobs go without a lock`() async throws {
        let layout = try Self.layout()
        var wasLocked: [LocalCacheStep: Bool] = [:]
        _ = try await layout.cacheFolder().apply(try Self.plan(layout)) { step in
            let other = open(layout["index.json.lock"], O_RDONLY)
            defer { close(other) }
            wasLocked[step] = other >= 0 && flock(other, LOCK_SH | LOCK_NB) != 0
        }
        #expect(wasLocked[.indexWritten] == true)
        #expect(wasLocked.filter { $0.value }.count == 1)
    }

    @Test
    func `A blob that is another one by then stays, and one that is gone is no failure`() async throws {
        let layout = try Self.layout()
        let plan = try Self.plan(layout)
        let (written, removed) = (layout.blob("lost 0", age: 1), layout.blob("lost 2"))
        TestLayout.remove(layout[removed.path])
        let outcome = try await layout.cacheFolder().apply(plan)
        #expect(outcome.changed == 1 && outcome.vanished == 1 && outcome.removed.count == 4)
        #expect(layout.exists(written.path) && outcome.failures.isEmpty)
    }
}
