import CaissonBuildModel
import Testing

@testable import CaissonHistory

/// Filters against a filter that is written down as it is said.
@Suite struct HistoryFilterTests {
    private static let names = ["app", "app2", "web", "[x]", "db"]
    private static let images = [
        "app:1", "app:2", "docker.io/library/web:latest", "reg.example:5000/team/web:1", "docker.io/me/db:9",
        "web@sha256:"
            + String(repeating: "ab", count: 32), "Not A Name [x]",
    ]
    private static let patterns = [
        "app", "app:1", "app:*", "*web*", "web", "docker.io/web", "docker.io/library/web", "reg*", "me/db", "?pp",
        "*[x]",
        "w*b:l?test", "*", "", "none", "**b*",
    ]
    private static let words = [
        "APP", "exit code", "zürich", "ZÜRICH", "library", "nothing", "", "feed", "%", "_", "10",
    ]

    private static func record(_ numbers: inout SeededNumbers, _ place: Int) -> BuildDossier {
        var submission = BuildSubmission(
            BuildID(),
            numbers.one(BuildSubmission.Job.allCases),
            at: Timestamp(seconds: 1000 + Int64.random(in: 0..<100, using: &numbers), nanoseconds: Int32(place))
        )
        submission.name = numbers.one(names + [nil])
        submission.project = numbers.one(["p", "q", nil])
        submission.owner = numbers.one(["o", "Zürich", nil])
        submission.labels = numbers.one([[], ["l"], ["l", "m", "l"], ["m"]])
        submission.images = numbers.one([[], [numbers.one(images)], [numbers.one(images), numbers.one(images)]])
        submission.context = numbers.one(["/srv/Zürich", "/srv/100%", nil])
        if numbers.once(in: 2) { submission.membership = .init(of: numbers.one(batches), place: place, count: 9) }
        var dossier = BuildDossier(BuildRecord(submission))
        dossier.record.status = numbers.one(BuildStatus.allCases)
        if !numbers.once(in: 4) {
            dossier.record.started = Timestamp(
                seconds: 1000 + Int64.random(in: 0..<100, using: &numbers),
                nanoseconds: Int32(place)
            )
            dossier.record.duration = .milliseconds(Int.random(in: 0..<5000, using: &numbers))
        }
        if numbers.once(in: 3) {
            dossier.error = BuildError(.step, "Exit Code: \(Int.random(in: 0..<12, using: &numbers))")
        }
        if numbers.once(in: 3) {
            let name = numbers.one(images)
            dossier.record.images = [ImageArtifact(names: [name], digest: nil, id: nil, isPushed: false)]
        }
        return dossier
    }

    private static let batches = [BuildID(), BuildID()]

    private static func filter(_ numbers: inout SeededNumbers) -> HistoryFilter {
        var filter = HistoryFilter()
        filter.limit = numbers.one([0, 1, 7, 50, 1000])
        filter.offset = numbers.one([0, 0, 1, 20, 5000])
        for _ in 0..<Int.random(in: 0..<4, using: &numbers) {
            switch Int.random(in: 0..<11, using: &numbers) {
            case 0: filter.statuses = Set((0..<3).map { _ in numbers.one(BuildStatus.allCases) })
            case 1: filter.image = numbers.one(patterns)
            case 2: filter.project = numbers.one(["p", "q", "none"])
            case 3: filter.owner = numbers.one(["o", "Zürich", "zürich"])
            case 4: filter.label = numbers.one(["l", "m", "none"])
            case 5:
                filter.since = Timestamp(seconds: 1000 + Int64.random(in: 0..<100, using: &numbers), nanoseconds: 40)
            case 6:
                filter.until = Timestamp(seconds: 1000 + Int64.random(in: 0..<100, using: &numbers), nanoseconds: 40)
            case 7: filter.longerThan = .milliseconds(Int.random(in: 0..<5000, using: &numbers))
            case 8: filter.text = numbers.one(words)
            case 9: filter.job = numbers.one(BuildSubmission.Job.allCases)
            default: filter.batch = numbers.one(batches)
            }
        }
        return filter
    }

    // MARK: The filter as it is said

    private static func accepts(_ filter: HistoryFilter, _ dossier: BuildDossier) -> Bool {
        let record = dossier.record
        let time = record.started ?? record.submission.time
        if !filter.statuses.isEmpty, !filter.statuses.contains(record.status) { return false }
        if let project = filter.project, record.submission.project != project { return false }
        if let owner = filter.owner, record.submission.owner != owner { return false }
        if let label = filter.label, !record.submission.labels.contains(label) { return false }
        if let since = filter.since, time < since { return false }
        if let until = filter.until, !(time < until) { return false }
        if let job = filter.job, record.submission.job != job { return false }
        if let batch = filter.batch, record.submission.membership?.id != batch { return false }
        if let span = filter.longerThan, !((record.duration ?? .seconds(-1)) > span) { return false }
        return acceptsWords(filter, dossier)
    }

