import CaissonBuildModel
import CaissonLocalCaches
import Testing

struct LocalCachePropertyTests {
    /// Random layers, manifests and lists, some of them missing, and entries for some of them.
    private static func make(_ random: inout SeededGenerator) throws -> (TestLayout, ReferenceSweep) {
        let layout = try TestLayout()
        var reference = ReferenceSweep()
        var (layers, manifests) = ([TestLayout.Item](), [TestLayout.Item]())
        func age() -> Int64 { Int64.random(in: 1...40, using: &random) * 500 }
        func note(_ item: TestLayout.Item, _ age: Int64, _ children: [TestLayout.Item]) {
            reference.blobs[item.digest] = .init(size: Int64(item.size), age: age, children: children.map(\.digest))
        }
        for number in 0..<Int.random(in: 1...5, using: &random) {
            let age = age()
            layers.append(layout.blob("layer \(number) " + String(repeating: "x", count: number * 40), age: age))
            note(layers[number], age, [])
        }
        for number in 0..<Int.random(in: 1...6, using: &random) {
            let age = age()
            if manifests.isEmpty || random.chance(70) {
                let named = layers.filter { _ in random.chance(40) }
                let config = layout.blob("config \(number)", TestLayout.cacheConfig, age: age)
                note(config, age, [])
                manifests.append(layout.manifest(config: config, named, age: age))
                note(manifests[number], age, named + [config])
            } else {
                let named = manifests.filter { _ in random.chance(50) } + layers.filter { _ in random.chance(10) }
                manifests.append(layout.list(named, age: age))
                note(manifests[number], age, named)
            }
        }
        for (number, item) in manifests.enumerated() where random.chance(60) {
            let tag = random.chance(50) ? "t\(number)" : nil
            try layout.add(item, tag: tag)
            reference.entries.append(.init(tag: tag, digest: item.digest))
        }
        for item in layers + manifests where random.chance(8) {
            TestLayout.remove(layout[item.path])
            reference.blobs[item.digest] = nil
        }
        return (layout, reference)
    }

    @Test(arguments: 0..<4)
    func `A plan removes what a slow reference does, and a sweep leaves all that stays named`(block: Int) async throws {
        for number in 0..<300 {
            let seed = UInt64(block * 10_000 + number)
            var random = SeededGenerator(state: seed)
            var (layout, reference) = try Self.make(&random)
            let tags: Set<String>? = random.chance(30) ? ["t0", "t2"] : nil
            let untagged = random.chance(30) ? Int.random(in: 0...2, using: &random) : nil
            let bytes = random.chance(30) ? Int64.random(in: 0...1500, using: &random) : nil
            let age = random.chance(30) ? Int64.random(in: 2...40, using: &random) * 500 : nil
            let present = Set(reference.blobs.keys)
            let gone = reference.run(tags: tags, untagged: untagged, bytes: bytes, age: age, grace: 3600)
            let plan = try layout.plan { rules in
                rules.keptTags = tags.map { $0.sorted().map { TagPattern($0) } }
                rules.keptUntagged = untagged
                rules.maximumBytes = bytes
                rules.maximumAge = age.map { .seconds($0) }
                rules.ignoresBuilds = true
            }
            let comment: Comment = "seed \(seed)"
            #expect(Set(plan.blobs.map(\.digest.description)) == gone, comment)
            let dropped = reference.entries.indices.filter { reference.entries[$0].isDropped }
            #expect(plan.dropped.map(\.position) == dropped, comment)
            #expect(plan.removed.bytes == gone.reduce(0) { $0 + (reference.blobs[$1]?.size ?? 0) }, comment)
            let outcome = try await layout.cacheFolder().apply(plan)
            #expect(outcome.removed.count == gone.count && outcome.failureCount == 0, comment)
            #expect(Set(layout.blobs.map { "sha256:\($0)" }) == present.subtracting(gone), comment)
            let report = try layout.cacheFolder().report()
            #expect(report.entries.map(\.digest) == reference.entries.filter { !$0.isDropped }.map(\.digest), comment)
            #expect(Set(report.damages.map(\.digest.description)) == reference.named.subtracting(present), comment)
        }
    }
}
