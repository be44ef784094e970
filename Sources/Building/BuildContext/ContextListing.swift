import Synchronization

/// What is left to be said about a context when all its files were listed or sent.
package struct ContextRemarks: Sendable, Hashable {
    /// Files that were left out, with the reason, and anything else that the user may not expect.
    package var notices: [ContextNotice] = []
    /// Files that look as if they should stay here.
    package var sensitive: [SensitiveFile] = []

    /// Nothing to be said.
    package init() {}
}

/// The files that would be sent, one batch after the other, and what is to be said about them.
package struct ContextListing: Sendable {
    private let selection: ContextSelection

    /// Prepares to list the files of a selection.
    package init(_ selection: ContextSelection) { self.selection = selection }

    /// Calls the closure with the files in the order of the walk, which goes on meanwhile on threads of its own.
    /// - Parameter body: Takes a batch of entries without attributes.
    package func forEachBatch(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        _ body: ([Entry]) throws(BuildContextError) -> Void
    ) throws(BuildContextError) -> ContextRemarks {
        var order = EntryOrder()
        var remarks = ContextRemarks()
        let options = FileInspector.Options(readsAttributes: false)
        let selection = selection
        try ParallelWalk<[WalkStep]>().run(
            { () throws(BuildContextError) in try selection.walk(options: options) },
            work: { chunk, give in
                var inspector = FileInspector(options)
                _ = give(inspector.steps(of: chunk))
            },
            { steps throws(BuildContextError) in
                if isCancelled() { throw .readingCancelled }
                var batch: [Entry] = []
                batch.reserveCapacity(steps.count)
                let failure = Self.take(steps, &order, &batch, &remarks)
                if !batch.isEmpty { try body(batch) }
                if let failure { throw failure }
            }
        )
        return remarks
    }

    /// Calls the closure with the files' lines in the order of the walk, which goes on meanwhile on threads of its own.
    /// - Parameters:
    ///   - format: Makes the lines; called on several threads.
    ///   - body: Takes some lines.
    package func forEachLines(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        _ format: @escaping LineFormat,
        _ body: ([UInt8]) throws(BuildContextError) -> Void
    ) throws(BuildContextError) -> ContextRemarks {
        var order = EntryOrder()
        var remarks = ContextRemarks()
        let options = FileInspector.Options(readsAttributes: false)
        let selection = selection
        try ParallelWalk<ListedStretch>().run(
            { () throws(BuildContextError) in try selection.walk(options: options) },
            work: { chunk, give in
                var inspector = FileInspector(options)
                _ = give(ListedStretch(chunk, &inspector, format))
            },
            { stretch throws(BuildContextError) in
                if isCancelled() { throw .readingCancelled }
                var lines: [UInt8] = []
                let failure = Self.take(stretch, &order, &lines, &remarks, format)
                if !lines.isEmpty { try body(lines) }
                if let failure { throw failure }
            }
        )
        return remarks
    }

    /// Puts the lines of a stretch together; returns the error if the listing can't go on.
    private static func take(
        _ stretch: ListedStretch,
        _ order: inout EntryOrder,
        _ lines: inout [UInt8],
        _ remarks: inout ContextRemarks,
        _ format: LineFormat
    ) -> BuildContextError? {
        lines.reserveCapacity(stretch.lines.count + 128 * stretch.items.count)
        var start = 0
        for item in stretch.items {
            switch item {
            case .lines(let end):
                for entry in order.flush() { add(entry, &lines, format) }
                stretch.lines.withUnsafeBytes {
                    lines.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[start..<end]))
                }
                start = end
            case .step(let step):
                var batch: [Entry] = []
                let failure = take([step], &order, &batch, &remarks)
                for entry in batch { add(entry, &lines, format) }
                if let failure { return failure }
            }
        }
        return nil
    }

    private static func add(_ entry: Entry, _ lines: inout [UInt8], _ format: LineFormat) {
        entry.path.withUnsafeBytes { path in
            let size = entry.mode.isRegular ? entry.size : 0
            format(ListedFile(mode: entry.mode, size: size, path: path, linkname: entry.linkname), &lines)
        }
    }

    /// Puts the entries of some steps into a batch; returns the error if the listing can't go on.
    private static func take(
        _ steps: [WalkStep],
        _ order: inout EntryOrder,
        _ batch: inout [Entry],
        _ remarks: inout ContextRemarks
    ) -> BuildContextError? {
        for step in steps {
            switch step {
            case .enter(let entry, let isIncluded): batch += order.enter(entry, isIncluded: isIncluded)
            case .leave: order.leave()
            case .file(var entry, let identity):
                if let identity { entry.linkname = order.firstPath(of: identity, entry.path) ?? [] }
                batch += order.flush()
                batch.append(entry)
            case .notice(let notice): remarks.notices.append(notice)
            case .sensitive(let file): remarks.sensitive.append(file)
            case .failure(let error): return error
            }
        }
        return nil
    }
}
