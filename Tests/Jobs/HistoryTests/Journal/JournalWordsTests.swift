import CaissonBuildModel
import CaissonSystem
import Testing

@testable import CaissonHistory

/// What a journal keeps of what people are told, and what it doesn't.
@Suite struct JournalWordsTests {
    @Test func `why a queued build waits is its reason until it begins`() async throws {
        let folder = try JournalFolder()
        let journal = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        let recorder = journal.recorder(of: submission)
        func record() async throws -> BuildRecord {
            await journal.finish(within: .seconds(60))
            return try snapshot(folder.place, submission.id).record
        }
        recorder.note("look at this")
        #expect(try await record().reason == nil)
        recorder.note("it waits for a place", isWait: true)
        recorder.note("look at that")
        #expect(try await record().reason == "it waits for a place")
        recorder.note("it waits for memory", isWait: true)
        #expect(try await record().reason == "it waits for memory")
        recorder.changeStatus(.running)
        #expect(try await record().reason == nil)
        recorder.note("too late", isWait: true)
        #expect(try await record().reason == nil)
        recorder.end(.failed, reason: "it broke")
        #expect(try await record().reason == "it broke")
        let remarks = try snapshot(folder.place, submission.id).remarks.map(\.text)
        #expect(
            remarks == ["look at this", "it waits for a place", "look at that", "it waits for memory", "too late"]
        )
    }

    @Test func `a build that is cancelled while it waits has no reason of waiting`() {
        var builder = DossierBuilder(.plain())
        builder.add(.waiting("for a place"))
        #expect(builder.dossier.record.reason == "for a place")
        builder.add(.end(JournalEnd(.cancelled, at: Timestamp(seconds: 1))))
        #expect(builder.dossier.record.reason == nil)
    }

    @Test func `values of arguments that an exporter answers with aren't in a journal`() async throws {
        let folder = try JournalFolder()
        let journal = HistoryJournal(folder.place, notice: { _ in })
        let submission = BuildSubmission.plain()
        let recorder = journal.recorder(of: submission)
        var result = BuildResult(ref: "r")
        result.exporterResponse = [
            "buildx.build.provenance": "aHVudGVyMg==", "buildx.build.ref": "default/hunter2",
            "containerimage.buildinfo/linux/amd64": "hunter2", "containerimage.digest": "sha256:d",
            "image.name": "docker.io/library/app:1", "other": "hunter2",
        ]
        recorder.receive(submission.event(.finished(.succeeded(result))))
        await journal.finish(within: .seconds(60))
        let text = String(decoding: try folder.journal(of: submission.id), as: UTF8.self)
        #expect(!text.contains("hunter2") && !text.contains("aHVudGVyMg"))
        let kept = try folder.entries(of: submission.id).compactMap { entry -> BuildResult? in
            guard case .event(let event) = entry, case .finished(.succeeded(let told)) = event.kind else { return nil }
            return told
        }
        #expect(
            kept.first?.exporterResponse
                == ["containerimage.digest": "sha256:d", "image.name": "docker.io/library/app:1"]
        )
    }

    @Test func `of very many remarks the first and the last are kept`() {
        var builder = DossierBuilder(.plain())
        for number in 0..<12_345 { builder.add(.remark(BuildRemark(Timestamp(seconds: Int64(number)), "\(number)"))) }
        let remarks = builder.dossier.remarks
        #expect(remarks.count == 10_001)
        #expect(remarks[4999].text == "4999")
        #expect(remarks[5000].text == "2345 remarks are left out here")
        #expect(remarks[5001].text == "7345")
        #expect(remarks.last?.text == "12344")
        var few = DossierBuilder(.plain())
        for number in 0..<10_000 { few.add(.remark(BuildRemark(Timestamp(seconds: 0), "\(number)"))) }
        #expect(few.dossier.remarks.map(\.text) == (0..<10_000).map { "\($0)" })
    }
}
