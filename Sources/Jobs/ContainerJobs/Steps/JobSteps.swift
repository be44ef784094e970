/// A step of a job, as its markers tell.
package struct JobStep: Sendable, Hashable {
    /// Its name.
    package var name: String
    /// When it began, in milliseconds since 1970 by the clock of the engine's machine.
    package var began: Int64
    /// How it ended; nil where it was broken off.
    package var end: StepMarker.End?

    /// What became of it; one that was broken off failed.
    package var state: StepState { end?.state ?? .fail }
    /// How long it took, in milliseconds; nil where it was broken off.
    package var duration: Int64? { end.map { max(0, $0.time - began) } }
    /// Why it wasn't done, or failed.
    package var why: String? { end == nil ? "it was broken off" : end?.why }

    /// Makes a step that has begun.
    package init(_ name: String, at time: Int64) {
        (self.name, began) = (name, time)
    }
}

/// The steps of a job, in the order in which they began.
package struct JobSteps: Sendable, Hashable {
    /// The steps.
    package private(set) var steps: [JobStep] = []
    /// What comes behind so many isn't read.
    private static let most = 1000

    /// Reads all markers of a text; other lines are passed over.
    package init(_ text: [UInt8]) {
        for line in text.split(separator: 0x0A) {
            guard let marker = StepMarker(line: line) else { continue }
            take(marker)
        }
    }

    private mutating func take(_ marker: StepMarker) {
        switch marker {
        case .begin(let name, let time):
            // A step that is tried again counts as it came out in the end.
            steps.removeAll { $0.name == name }
            guard steps.count < Self.most else { return }
            steps.append(JobStep(name, at: time))
        case .end(let end):
            guard let place = steps.lastIndex(where: { $0.name == end.name && $0.end == nil }) else { return }
            steps[place].end = end
        }
    }

    /// The step of a name.
    package subscript(_ name: String) -> JobStep? { steps.first { $0.name == name } }
    /// The first step that failed.
    package var failed: JobStep? { steps.first { $0.state == .fail } }
}
