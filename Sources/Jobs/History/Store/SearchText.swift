import CaissonBuildModel

/// The text that a build is found by.
enum SearchText {
    /// The text without a difference between small and capital letters, and without a NUL, at which SQLite's texts end.
    static func folded(_ text: String) -> String {
        let small = text.lowercased()
        return small.utf8.contains(0) ? String(small.map { $0 == "\0" ? " " : $0 }) : small
    }
}

extension BuildDossier {
    /// Names, images, errors, context, engine and revision, a line each, in small letters.
    var searchText: String {
        let submission = record.submission
        var lines = record.images.flatMap(\.names).map(Optional.some) + submission.images.map(Optional.some)
        lines += [
            submission.name, submission.group, submission.project, record.engine, submission.context, submission.target,
        ]
        lines += [submission.revision?.source, submission.revision?.commit]
        lines += [record.reason, error?.message, error?.step?.name]
        var text = ""
        for case let line? in lines {
            // What comes from a peer may be of any length, and it is read at each search.
            let folded = SearchText.folded(String(line.prefix(2048)))
            // Each byte counts where very many builds are searched.
            guard !folded.isEmpty, !text.contains(bytesOf: folded) else { continue }
            text += text.isEmpty ? folded : "\n" + folded
        }
        return text
    }
}

extension String {
    /// Whether the bytes of another text stand in it, as `instr` of SQLite has it.
    func contains(bytesOf other: String) -> Bool {
        var (text, wanted) = (self, other)
        return text.withUTF8 { text in
            wanted.withUTF8 { wanted in
                guard let first = wanted.first else { return true }
                guard text.count >= wanted.count else { return false }
                return (0...(text.count - wanted.count)).contains { start in
                    text[start] == first && text[start..<(start + wanted.count)].elementsEqual(wanted)
                }
            }
        }
    }
}
