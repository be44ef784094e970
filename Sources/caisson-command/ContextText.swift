import BuildContext
import BuildModel
import Reporting

/// What `caisson context` prints for people, safe on a terminal whatever files are called.
enum ContextText {
    /// How many remarks of a kind are printed one by one.
    private static let mostRemarks = 20
    /// How wide sizes are in a listing: enough for a terabyte.
    private static let sizeWidth = 13

    // MARK: The listing

    /// Prints a listing as it comes.
    static func list(
        _ listing: ContextListing,
        _ format: ListFormat,
        _ isCancelled: @escaping @Sendable () -> Bool,
        _ write: ([UInt8]) throws(BuildContextError) -> Void
    ) throws(BuildContextError) -> ContextRemarks {
        var isFirst = true
        var bytes: [UInt8] = []
        let remarks = try listing.forEachBatch(isCancelled: isCancelled) { batch throws(BuildContextError) in
            bytes.removeAll(keepingCapacity: true)
            for entry in batch {
                switch format {
                case .table:
                    if isFirst { bytes += Array("TYPE           SIZE  PATH\n".utf8) }
                    append(entry, to: &bytes)
                case .json:
                    bytes += (isFirst ? "[" : ",").utf8
                    bytes += "\n".utf8
                    ContextJSON.append(entry, to: &bytes)
                }
                isFirst = false
            }
            try write(bytes)
        }
        if format == .json { try write(Array(isFirst ? "[]\n".utf8 : "\n]\n".utf8)) }
        return remarks
    }

    /// The word for an entry's kind.
    static func kind(of entry: Entry) -> String {
        if entry.mode.isDirectory { return "dir" }
        if entry.mode.isSymlink { return "link" }
        return entry.isHardLink ? "hard" : "file"
    }

    private static func append(_ entry: Entry, to bytes: inout [UInt8]) {
        let kind = kind(of: entry)
        bytes += kind.utf8
        let size = String(entry.mode.isRegular ? entry.size : 0)
        let gap = max(1, sizeWidth + 6 - kind.utf8.count - size.utf8.count)
        for _ in 0..<gap { bytes.append(0x20) }
        bytes += size.utf8
        bytes += "  ".utf8
        append(path: entry.path, to: &bytes)
        if !entry.linkname.isEmpty {
            bytes += (entry.isHardLink ? " = " : " -> ").utf8
            append(path: entry.linkname, to: &bytes)
        }
        bytes.append(0x0A)
    }

    private static func append(path: [UInt8], to bytes: inout [UInt8]) {
        if path.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { bytes += path } else { bytes += displayed(path).utf8 }
    }

    // MARK: The size

    /// The sums as tables.
    static func table(_ size: ContextSize, ignoreFile: String?) -> String {
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
    static func table(_ explanation: ContextExplanation, _ selection: ContextSelection) -> String {
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
    static func complain(_ remarks: ContextRemarks) {
        Descriptor.standardError.writeIgnoringErrors(text(remarks))
    }

    /// Remarks as lines.
    static func text(_ remarks: ContextRemarks) -> String {
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
