import Glibc
import Synchronization

/// Walks with several threads: one goes through the directories, and the others each look at the files of a stretch.
///
///     walk ──▶ stretches ──▶ workers ──▶ findings, stretch by stretch ──▶ body
///
/// What they find comes out in the order of the walk. What waits between two of them is bounded, so that a slow one
/// holds the others back.
struct ParallelWalk<Finding: Sendable>: Sendable {
    /// A stretch of the walk, and what is found in it.
    private final class Stretch: Sendable {
        let chunk: WalkChunk
        let findings = HandOff<Finding>(capacity: 2)

        init(_ chunk: WalkChunk) { self.chunk = chunk }

        /// Gives all findings to the body; when the body throws, the worker learns that nobody wants more.
        func takeAll(_ body: (Finding) throws(BuildContextError) -> Void) throws(BuildContextError) {
            defer { findings.finish() }
            while let finding = findings.take() { try body(finding) }
        }
    }

    /// Looks at a stretch, and gives what it finds; it must return when `give` says that nobody wants more.
    typealias Work = @Sendable (_ chunk: WalkChunk, _ give: (Finding) -> Bool) -> Void

    private let workers: Int
    private let stretches: HandOff<Stretch>
    private let waiting: HandOff<Stretch>

    /// Prepares a walk with as many workers as there are processors: at least two and at most four.
    init() {
        workers = min(max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))), 4)
        stretches = HandOff(capacity: workers + 2)
        waiting = HandOff(capacity: workers + 3)
    }

    /// Walks to the end, or until something throws.
    /// - Parameters:
    ///   - walk: Makes the walk, on its thread.
    ///   - work: Looks at a stretch, on any of several threads.
    ///   - body: Takes what was found, in order, on this thread.
    func run(
        _ walk: @escaping @Sendable () throws(BuildContextError) -> ContextWalk,
        work: @escaping Work,
        _ body: (Finding) throws(BuildContextError) -> Void
    ) throws(BuildContextError) {
        try withThreads(1, { self.walk(walk) }) { () throws(BuildContextError) in
            defer { abandon() }
            try withThreads(workers, { look(work) }) { () throws(BuildContextError) in
                defer { abandon() }
                while let stretch = stretches.take() { try stretch.takeAll(body) }
            }
        }
    }

    private func walk(_ make: () throws(BuildContextError) -> ContextWalk) {
        var chunk = WalkChunk()
        do throws(BuildContextError) {
            let walk = try make()
            while let next = walk.nextChunk() {
                guard give(next) else { return }
            }
        } catch {
            chunk.failure = error
            _ = give(chunk)
        }
        stretches.finish()
        waiting.finish()
    }

    private func give(_ chunk: WalkChunk) -> Bool {
        let stretch = Stretch(chunk)
        return stretches.give(stretch) && waiting.give(stretch)
    }

    private func look(_ work: Work) {
        while let stretch = waiting.take() {
            work(stretch.chunk) { stretch.findings.give($0) }
            stretch.findings.finish()
        }
    }

    /// Lets every thread come to its end.
    private func abandon() {
        stretches.finish()
        waiting.finish()
        while let stretch = stretches.take() { stretch.findings.finish() }
    }
}
