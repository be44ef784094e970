import CaissonText

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
/// A carriage return ends a line as well, as it does for TuxMake.
package struct KernelLogCounter: Sendable {
    /// What there is so far, the last line left out until it ends.
    package private(set) var counts = KernelLogCounts()
    /// The line as far as it is known, in lower case.
    private var line: [UInt8] = []
    private var isError = false
    private var isWarning = false

    /// How much of a line is kept before it is looked at.
    private static let longest = 16 << 10
    private static let warning = Array("warning:".utf8)
    private static let errors = [
        "error:", "compiler lacks", "no configuration exists", "not found", "no such file or directory",
        "no rule to make target", "failed to merge target specific data of file", "undefined reference to",
    ].map { Array($0.utf8) }
    /// As much of a line as may be the beginning of a mark.
    private static let overlap = errors.map(\.count).max() ?? 0

    /// Begins with nothing.
    package init() {}

    /// Takes the next bytes.
    package mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if byte == 0x0A || byte == 0x0D {
                endLine()
            } else {
                line.append(byte.isUppercase ? byte | 0x20 : byte)
                if line.count >= Self.longest { cutLine() }
            }
        }
    }

    /// Ends the last line.
    package mutating func endLine() {
        look()
        counts.errors += isError ? 1 : 0
        counts.warnings += isWarning ? 1 : 0
        (isError, isWarning) = (false, false)
        line.removeAll(keepingCapacity: true)
    }

    private mutating func cutLine() {
        look()
        line.removeFirst(line.count - Self.overlap)
    }

    private mutating func look() {
        guard !line.isEmpty else { return }
        isError = isError || Self.errors.contains { line.contains($0) }
        isWarning = isWarning || line.contains(Self.warning)
    }
}