    private static func acceptsWords(_ filter: HistoryFilter, _ dossier: BuildDossier) -> Bool {
        let submission = dossier.record.submission
        let images = submission.images + dossier.record.images.flatMap(\.names)
        if let pattern = filter.image {
            guard images.contains(where: { names(of: $0).contains { matches(plain(pattern), $0) } }) else {
                return false
            }
        }
        guard let text = filter.text?.lowercased(), !text.isEmpty else { return true }
        let texts =
            images
            + [submission.name, submission.project, submission.context, dossier.error?.message].compactMap(\.self)
        return texts.contains { $0.lowercased().contains(text) }
    }

    private static func plain(_ name: String) -> String {
        var name = name
        for prefix in ["docker.io/", "library/"] where name.hasPrefix(prefix) {
            name = String(name.dropFirst(prefix.count))
        }
        return name
    }

    /// A name as people write it, and that without tag and digest.
    private static func names(of image: String) -> [String] {
        guard !image.contains(" ") else { return [image] }
        let name = plain(image)
        let full =
            name.contains("@") || name.split(separator: "/").last?.contains(":") == true ? name : name + ":latest"
        let path = full.split(separator: "@")[0]
        let last = path.split(separator: "/").last ?? ""
        return [full, last.contains(":") ? String(path[..<(path.lastIndex(of: ":") ?? path.endIndex)]) : String(path)]
    }

    /// Whether a pattern stands for a name: the places in it that each character of the pattern can lead to.
    private static func matches(_ pattern: String, _ name: String) -> Bool {
        let name = Array(name)
        var places: Set<Int> = [0]
        for character in pattern {
            if character == "*" {
                places = Set((places.min() ?? name.count + 1)..<max(name.count + 1, places.min() ?? 0))
            } else {
                let next = places.filter { $0 < name.count && (character == "?" || character == name[$0]) }
                places = Set(next.map { $0 + 1 })
            }
            if places.isEmpty { return false }
        }
        return places.contains(name.count)
    }

    private static func expected(_ filter: HistoryFilter, _ dossiers: [BuildDossier]) -> [BuildID] {
        let found = dossiers.filter { accepts(filter, $0) }.map(\.record).sorted {
            ($0.started ?? $0.submission.time) > ($1.started ?? $1.submission.time)
        }
        let rest = found.dropFirst(filter.offset).map(\.id)
        return filter.limit == 0 ? Array(rest) : Array(rest.prefix(filter.limit))
    }

    // MARK: Tests

    @Test(arguments: [UInt64.random(in: 0 ... .max), 1])
    func `every filter finds what it says, in the database and out of it`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        let folder = try StoreFolder()
        let dossiers = (0..<100).map { Self.record(&numbers, $0) }
        try folder.insert(dossiers)
        let store = try folder.openToRead()
        var found = 0
        for _ in 0..<150 {
            let filter = Self.filter(&numbers)
            let expected = Self.expected(filter, dossiers)
            #expect(try store.list(filter).map(\.id) == expected, "seed \(seed): \(filter)")
            var unbounded = filter
            (unbounded.limit, unbounded.offset) = (0, 0)
            let accepted = Set(dossiers.filter(filter.accepts).map(\.record.id))
            #expect(accepted == Set(Self.expected(unbounded, dossiers)), "seed \(seed): \(filter)")
            found += expected.count
        }
        #expect(found > 200)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 3])
    func `builds of journals and of the database are one list`(seed: UInt64) async throws {
        var numbers = SeededNumbers(seed)
        let folder = try StoreFolder()
        let all = (0..<60).map { Self.record(&numbers, $0).record.submission }
        for (place, submission) in all.enumerated() {
            // Some are taken in, the others stay; their times are mixed.
            try folder.leave(submission, [], numbers.one([.well, .cancelled, nil]))
            if place == 30 { _ = try await folder.open() }
        }
        let mixed = try folder.openToRead()
        let filters = (0..<80).map { _ in Self.filter(&numbers) }
        let before = try filters.map { try mixed.list($0).map(\.id) }
        #expect(folder.files(folder.place.journals).count == 29)
        let whole = try await folder.open()
        #expect(folder.files(folder.place.journals) == [])
        for (filter, ids) in zip(filters, before) {
            #expect(try whole.list(filter).map(\.id) == ids, "seed \(seed): \(filter)")
        }
    }

    @Test func `of one time the last remembered is first, also where the clock went backwards`() throws {
        let folder = try StoreFolder()
        let builds = [5, 5, 3, 5, 4].map { BuildDossier.ended(.named(at: $0)) }
        for build in builds { try folder.insert([build]) }
        let order = [3, 1, 0, 4, 2].map { builds[$0].record.id }
        #expect(try folder.openToRead().list(HistoryFilter()).map(\.id) == order)
    }
}
