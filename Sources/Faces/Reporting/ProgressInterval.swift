package import CaissonBuildModel

/// A time during which a step ran; a step may run several times.
package struct ProgressInterval: Sendable, Hashable {
    /// When it started.
    package var start: Timestamp
    /// When it ended; nil while it runs.
    package var stop: Timestamp?

    /// Makes an interval.
    package init(start: Timestamp, stop: Timestamp? = nil) {
        self.start = start
        self.stop = stop
    }

    /// The intervals in order, with overlapping ones joined; an open interval takes in all that follow it.
    package static func merged(_ intervals: [ProgressInterval]) -> [ProgressInterval] {
        var out: [ProgressInterval] = []
        for next in intervals.sorted(by: { $0.start < $1.start }) {
            guard let last = out.last else {
                out.append(next)
                continue
            }
            guard let lastStop = last.stop else { break }
            if lastStop < next.start {
                out.append(next)
            } else {
                out[out.count - 1].stop = next.stop.map { max($0, lastStop) }
            }
        }
        return out
    }
}
