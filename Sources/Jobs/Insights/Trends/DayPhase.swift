import CaissonBuildModel
import Glibc

/// Where in the day something began, as a point of a circle.
struct DayPhase: Sendable {
    /// The coordinates of the point.
    var (x, y) = (0.0, 0.0)

    /// The phase of a time.
    init(_ time: Timestamp) {
        let days = (Double(time.seconds) + Double(time.nanoseconds) / 1e9) / 86_400
        let turn = 2 * .pi * (days - days.rounded(.down))
        (x, y) = (cos(turn), sin(turn))
    }
}
