import CaissonBuildModel
import Glibc
import Testing

@testable import CaissonHistory

@Suite struct JournalCostTests {
    /// The processor time of this process, all threads together, in microseconds.
    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    /// The events of a build of ten steps that are all cached, as dockerd tells them.
    private static func events(of submission: BuildSubmission) -> [BuildEvent] {
        let digests = (0..<10).map {
            "sha256:" + String(repeating: "0123456789abcdef", count: 3) + "0123456789abcde\($0)"
        }
        var events = [submission.event(.started(BuildStart(engine: "default")))]
        events.append(
            submission.event(.attempt(BuildAttempt(on: "dockerd 26.1.5 at unix:///run/docker.sock", limit: 3)))
        )
        for (place, digest) in digests.enumerated() {
            let inputs = place > 0 ? [digests[place - 1]] : []
            var vertex = Vertex(digest: digest, inputs: inputs, name: "[\(place + 1)/10] RUN make part-\(place)")
            events.append(submission.event(.status(SolveStatus(vertexes: [vertex]))))
            vertex.started = .now
            events.append(submission.event(.status(SolveStatus(vertexes: [vertex]))))
            let counter = VertexStatus(id: "transferring", vertex: digest, current: 10, total: 20, timestamp: .now)
            events.append(submission.event(.status(SolveStatus(statuses: [counter]))))
            events.append(submission.event(.status(SolveStatus(statuses: [counter]))))
            vertex.isCached = true
            vertex.completed = .now
            events.append(submission.event(.status(SolveStatus(vertexes: [vertex]))))
        }
        let image = ImageArtifact(names: ["app:1"], digest: digests[0], id: digests[1], isPushed: false)
        events.append(submission.event(.artifact(.image(image))))
        events.append(submission.event(.finished(.succeeded(BuildResult(ref: submission.id.description)))))
        return events
    }

    @Test func `The cost of a cached build is printed`() async throws {
        let folder = try JournalFolder()
        let history = HistoryJournal(folder.place, notice: { _ in })
        var costs: [(processor: Double, wait: Double)] = []
        var size = 0
        for _ in 0..<200 {
            let submission = BuildSubmission.plain()
            let events = Self.events(of: submission)
            let start = Self.processorTime
            let recorder = history.recorder(of: submission)
            for event in events { recorder.receive(event) }
            let end = ContinuousClock.now
            await history.finish(within: .seconds(60))
            let wait = (ContinuousClock.now - end) / .microseconds(1)
            costs.append((Self.processorTime - start, wait))
            size = try folder.journal(of: submission.id).count
        }
        let processor = costs.map(\.processor).sorted()
        let wait = costs.map(\.wait).sorted()
        print("journal of a cached build: \(size) bytes in \(Self.events(of: .plain()).count) events")
        print("  first: \(Int(costs[0].processor)) µs of processor, \(Int(costs[0].wait)) µs of waiting")
        print("  median: \(Int(processor[100])) µs of processor, \(Int(wait[100])) µs of waiting")
        print("  95 %: \(Int(processor[190])) µs of processor, \(Int(wait[190])) µs of waiting")
        #expect(size > 1000 && size < 20_000)
    }
}
