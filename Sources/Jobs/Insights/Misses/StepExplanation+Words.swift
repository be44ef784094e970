extension StepExplanation {
    /// Why the step ran, for people: one line without its name, such as `src/main.c changed since build 01h2…`.
    package var sentence: String {
        switch outcome {
        case .cached: "its result came from the cache"
        case .uncacheable(let reason): reason
        case .first: "no earlier build on this engine is known that has it"
        case .missed(let causes): causes.map(\.sentence).joined(separator: "; ")
        case .unknown: "why it ran isn't known"
        }
    }
}

extension MissCause {
    /// The evidence with a word for how sure it is, such as `probably …`.
    package var sentence: String {
        switch certainty {
        case .certain: evidence
        case .likely: "probably " + evidence
        case .possible: "perhaps " + evidence
        }
    }
}
