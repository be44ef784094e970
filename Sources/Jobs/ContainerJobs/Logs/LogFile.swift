package import CaissonSystem
import CaissonText
import Glibc

/// A log that is a file, read in pieces, as it may be large.
package enum LogFile {
    private static let piece = 256 << 10
    /// Of the end, or around a place, so many bytes are looked at.
    private static let window = 64 << 10

    /// Reads a log, and counts what it tells.
    ///
    /// - Throws: Why it can't be read.
    package static func findings(_ path: String) throws(Errno) -> LogFindings {
        var scanner = LogScanner()
        try read(path) { bytes throws(Errno) in scanner.read(bytes) }
        return scanner.finish()
    }

    /// Calls with all bytes of a file, piece by piece.
    ///
    /// - Throws: Why it can't be read, and what `body` throws.
    package static func read(
        _ path: String,
        _ body: (UnsafeRawBufferPointer) throws(Errno) -> Void
    ) throws(Errno) {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: piece)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .last
            }
            let result: Result<Void, Errno> = buffer.withUnsafeBytes { bytes in
                do throws(Errno) {
                    try body(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
        }
    }

    /// The last lines of a file.
    package static func tail(_ path: String, lines: Int) -> [String] {
        guard let descriptor = try? open(path) else { return [] }
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let start = max(0, size - window)
        let text = part(descriptor, from: start, count: window)
        let all = Self.lines(of: text[...])
        // The first line isn't whole where the file is longer, but may be all that there is.
        return all.dropFirst(start > 0 && all.count > 1 ? 1 : 0).suffix(lines).map { LogText.line($0) }
    }

    /// The line that begins at a place of a file, with lines before and behind it.
    package static func context(_ path: String, at place: Int, before: Int, behind: Int) -> [String] {
        guard place >= 0, let descriptor = try? open(path) else { return [] }
        defer { close(descriptor) }
        let start = max(0, place - window / 2)
        let text = part(descriptor, from: start, count: window)
        let middle = min(place - start, text.count)
        let earlier = Self.lines(of: text[..<middle]).dropFirst(start > 0 ? 1 : 0)
        let later = Self.lines(of: text[middle...]).prefix(behind + 1)
        return (earlier.suffix(before) + later).map { LogText.line($0) }
    }

    /// The lines of a text, without their ends: a line feed, a carriage return, or both.
    static func lines(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = text
        while !rest.isEmpty {
            let line = rest[..<(rest.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? rest.endIndex)]
            lines.append(line)
            rest = rest[line.endIndex...]
            if rest.popFirst() == 0x0D, rest.first == 0x0A { rest.removeFirst() }
        }
        return lines
    }

    private static func open(_ path: String) throws(Errno) -> Int32 {
        let descriptor = Glibc.open(path.cPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }

    private static func part(_ descriptor: Int32, from start: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            while filled < count {
                let got = pread(descriptor, base + filled, count - filled, off_t(start + filled))
                guard got > 0 else { return }
                filled += got
            }
        }
    }
}

/// Makes what a process has written fit to be shown.
package enum LogText {
    private static let longest = 500

    /// A line without what a terminal would obey, cut where it is very long.
    package static func line(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(longest * 4), as: UTF8.self)
        var line = ""
        for scalar in text.unicodeScalars.prefix(longest) {
            switch scalar {
            case "\t": line += "    "
            case "\u{20}"..."\u{7E}", "\u{A0}"...: line.unicodeScalars.append(isFormat(scalar) ? "\u{FFFD}" : scalar)
            default: continue
            }
        }
        return line + (bytes.count > longest * 4 || text.unicodeScalars.count > longest ? "…" : "")
    }

    /// Whether a scalar changes how others are shown, such as their direction.
    private static func isFormat(_ scalar: Unicode.Scalar) -> Bool {
        [.format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }
}
