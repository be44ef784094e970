import CaissonBuildModel
import Synchronization
import Testing

@testable import CaissonTasks

/// A task has one place of the machine, for which its first step waits.
@Suite struct TaskPlaceTests {
    /// A door that opens once.
    private final class Door: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() { (stream, continuation) = AsyncStream.makeStream() }

        func open() { continuation.finish() }

        func pass() async { for await _ in stream {} }
    }

    /// What steps were told, and how often the machine was asked.
    private final class Seen: Sendable {
        let told = Mutex<[String]>([])
        let asked = Mutex(0)
        let left = Mutex(0)
    }

    @Test func `steps side by side ask once, hear why they wait, and begin together`() async throws {
        let (place, seen, door, waits) = (TaskPlace(), Seen(), Door(), Door())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<5 {
                group.addTask {
                    try await place.enter { reason in
                        let count = seen.told.withLock { told in
                            told.append("\(number) \(reason)")
                            return told.count
                        }
                        if count == 5 { waits.open() }
                    } ask: { tell in
                        seen.asked.withLock { $0 += 1 }
                        tell("one is before it")
                        await door.pass()
                        return { seen.left.withLock { $0 += 1 } }
                    }
                }
            }
            await waits.pass()
            #expect(place.begin == nil && seen.asked.withLock { $0 } == 1)
            door.open()
            try await group.waitForAll()
        }
        #expect(place.begin != nil && seen.asked.withLock { $0 } == 1)
        #expect(seen.told.withLock { Set($0) } == Set((0..<5).map { "\($0) one is before it" }))
        try await place.enter { _ in
        } ask: { _ in
            seen.asked.withLock { $0 += 1 }
            return {}
        }
        place.leave()
        place.leave()
        #expect(seen.asked.withLock { $0 } == 1 && seen.left.withLock { $0 } == 1)
    }

    @Test func `when the step that asks is stopped, another one asks`() async throws {
        let (place, asking, over) = (TaskPlace(), Door(), Door())
        let seen = Seen()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { inner in
                    inner.addTask {
                        try? await place.enter { _ in
                        } ask: { _ in
                            asking.open()
                            try await Task.sleep(for: .seconds(1000))
                            return {}
                        }
                    }
                    await over.pass()
                    inner.cancelAll()
                }
            }
            await asking.pass()
            group.addTask {
                try await place.enter { _ in
                } ask: { _ in
                    seen.asked.withLock { $0 += 1 }
                    return {}
                }
            }
            group.addTask { await place.begun() }
            over.open()
            try await group.waitForAll()
        }
        #expect(place.begin != nil && seen.asked.withLock { $0 } == 1)
    }

    @Test func `who waits for the place and is stopped waits no longer`() async {
        let place = TaskPlace()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await place.begun() }
            group.cancelAll()
        }
        #expect(place.begin == nil)
        await #expect(throws: BuildError.self) {
            try await place.enter { _ in
            } ask: { _ in
                throw BuildError(.usage, "too large")
            }
        }
        #expect(place.begin == nil)
    }
}
