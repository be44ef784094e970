package import CaissonBuildContext
import CaissonBuildModel
import CaissonReporting
import CaissonSystem

/// What `caisson context` prints for people, safe on a terminal whatever files are called.
package enum ContextText {
    /// How many remarks of a kind are printed one by one.
    private static let mostRemarks = 20
    /// How wide sizes are in a listing: enough for a terabyte.
    private static let sizeWidth = 13
    /// The sizes from here on don't fit there.
    private static let widestSize: Int64 = 10_000_000_000_000

    // MARK: The listing

    /// Prints a listing as it comes.
    package static func list(
        _ listing: ContextListing,
        asJSON: Bool,
        _ isCancelled: @escaping @Sendable () -> Bool,
        _ write: ([UInt8]) throws(BuildContextError) -> Void
    ) throws(BuildContextError) -> ContextRemarks {
        var isFirst = true
        let line: LineFormat = asJSON ? ContextJSON.append : append
        let remarks = try listing.forEachLines(isCancelled: isCancelled, line) { lines throws(BuildContextError) in
            if isFirst {
                try write(Array((asJSON ? "[" : "TYPE           SIZE  PATH\n").utf8))
                // Each object begins with a comma but the first.
                try write(asJSON ? Array(lines.dropFirst()) : lines)
            } else {
                try write(lines)
            }
            isFirst = false
        }
        if asJSON { try write(Array(isFirst ? "[]\n".utf8 : "\n]\n".utf8)) }
        return remarks
    }

    /// The word for a file's kind.
    static func kind(of file: ListedFile) -> StaticString {
        if file.mode.isDirectory { return "dir" }
        if file.mode.isSymlink { return "link" }
        return file.isHardLink ? "hard" : "file"
    }

    @Sendable private static func append(_ file: ListedFile, to bytes: inout [UInt8]) {
        let kind = kind(of: file)
        if file.size < widestSize {
            appendColumns(kind, UInt64(clamping: file.size), to: &bytes)
        } else {
            bytes += "\(kind) \(file.size)  ".utf8
        }
        append(path: file.path, to: &bytes)
        if !file.linkname.isEmpty {
            bytes += (file.isHardLink ? " = " : " -> ").utf8
            file.linkname.withUnsafeBytes { append(path: $0, to: &bytes) }
        }
        bytes.append(0x0A)
    }

    /// The kind on the left, the size on the right, and two blanks.
    private static func appendColumns(_ kind: StaticString, _ size: UInt64, to bytes: inout [UInt8]) {
        let width = sizeWidth + 6
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: width + 2) { field in
            field.initialize(repeating: 0x20)
            kind.withUTF8Buffer { for (index, byte) in $0.enumerated() { field[index] = byte } }
            var (index, rest) = (width, size)
            repeat {
                index -= 1
                field[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeRawBufferPointer(field))
        }
    }

    private static func append(path: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        if path.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            bytes.append(contentsOf: path)
        } else {
            bytes += displayed(Array(path)).utf8
        }
    }

    // MARK: The size

    /// The sums as tables.
    package static func table(_ size: ContextSize, ignoreFile: String?) -> String {
        let folders = size.directoryCount == 1 ? "1 directory" : "\(size.directoryCount) directories"
        var out =
            "total: \(amount(size.total)) and \(folders), \(ignoreFile.map { "by \(shown($0))" } ?? "no ignore file")\n"
        out += group("DIRECTORY", size.directories) { displayed($0) }
        out += group("EXTENSION", size.extensions) { $0.isEmpty ? "(none)" : displayed($0) }
        if !size.largest.isEmpty {
            out += "\nLARGEST FILES\n"
            for file in size.largest { out += row(Quantity.bytes(file.bytes), displayed(file.path)) }
        }
        if !size.sparse.isEmpty {
            out += "\nSPARSE FILES (sent in full)\n"
            for file in size.sparse.prefix(mostRemarks) {
                let held = "\(displayed(file.path)) (\(Quantity.bytes(file.allocated)) on the disk)"
                out += row(Quantity.bytes(file.bytes), held)
            }
        }
        if !size.suggestions.isEmpty {
            out += "\nA LINE IN \(shown(ignoreFile ?? ".dockerignore")) WOULD SAVE\n"
            for found in size.suggestions {
                out += row(
                    Quantity.bytes(found.saving.bytes),
                    "\(displayed(found.line)) (\(files(found.saving.files)))"
                )
            }
        }
        return out
    }

    private static func group(
        _ title: String,
        _ amounts: [[UInt8]: ContextSize.Amount],
        _ name: ([UInt8]) -> String
    ) -> String {
        guard !amounts.isEmpty else { return "" }
        let sorted = amounts.sorted {
            $0.value.bytes != $1.value.bytes
                ? $0.value.bytes > $1.value.bytes : $0.key.lexicographicallyPrecedes($1.key)
        }
        var out = "\n" + row("SIZE", padded("FILES", 8) + "  " + title)
        for (key, amount) in sorted.prefix(mostRemarks) {
            out += row(Quantity.bytes(amount.bytes), padded(String(amount.files), 8) + "  " + name(key))
        }
        if sorted.count > mostRemarks {
            out += row("", "… and \(sorted.count - mostRemarks) more; --format json has all")
        }
        return out
    }

    private static func row(_ left: String, _ right: String) -> String { padded(left, 9) + "  " + right + "\n" }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    private static func amount(_ amount: ContextSize.Amount) -> String {
        "\(Quantity.bytes(amount.bytes)) in \(files(amount.files))"
    }

    private static func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }

    // MARK: Why

    /// Why a path is sent or not.
    package static func table(_ explanation: ContextExplanation, _ selection: ContextSelection) -> String {
        let path = displayed(explanation.path)
        var out = "\(path): \(verdict(explanation, hasRules: selection.hasPatterns))\n"
        if !explanation.exists { out += "  (there is no such file now)\n" }
        for (index, match) in explanation.matches.enumerated() {
            let effect = match.isException ? "takes it back" : "ignores it"
            let by = match.matched == explanation.path ? "" : " with \(displayed(match.matched))"
            let decides = index == explanation.matches.count - 1 ? "  <- decides" : ""
            out += "  \(shown(match.file)):\(match.line)  \(displayed(match.pattern))  \(effect)\(by)\(decides)\n"
        }
        if selection.dockerfile == .inside(path: explanation.path), explanation.verdict == .ignored {
            out += "  (it is the Dockerfile: the engine gets it all the same, but COPY doesn't see it)\n"
        }
        return out
    }

    private static func verdict(_ explanation: ContextExplanation, hasRules: Bool) -> String {
        switch explanation.verdict {
        case .sent where !hasRules: "sent: there is no ignore file, or none with patterns"
        case .sent where explanation.matches.isEmpty: "sent: no pattern matches it"
        case .sent: "sent"
        case .ignored: "ignored"
        case .sentForContent: "ignored, but the directory is made, as something in it is sent"
        case .neverSent: "never sent: sockets, FIFOs and devices are left out"
        }
    }

    // MARK: Remarks

    /// Prints remarks to standard error.
    package static func complain(_ remarks: ContextRemarks) {
        BorrowedDescriptor.standardError.writeIgnoringErrors(text(remarks))
    }

    /// Remarks as lines.
    package static func text(_ remarks: ContextRemarks) -> String {
        var out = ""
        for notice in remarks.notices.prefix(mostRemarks) { out += "notice: \(notice.message)\n" }
        if case let more = remarks.notices.count - mostRemarks, more > 0 {
            out += "notice: and \(more) more like these\n"
        }
        for file in remarks.sensitive.prefix(mostRemarks) {
            out += "warning: \(displayed(file.path)) is sent and may hold \(file.reason); exclude it in .dockerignore\n"
        }
        if case let more = remarks.sensitive.count - mostRemarks, more > 0 {
            out += "warning: and \(more) more files that look sensitive\n"
        }
        return out
    }

    private static func shown(_ name: String) -> String { displayed(Array(name.utf8)) }
}
