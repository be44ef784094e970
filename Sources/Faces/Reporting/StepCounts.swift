/// How many steps of a build are in which state.
package struct StepCounts: Sendable, Hashable {
    /// All that are shown.
    package private(set) var total = 0
    /// Those that ended well, the cached ones among them.
    package private(set) var done = 0
    /// Those whose result came from the cache.
    package private(set) var cached = 0
    /// Those that failed.
    package private(set) var failed = 0
    /// Those that were stopped as another failed, or as the user asked for it.
    package private(set) var canceled = 0

    mutating func add(_ phase: ProgressStep.Phase) {
        total += 1
        switch phase {
        case .waiting, .running: break
        case .done: done += 1
        case .cached:
            done += 1
            cached += 1
        case .failed: failed += 1
        case .canceled: canceled += 1
        }
    }

    /// The counts as a sentence's end; what isn't there isn't said.
    var words: String {
        (["\(done) of \(total) steps done", "\(cached) cached"] + unhappy).joined(separator: ", ")
    }

    /// The counts behind what they are about, in as many words as fit.
    func fitting(_ title: String, _ width: Int) -> String {
        let forms = [words, (["\(done)/\(total) done"] + unhappy).joined(separator: ", ")]
        let lines = forms.map { "\(title): \($0)" }
        return lines.first { CellWidth.cells($0) <= width } ?? CellWidth.fit(lines[1], width)
    }

    private var unhappy: [String] {
        (failed > 0 ? ["\(failed) failed"] : []) + (canceled > 0 ? ["\(canceled) canceled"] : [])
    }
}
