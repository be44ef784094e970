import Testing

@testable import CaissonBuildKit

@Suite(.timeLimit(.minutes(1))) struct SignalTests {
    @Test func `the queue gives all that waits and then waits for more`() async {
        let queue = RequestQueue()
        #expect(queue.append(1) == 1)
        #expect(queue.append(2) == 2)
        #expect(await queue.take() == [1, 2])
        async let next = queue.take()
        try? await Task.sleep(for: .milliseconds(20))
        queue.append(3)
        #expect(await next == [3])
    }

    @Test func `the queue ends once it is empty`() async {
        let queue = RequestQueue()
        queue.append(1)
        queue.finish()
        #expect(await queue.take() == [1])
        #expect(await queue.take() == [])
    }

    @Test func `a cancelled taker of the queue gets nothing`() async {
        let queue = RequestQueue()
        await withTaskGroup(of: [UInt32].self) { group in
            group.addTask { await queue.take() }
            try? await Task.sleep(for: .milliseconds(20))
            group.cancelAll()
            #expect(await group.next() == [])
        }
    }

    @Test func `a thousand ids from one task reach another in order`() async {
        let queue = RequestQueue()
        async let taken = {
            var all: [UInt32] = []
            while case let ids = await queue.take(), !ids.isEmpty { all += ids }
            return all
        }()
        for id in 0..<1000 { queue.append(UInt32(id)) }
        queue.finish()
        #expect(await taken == Array(0..<1000))
    }

    @Test func `a signal that was fired lets everyone through at once`() async {
        let signal = CancelSignal()
        signal.fire()
        await signal.wait()
        #expect(signal.isFired)
    }

    @Test func `a signal wakes who waits`() async {
        let signal = CancelSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await signal.wait() }
            try? await Task.sleep(for: .milliseconds(20))
            signal.fire()
            await group.waitForAll()
        }
    }

    @Test func `a cancelled waiter goes on without a signal`() async {
        let signal = CancelSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await signal.wait() }
            group.cancelAll()
            await group.waitForAll()
        }
        #expect(!signal.isFired)
    }
}
