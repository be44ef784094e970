import CaissonContainerJobs

/// How many lines of a build's log TuxMake takes for errors and for warnings.
package struct KernelLogCounts: Sendable, Hashable {
    /// The errors.
    package var errors = 0
    /// The warnings.
    package var warnings = 0

    /// Makes counts of nothing.
    package init() {}
}

/// Counts the errors and warnings of a log that comes in pieces of any sizes; a line may be of any length.
///
/// What counts, and what ends a line, is said at `LogScanner`.
package struct KernelLogCounter: Sendable {
    private var scanner = LogScanner()

    /// Begins with nothing.
    package init() {}

    /// What there is so far, the last line left out until it ends.
    package var counts: KernelLogCounts {
        var counts = KernelLogCounts()
        (counts.errors, counts.warnings) = (scanner.findings.errors, scanner.findings.warnings)
        return counts
    }

    /// Takes the next bytes.
    package mutating func add(_ bytes: some Sequence<UInt8>) {
        let isRead: Void? = bytes.withContiguousStorageIfAvailable { scanner.read(UnsafeRawBufferPointer($0)) }
        if isRead == nil { Array(bytes).withUnsafeBytes { scanner.read($0) } }
    }

    /// Ends the last line.
    package mutating func endLine() { scanner.endLine() }
}
