import Synchronization

/// What is left to be said of a context when all its files were listed or sent.
package struct ContextRemarks: Sendable, Hashable {
    /// Files that were left out, and why, and what else is not as one might think.
    package var notices: [ContextNotice] = []
    /// Files that look as if they should stay here.
    package var sensitive: [SensitiveFile] = []

    /// Nothing to be said.
    package init() {}
}

/// The files that would be sent, one batch after the other, and what is to be said about them.
package struct ContextListing: Sendable {
    private struct End: Sendable {
        var failure: BuildContextError?
        var remarks = ContextRemarks()
    }

    /// How many files are handed over at once, and how many such batches there may be.
    private static let batchSize = 256
    private static let readAhead = 4

    private let selection: ContextSelection

    /// Prepares to list what a selection has.
    package init(_ selection: ContextSelection) { self.selection = selection }

    /// Calls with the files in the order of the walk, which goes on meanwhile on a thread of its own.
    /// - Parameter body: Takes a batch of entries without attributes; false to hear of no more.
    package func forEachBatch(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        _ body: ([Entry]) throws(BuildContextError) -> Void
    ) throws(BuildContextError) -> ContextRemarks {
        let handOff = HandOff<[Entry]>(capacity: Self.readAhead)
        let ending = Mutex(End())
        try withThread({
            let end = walk(to: handOff, isCancelled)
            ending.withLock { $0 = end }
            handOff.finish()
        }) { () throws(BuildContextError) in
            defer { handOff.finish() }
            while let batch = handOff.take() { try body(batch) }
        }
        let end = ending.withLock { $0 }
        if let failure = end.failure { throw failure }
        return end.remarks
    }

    private func walk(to handOff: HandOff<[Entry]>, _ isCancelled: () -> Bool) -> End {
        var end = End()
        do throws(BuildContextError) {
            let walk = try selection.walk()
            walk.readsAttributes = false
            defer { end.remarks.notices = walk.notices }
            var batch: [Entry] = []
            batch.reserveCapacity(Self.batchSize)
            while let entry = try walk.next() {
                if isCancelled() { throw .readingCancelled }
                if let found = SensitiveFile.inspect(entry, in: walk) { end.remarks.sensitive.append(found) }
                batch.append(entry)
                guard batch.count == Self.batchSize else { continue }
                guard handOff.give(batch) else { return end }
                batch.removeAll(keepingCapacity: true)
            }
            _ = handOff.give(batch)
        } catch {
            end.failure = error
        }
        return end
    }
}
