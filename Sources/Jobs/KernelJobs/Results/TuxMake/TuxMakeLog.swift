import CaissonText

/// Puts together `build.log`, and `build-debug.log`, which has the time since the beginning before each line.
///
/// The first line is the command that builds the same, the second names the compiler; then each command stands before what
/// it said. All lines end with a line feed, whatever ended them.
package struct TuxMakeLog: Sendable {
    /// What comes next in both files.
    package struct Pieces: Sendable, Hashable {
        /// What comes next in `build.log`.
        package var log: [UInt8] = []
        /// What comes next in `build-debug.log`.
        package var debug: [UInt8] = []
    }

    private var counter = KernelLogCounter()
    private var isInLine = false
    private var isBehindReturn = false

    /// Begins a log.
    package init() {}

    /// The errors and warnings so far.
    package var counts: KernelLogCounts { counter.counts }

    /// The lines before those of the first step.
    ///
    /// - Parameters:
    ///   - settings: What the build was asked for.
    ///   - compiler: The first line of the compiler's `--version`.
    ///   - elapsed: The seconds since the beginning.
    package mutating func begin(_ settings: KernelBuildSettings, compiler: String?, elapsed: Int) -> Pieces {
        let first = command(settings.reproducer, elapsed: elapsed)
        guard let compiler else { return first }
        let second = line("# compiler: \(compiler)", elapsed: elapsed)
        return Pieces(log: first.log + second.log, debug: first.debug + second.debug)
    }

    /// The line of a command that is run.
    package mutating func command(_ words: [String], elapsed: Int) -> Pieces {
        line(ShellWords.line(words), elapsed: elapsed)
    }

    /// A line of our own.
    package mutating func line(_ text: String, elapsed: Int) -> Pieces {
        var pieces = end()
        take(Array(text.utf8) + [0x0A], elapsed, &pieces)
        return pieces
    }

    /// What a command said, in pieces of any sizes.
    package mutating func output(_ bytes: [UInt8], elapsed: Int) -> Pieces {
        var pieces = Pieces()
        take(bytes, elapsed, &pieces)
        return pieces
    }

    /// Ends the last line where it didn't end.
    package mutating func end() -> Pieces {
        isBehindReturn = false
        guard isInLine else { return Pieces() }
        isInLine = false
        counter.endLine()
        return Pieces(log: [0x0A], debug: [0x0A])
    }

    private mutating func take(_ bytes: [UInt8], _ elapsed: Int, _ pieces: inout Pieces) {
        let time = Self.time(elapsed)
        pieces.log.reserveCapacity(bytes.count)
        pieces.debug.reserveCapacity(bytes.count)
        for byte in bytes {
            let isSecondEnd = isBehindReturn && byte == 0x0A
            isBehindReturn = byte == 0x0D
            guard !isSecondEnd else { continue }
            if !isInLine { pieces.debug += time }
            let byte = byte == 0x0D ? 0x0A : byte
            pieces.log.append(byte)
            pieces.debug.append(byte)
            isInLine = byte != 0x0A
        }
        counter.add(bytes)
    }

    /// The time as `hh:mm:ss` with a blank behind it; whole days are left out.
    private static func time(_ elapsed: Int) -> [UInt8] {
        let seconds = max(0, elapsed) % 86_400
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60]
        let digits = parts.map { [UInt8($0 / 10) + 0x30, UInt8($0 % 10) + 0x30] }
        return Array(digits.joined(separator: [UInt8(ascii: ":")])) + [0x20]
    }
}
