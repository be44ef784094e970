import Glibc

/// A point in time as BuildKit sends it: seconds since 1970-01-01T00:00:00Z and nanoseconds, without a time zone.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Whole seconds since the Unix epoch; negative before it.
    public var seconds: Int64
    /// Nanoseconds within the second, 0 ..< 1,000,000,000.
    public var nanoseconds: Int32

    /// Makes a timestamp; nanoseconds outside of one second are clamped into it, as the value may come from a peer.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
    }

    /// The time by this machine's clock.
    package static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(truncatingIfNeeded: time.tv_nsec))
    }

    /// Earlier timestamps are less.
    public static func < (a: Timestamp, b: Timestamp) -> Bool {
        (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
    }

    /// Seconds from `earlier` to this timestamp; negative when `earlier` is later.
    public func seconds(since earlier: Timestamp) -> Double {
        Double(seconds) - Double(earlier.seconds) + (Double(nanoseconds) - Double(earlier.nanoseconds)) / 1e9
    }
}
