import CaissonBuildModel
import CaissonReports

/// Pages for tests and for looking at.
enum Samples {
    static let made = Timestamp(seconds: 1_796_070_600)  // 2026-11-30T20:30:00Z

    /// All of them by name.
    static var all: [(name: String, page: ReportPage)] {
        [
            ("full", full), ("empty", ReportPage(title: "Nothing", made: made)), ("one-step", focus(steps: 1)),
            ("steps-200", focus(steps: 200)), ("steps-2000", focus(steps: 2000)), ("failed", failed),
            ("cancelled", ended(.cancelled)), ("running", ended(.running)), ("interrupted", ended(.interrupted)),
            ("timeless", timeless), ("zero", zero), ("jumping", jumping), ("one-build", history(1)),
            ("builds-10000", history(10_000)), ("wide-range", wideRange), ("hostile", hostile(Self.hostileName)),
            ("strange-numbers", strangeNumbers),
        ]
    }

    static let hostileName =
        "</script></style><img src=x onerror=alert(1)>\"'&amp;<!-- ]]> \u{1B}[31mred\u{1B}]0;title\u{7} "
        + "\u{202E}abc\u{2066}"
        + "\u{0}\u{7F}\u{85}\n\r\t https://evil.example/ 漢字漢字 🚀👩‍👩‍👧 e\u{301}\u{301}\u{301} "
        + String(repeating: "long", count: 3000)

    /// Everything at once, as after some weeks of work.
    static var full: ReportPage {
        var page = history(420)
        page.title = "web-shop: builds"
        page.period = "the last 30 days"
        page.filters = ["project web-shop", "target web"]
        page.build = usualBuild()
        page.slowest = [
            slow("RUN --mount=type=cache,target=/root/.npm npm ci", "deps", 214, 11_020, 0.31),
            slow("RUN npm run build -- --mode production", "build", 388, 9800, 0.08),
            slow("COPY --from=build /src/dist /usr/share/nginx/html", "web", 401, 510, 0.05),
            slow("RUN apt-get update && apt-get install -y ca-certificates curl", "base", 12, 402, 0.97),
        ]
        page.regressions = regressions
        page.recommendations = recommendations
        page.bottlenecks = [
            ReportBottleneck(what: "Network", detail: "Base images were fetched in 61 builds.", share: 0.22),
            ReportBottleneck(what: "One long step", detail: "Nothing else can run while step 9 compiles.", share: 0.41),
        ]
        var pressure = ReportPressure()
        (pressure.processor, pressure.memory, pressure.disk) = (0.34, 0.02, 0.11)
        pressure.remark = "Four builds at once are about what this machine can do."
        page.pressure = pressure
        return page
    }

    static func slow(_ step: String, _ place: String, _ runs: Int, _ total: Double, _ rate: Double) -> ReportSlowStep {
        var slow = ReportSlowStep(step: step, place: place, runs: runs, total: total)
        (slow.median, slow.p95, slow.hitRate) = (total / Double(runs), 1.8 * total / Double(runs), rate)
        return slow
    }

    static var regressions: [ReportRegression] {
        var first = ReportRegression(what: "The whole build", before: 61, after: 94.5, isOn: true)
        (first.step, first.commit, first.build) = ("RUN npm ci", "9f3c2a1", "k3v9x0a1b2c3d4e5f6g7h8i9j")
        (first.since, first.confidence) = (Timestamp(seconds: 1_795_300_000), 0.97)
        var second = ReportRegression(what: "A step", before: 4, after: 19, isOn: false)
        (second.step, second.since, second.confidence) = ("COPY . .", Timestamp(seconds: 1_794_000_000), 0.8)
        return [first, second]
    }

    static var recommendations: [ReportRecommendation] {
        [
            ReportRecommendation(
                action: "Copy package.json and package-lock.json before the sources, so that npm ci stays cached.",
                evidence: ["“COPY . .” stands before “npm ci” and changed in 148 of 214 builds."],
                saving: 48.2
            ),
            ReportRecommendation(action: "Leave node_modules out.", evidence: ["It has 412 MB."], saving: 6),
            ReportRecommendation(
                action: "Give the package manager a cache mount.",
                evidence: ["Step 7 fetched the same 180 MB in 93 builds."],
                saving: 21,
                outcome: "since 12 November the step takes 9s instead of 31s."
            ),
        ]
    }

    static func history(_ count: Int) -> ReportPage {
        var random = SeededGenerator(state: 42)
        var page = ReportPage(title: "Builds of everything", made: made)
        page.points = (0..<count).map { index in
            let age = Double(count - index) / Double(count) * 30 * 86_400
            let status: BuildStatus = [.succeeded, .succeeded, .succeeded, .failed, .cancelled][
                max(0, Int.random(in: -24...4, using: &random))
            ]
            let base = index > count * 2 / 3 ? 94.0 : 61.0
            let time = Timestamp(seconds: made.seconds - Int64(age))
            let seconds = base * Double.random(in: 0.7...1.5, using: &random)
            var point = ReportPoint(id: "build-\(index)", time: time, duration: seconds, status: status)
            point.hitRate = Double.random(in: 0.3...1, using: &random)
            point.series = index % 4 == 0 ? "web" : "api"
            return point
        }
        var totals = ReportTotals(counts: Dictionary(page.points.map { ($0.status, 1) }, uniquingKeysWith: +))
        (totals.median, totals.p95, totals.hitRate, totals.timeSaved) = (68.2, 131.4, 0.64, 51_340)
        page.totals = totals
        return page
    }
}

/// Random numbers that are the same each time.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
