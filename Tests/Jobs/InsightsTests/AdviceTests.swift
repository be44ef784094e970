import CaissonBuildModel
import CaissonInsights
import Testing

struct AdviceTests {
    /// A step: its name, how long it takes, and whether it ran in the build of a place.
    struct Step: Sendable {
        var name: String
        var seconds: Double
        var runs: @Sendable (Int) -> Bool
        init(_ name: String, _ seconds: Double, runs: @escaping @Sendable (Int) -> Bool = { _ in true }) {
            (self.name, self.seconds, self.runs) = (name, seconds, runs)
        }
    }

    static func dossier(_ build: Int, _ steps: [Step]) -> BuildDossier {
        let start = Timestamp(seconds: 1_790_000_000 + Int64(build) * 90_000)
        var dossier = BuildDossier(BuildRecord(BuildSubmission(BuildID(), .build, at: start)))
        dossier.record.status = .succeeded
        dossier.record.started = start
        var total = 1.0
        for (number, step) in steps.enumerated() {
            let name = "[\(number + 1)/\(steps.count)] \(step.name)"
            var record = StepRecord(number + 1, digest: "", name: name)
            record.isCached = !step.runs(build)
            if !record.isCached {
                record.started = start
                record.completed = Timestamp(seconds: start.seconds + Int64(step.seconds))
                total += step.seconds
            }
            dossier.steps.append(record)
        }
        dossier.record.duration = .milliseconds(Int64(total * 1000))
        return dossier
    }

    static func advice(_ builds: Int, _ steps: [Step]) -> [Recommendation] {
        BuildAdvice((0..<builds).map { dossier($0, steps) }, arguments: { _ in [:] }).recommendations
    }

