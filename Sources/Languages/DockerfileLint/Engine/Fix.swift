/// A replacement of bytes in a file.
package struct Edit: Sendable, Hashable {
    /// What goes.
    package var range: Range<Int>
    /// What comes in its place.
    package var text: String

    /// A replacement.
    package init(_ range: Range<Int>, _ text: String) {
        self.range = range
        self.text = text
    }

    /// An insertion.
    package init(at offset: Int, _ text: String) {
        self.init(offset..<offset, text)
    }
}

/// What makes a finding go away.
package struct Fix: Sendable, Hashable {
    /// Whether the image stays the same.
    package enum Safety: Sendable, Hashable {
        /// What is built and how it runs stays the same, except for the rule's own subject.
        case safe
        /// What is built may change, so someone has to look at it.
        case unsafe
    }

    /// What it does, as the rest of a sentence: `add -y`.
    package var title: String
    /// Whether it can be applied unseen.
    package var safety: Safety
    /// The replacements, which don't overlap.
    package var edits: [Edit]

    /// A fix that keeps the image as it is.
    package static func safe(_ title: String, _ edits: [Edit]) -> Fix { Fix(title: title, safety: .safe, edits: edits) }

    /// A fix that may change the image.
    package static func unsafe(_ title: String, _ edits: [Edit]) -> Fix {
        Fix(title: title, safety: .unsafe, edits: edits)
    }
}
