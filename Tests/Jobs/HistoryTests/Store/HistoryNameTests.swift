import CaissonBuildModel
import Testing

@testable import CaissonHistory

/// How people name builds, and what builds have in common.
@Suite struct HistoryNameTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    private func build(_ id: String, _ name: String?, at seconds: Int64) throws -> BuildDossier {
        let id = try #require(BuildID(id + String(repeating: "0", count: 25 - id.count)))
        var submission = BuildSubmission(id, .build, at: Timestamp(seconds: seconds))
        submission.name = name
        return .ended(submission)
    }

    private func error(_ store: HistoryStore, _ text: String) -> HistoryError? {
        do throws(HistoryError) {
            _ = try store.id(of: text)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a build is named by the beginning of its id, its target, or its age`() throws {
        let builds = [
            try build("abc1", "web", at: 1), try build("abc2", "app", at: 2), try build("abd", "app", at: 3),
            try build("x", nil, at: 4), try build("webx", nil, at: 5),
        ]
        try folder.insert(Array(builds.dropLast()))
        // One of them isn't in the database.
        try folder.leave(builds[4].record.submission, [], .well)
        let store = try folder.openToRead()
        let ids = builds.map(\.record.id)
        for (text, index) in [
            ("abc1", 0), ("abd", 2), ("x", 3), ("app", 2), ("web", 0), ("webx", 4), ("latest", 4), ("^0", 4), ("^1", 3),
            ("^4", 0), (ids[1].description, 1), (ids[4].description, 4),
        ] {
            #expect(try store.id(of: text) == ids[index], "\(text)")
        }
        for text in ["", "^5", "^", "^-1", "^x", "abe", "ABC1", "a'b", "{", BuildID().description, "%", "é"] {
            #expect(error(store, text)?.code == .notFound, "\(text)")
        }
        #expect(error(store, "ab")?.code == .ambiguous)
        #expect(error(store, "ab")?.message.contains(ids[2].description) == true)
    }

    @Test func `an error lists five of the builds that a beginning could mean`() throws {
        try folder.insert((0..<9).map { try build("ab\($0)", nil, at: Int64($0)) })
        let message = error(try folder.openToRead(), "ab")?.message ?? ""
        #expect(message.contains("ab4000") && message.contains("…") && !message.contains("ab5000"))
    }

    @Test func `completions are the newest ids of a beginning with what they are of`() throws {
        try folder.insert((0..<60).map { try build($0 < 10 ? "ab\($0)" : "x\($0)", "app", at: Int64($0)) })
        let store = try folder.openToRead()
        #expect(store.completions(prefix: "ab").map(\.id.description.first) == Array(repeating: "a", count: 10))
        #expect(store.completions(prefix: "ab9").map(\.description) == ["app, succeeded"])
        #expect(store.completions(prefix: "").count == 50)
        #expect(store.completions(prefix: "'").isEmpty)
    }

    // MARK: Batches

    private func member(of batch: BuildID, _ place: Int, at seconds: Int64, in directory: String = "/a") -> BuildDossier
    {
        var submission = BuildSubmission(BuildID(), .batch, at: Timestamp(seconds: seconds))
        submission.membership = .init(of: batch, place: place, count: 3)
        submission.invocation = .init(["batch"], in: directory)
        return .ended(submission)
    }

    @Test func `the builds of a batch come in its order, and the last batch is that of the directory`() throws {
        let (first, second, third) = (BuildID(), BuildID(), BuildID())
        let builds = [
            member(of: first, 2, at: 1), member(of: first, 0, at: 3), member(of: first, 1, at: 2),
            member(of: second, 0, at: 9, in: "/b"),
        ]
        try folder.insert(builds)
        let live = member(of: third, 0, at: 5)
        try folder.leave(live.record.submission, [], .well)
        let store = try folder.openToRead()
        #expect(try store.members(of: first).map(\.id) == [1, 2, 0].map { builds[$0].record.id })
        #expect(try store.members(of: third).map(\.id) == [live.record.id])
        #expect(try store.members(of: BuildID()) == [])
        #expect(try store.latestBatch(directory: nil) == second)
        #expect(try store.latestBatch(directory: "/a") == third)
        #expect(try store.latestBatch(directory: "/c") == nil)
        #expect(try store.batch(beginning: String(third.description.prefix(20))) == third)
        #expect(try store.batch(beginning: first.description) == first)
        for text in ["", "A", "'", "{"] { #expect(try store.batch(beginning: text) == nil) }
    }

    @Test func `a median is that of the last builds that succeeded`() throws {
        func build(
            _ name: String,
            _ seconds: Int,
            _ status: BuildStatus = .succeeded,
            _ project: String? = nil,
            at: Int64
        ) -> BuildDossier {
            var dossier = BuildDossier.ended(.named(name, at: at), status)
            dossier.record.submission.project = project
            dossier.record.duration = .seconds(seconds)
            return dossier
        }
        try folder.insert([
            build("app", 1000, at: 1), build("app", 10, at: 2), build("app", 30, .succeeded, "p", at: 3),
            build("app", 20, at: 4), build("app", 1, .failed, at: 5), build("web", 5, at: 6),
            build("db", 5, .failed, at: 7),
        ])
        let store = try folder.openToRead()
        let names = ["app", "web", "db", "none"]
        #expect(store.medians(names: names, project: nil, limit: 3) == ["app": .seconds(20), "web": .seconds(5)])
        #expect(store.medians(names: names, project: nil, limit: 2) == ["app": .seconds(25), "web": .seconds(5)])
        #expect(store.medians(names: names, project: "p", limit: 3) == ["app": .seconds(30)])
        #expect(store.medians(names: names, project: nil, limit: 0) == [:])
    }
}