    @Test(arguments: [
        ("RUN apt-get update && apt-get install -y curl", "/var/cache/apt"), ("RUN apk add curl", "/var/cache/apk"),
        ("RUN apk --no-cache add curl", "/var/cache/apk"), ("RUN dnf -y install gcc", "/var/cache/dnf"),
        ("RUN pip install -r requirements.txt", "/root/.cache/pip"), ("RUN npm ci", "/root/.npm"),
        ("RUN yarn install", "/usr/local/share/.cache/yarn"), ("RUN pnpm install", "/root/.local/share/pnpm/store"),
        ("RUN go build ./...", "/root/.cache/go-build"), ("RUN go mod download", "/go/pkg/mod"),
        ("RUN cargo build", "/usr/local/cargo/registry"), ("RUN mvn package", "/root/.m2"),
        ("RUN ./gradlew assemble", "/root/.gradle"), (#"RUN ["make","all"]"#, "/root/.cache/ccache"),
        ("RUN sh -c \"cd x;npm ci\"", "/root/.npm"),
    ])
    func `A long install gets a cache mount`(name: String, directory: String) throws {
        let found = Self.advice(6, [Step(name, 60)]).filter { $0.kind == .cacheMount }
        let only = try #require(found.first)
        #expect(found.count == 1 && only.subject == directory && only.advice.contains(directory))
        #expect(only.evidence.seen == 6 && only.saving > .seconds(10) && only.evidence.duration == .seconds(60))
        #expect(name.contains("--") || !only.advice.contains("--"))
    }

    @Test(arguments: [
        ("RUN --mount=type=cache,target=/root/.npm npm ci", 60.0, 6), ("RUN npm ci", 1, 6), ("RUN npm ci", 60, 2),
        ("RUN echo npm", 60, 6), ("RUN cat /npm/ci", 60, 6), ("COPY npm ci", 60, 6), ("RUN sleep 60", 60, 6),
        ("RUN remake all", 60, 6),
    ])
    func `Nothing is said where it doesn't apply or isn't worth it`(name: String, seconds: Double, builds: Int) {
        #expect(Self.advice(builds, [Step(name, seconds)]).isEmpty)
    }

    @Test
    func `A copy of all goes behind an install`() throws {
        let steps = [Step("FROM a:1", 0) { _ in false }, Step("COPY . .", 0), Step("RUN npm ci", 40)]
        let found = try #require(Self.advice(5, steps).first)
        #expect(found.kind == .copyOrder && found.advice.contains("package.json") && found.certainty == .high)
        #expect(found.subject == "COPY . ." && found.evidence.seen == 5)
        for copy in ["COPY package.json .", "COPY --from=other . .", "WORKDIR ."] {
            let steps = [Step("FROM a:1", 0) { _ in false }, Step(copy, 0), Step("RUN npm ci", 40)]
            #expect(!Self.advice(5, steps).contains { $0.kind == .copyOrder }, "\(copy)")
        }
        let earlier = [Step("RUN date", 1), Step("COPY . .", 0), Step("RUN npm ci", 40)]
        #expect(!Self.advice(5, earlier).contains { $0.kind == .copyOrder })
        let other = [Step("COPY . .", 0), Step("RUN ./install", 40)]
        #expect(Self.advice(5, other).isEmpty)
    }

    @Test(arguments: [("FROM a:1", 4, true), ("FROM a:1", 2, false), ("FROM r:5000/a", 4, false)])
    func `A base that changes often is pinned`(image: String, changes: Int, isTold: Bool) {
        let dossiers = (0..<20).map { build in
            let isNew = build > 0 && build % 4 == 0 && build / 4 <= changes
            let digest = String(repeating: "\(min(build / 4, changes))", count: 64)
            return Self.dossier(
                build,
                [Step("\(image)@sha256:\(digest)", 0) { _ in isNew }, Step("RUN x", 30) { _ in isNew }]
            )
        }
        let found = BuildAdvice(dossiers, arguments: { _ in [:] }).recommendations
        #expect(found.contains { $0.kind == .pinnedBase && $0.evidence.seen == changes } == isTold)
        #expect(found.count == (isTold ? 1 : 0))
    }

    @Test(
        arguments: [
            (".git/index", ".git"), ("a/node_modules/b/c.js", "**/node_modules"), ("logs/x.log", "**/*.log"),
            ("target/debug/x", "target"), ("build/x.o", "build"), (".idea/w.xml", ".idea"), ("a/.x.swp", "**/*.swp"),
            ("src/main.swift", nil), (".gitignore", nil), ("targets/x", nil), (".log", nil), ("", nil), ("///", nil),
        ] as [(String, String?)]
    )
    func `Files that no build needs get a line`(path: String, line: String?) {
        let dossiers = (0..<5).map { build in
            var dossier = Self.dossier(build, [Step("COPY . .", 1), Step("RUN x", 9)])
            var changes = ContextChanges(of: "context", files: 9, since: BuildID())
            changes.changes = [ContextChange(.content, path)]
            dossier.contexts = [changes]
            return dossier
        }
        let found = BuildAdvice(dossiers, arguments: { _ in [:] }).recommendations.filter { $0.kind == .ignoreLine }
        #expect(found.map(\.subject) == (line.map { [$0] } ?? []))
        #expect(found.allSatisfy { $0.saving == .seconds(10) && $0.evidence.seen == 5 })
        #expect(BuildAdvice(Array(dossiers.prefix(2)), arguments: { _ in [:] }).recommendations.isEmpty)
    }

    @Test(arguments: [(Int64(200 << 20), true), (1 << 20, false), (.max, true), (.min, false)])
    func `A large context is told`(sent: Int64, isTold: Bool) {
        let dossiers = (0..<5).map { build in
            var dossier = Self.dossier(build, [Step("RUN x", 1)])
            dossier.record.traffic.sent = sent
            return dossier
        }
        let found = BuildAdvice(dossiers, arguments: { _ in [:] }).recommendations
        #expect(found.contains { $0.kind == .largeContext } == isTold)
    }

    @Test(arguments: [(true, "RUN a", true), (false, "RUN a", false), (true, "COPY a b", false)])
    func `An argument that is new each time is declared later`(isNew: Bool, first: String, isTold: Bool) {
        let dossiers = (0..<8).map { Self.dossier($0, [Step(first, 20), Step("RUN b", 20)]) }
        let values = Dictionary(uniqueKeysWithValues: dossiers.enumerated().map { ($1.record.id, "\(isNew ? $0 : 1)") })
        let found = BuildAdvice(dossiers, arguments: { ["COMMIT": values[$0.id] ?? ""] }).recommendations
        #expect(found.contains { $0.kind == .argumentOrder && $0.subject == "COMMIT" } == isTold)
        let hidden = BuildAdvice(dossiers, arguments: { _ in ["COMMIT": "***"] }).recommendations
        #expect(hidden.isEmpty)
    }

    @Test
    func `Two installs that don't know each other may run at once`() {
        let steps = [Step("RUN npm ci", 40), Step("RUN pip install -r requirements.txt", 30)]
        let found = Self.advice(5, steps).first { $0.kind == .parallelStages }
        #expect(found?.certainty == .low && found?.saving == .seconds(30))
        let system = [Step("RUN apt-get install -y nodejs", 40), Step("RUN npm ci", 30)]
        #expect(!Self.advice(5, system).contains { $0.kind == .parallelStages })
    }

    @Test
    func `What came of advice is told`() throws {
        let before = (0..<12).map { Self.dossier($0, [Step("RUN npm ci", 60 + Double($0 % 3))]) }
        let advice = try #require(BuildAdvice(before, arguments: { _ in [:] }).recommendations.first)
        #expect(advice.afterwards(before) == nil)
        for (seconds, hasHelped) in [(20.0, true), (60, false), (90, false)] {
            let after = (12..<24).map { build in
                Self.dossier(
                    build,
                    [Step("RUN --mount=type=cache,target=/root/.npm npm ci", seconds + Double(build % 3))]
                )
            }
            let outcome = try #require(advice.afterwards(before + after))
            #expect(outcome.since.place == 12 && outcome.builds == [12, 12])
            #expect(outcome.hasHelped == hasHelped, "\(outcome)")
        }
    }

    @Test
    func `Anything may come from outside`() {
        let pieces = [
            "[", "]", "1/2] ", "RUN ", "COPY ", ". .", "npm ci", "FROM ", "@sha256:", "\u{0}", "é\u{301}", "\r\n", " ",
            "/",
            "9999999999999999999/1", "-", "a:b", "--",
        ]
        for seed in 0..<300 {
            var random = SeededGenerator(state: UInt64(seed))
            let dossiers = (0..<Int.random(in: 0...14, using: &random)).map { build in
                var dossier = Self.dossier(build, [])
                for number in 0..<Int.random(in: 0...5, using: &random) {
                    let name = (0..<6).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
                    var step = StepRecord(number, digest: "", name: "[1/2] " + name)
                    step.started = Timestamp(seconds: random.chance(50) ? .min : .max)
                    step.completed = Timestamp(seconds: random.chance(50) ? .max : 0)
                    dossier.steps.append(step)
                }
                dossier.record.started = Timestamp(seconds: random.chance(30) ? .max : .min)
                dossier.record.duration = .seconds(random.chance(50) ? Int64.max : -5)
                dossier.record.traffic.sent = random.chance(50) ? .max : .min
                dossier.record.statistics = BuildStatistics()
                dossier.record.statistics?.imageSize = random.chance(50) ? .max : .min
                return dossier
            }
            let found = BuildAdvice(dossiers, arguments: { _ in ["A\u{0}": "b"] }).recommendations
            #expect(found.count <= 10)
            for advice in found { _ = advice.afterwards(dossiers) }
            #expect(BuildTrends(dossiers).changes.allSatisfy { $0.falseAlarm <= 1 })
        }
    }
}
