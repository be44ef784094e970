import CaissonText

/// What of a local cache may go.
///
/// Without any rule of its own an entry of the index stays, so that only what nothing names goes.
package struct LocalCacheRules: Sendable, Hashable {
    /// How long blobs stay after they were written, whoever names them: a build writes its blobs first and the index
    /// last.
    package var gracePeriod: Duration = .seconds(3600)
    /// How long a write that didn't end stays in `ingest`.
    package var ingestPeriod: Duration = .seconds(86400)
    /// The tags or names of images that stay, as patterns with `*` and `?`; nil for all.
    ///
    /// Entries without a tag aren't asked.
    package var keptTags: [TagPattern]?
    /// How many of the manifests without a tag stay, the last written ones; nil for all.
    package var keptUntagged: Int?
    /// The bytes that all that is named may have at most, each blob counted once by its length; nil for any number.
    ///
    /// Entries go as long as it is more, those with the manifest written first before others; young blobs stay
    /// nevertheless.
    package var maximumBytes: Int64?
    /// How long an entry stays after its manifest was written; nil for ever.
    ///
    /// One that isn't there has no age.
    package var maximumAge: Duration?
    /// Whether entries go whose manifest isn't there: nobody can import them.
    package var dropsMissing = false
    /// Whether it is done although a build seems to be writing.
    package var ignoresBuilds = false

    /// Rules by which nothing goes but what nothing names.
    package init() {}
}

/// A pattern for tags and names: `*` stands for any characters and `?` for one; all others for themselves.
package struct TagPattern: Sendable, Hashable {
    /// The pattern as it was written.
    package let text: String
    private let scalars: [Unicode.Scalar]

    /// Reads a pattern, which any text is.
    package init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    /// Whether a whole text is as the pattern says; at most as many steps as both have characters, multiplied.
    package func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var (place, next) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while next < text.count {
            if place < scalars.count, scalars[place] == "*" {
                star = (place, next)
                place += 1
            } else if place < scalars.count, scalars[place] == "?" || scalars[place] == text[next] {
                place += 1
                next += 1
            } else if let last = star {
                // The last star takes one more character.
                star = (last.pattern, last.text + 1)
                (place, next) = (last.pattern + 1, last.text + 1)
            } else {
                return false
            }
        }
        return scalars[place...].allSatisfy { $0 == "*" }
    }
}
