/// A way to a value: the name of a variable and the steps from there.
package struct HCLTraversal: Sendable {
    /// A step from a value to one in it.
    package enum Step: Sendable {
        /// `.name`
        case attribute(String, HCLRange)
        /// `[key]` with a key that is written down.
        case index(HCLValue, HCLRange)

        /// Where it stands.
        package var range: HCLRange {
            switch self {
            case .attribute(_, let range), .index(_, let range): range
            }
        }
    }

    /// The variable's name.
    package let root: String
    /// Where the name stands.
    package let rootRange: HCLRange
    /// The steps.
    package let steps: [Step]

    /// Where all of it stands.
    package var range: HCLRange { steps.last.map { rootRange.joined(to: $0.range) } ?? rootRange }
}
