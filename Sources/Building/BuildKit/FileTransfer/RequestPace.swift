import NIOCore

/// Lets requests for many small files gather, so that they are answered together.
///
/// An engine asks for each file by itself. Read one by one, each request wakes the connection's loop, the task that reads
/// requests and the task that answers them, and is answered by a write of its own: of 100,000 small files that is most of
/// the work. So while many small files are asked for, the connection isn't read for a moment after each read. What has
/// come meanwhile is one read, and its answers are one write.
///
/// An engine that asks for few files at a time would only be held up: where pauses bring little, there are none for a
/// while.
struct RequestPace {
    /// How long the connection isn't read.
    static let pause = TimeAmount.milliseconds(1)
    /// How many files are answered without any pause at first, as most builds have few.
    private static let unhurried = 64
    /// How many requests at once are a batch already.
    private static let enough = 256
    /// How many requests each pause must bring on average, and after how many pauses that is judged.
    private static let worthwhile = 8
    private static let judged = 16
    /// How many files are answered without a pause where pauses brought too little.
    private static let relief = 4096
    /// The average size up to which files are small; larger ones are slow for other reasons, and window updates must be
    /// read at once for them.
    private static let smallSize = 16 << 10

    private var unpaced = unhurried
    private var pauses = 0
    private var gathered = 0

    /// Whether to pause, now that requests have come together.
    mutating func shouldPause(after count: Int, averageSize: Int) -> Bool {
        if pauses > 0 { gathered += count }
        if pauses == RequestPace.judged {
            if gathered < RequestPace.judged * RequestPace.worthwhile { unpaced = RequestPace.relief }
            (pauses, gathered) = (0, 0)
        }
        unpaced = max(0, unpaced - count)
        guard unpaced == 0, count < RequestPace.enough, averageSize <= RequestPace.smallSize else { return false }
        pauses += 1
        return true
    }
}

extension Channel {
    /// Reads nothing for a moment; what comes meanwhile waits in the socket.
    func pauseReading(for time: TimeAmount) {
        eventLoop.execute {
            self.setOption(.autoRead, value: false).whenComplete { _ in }
            self.eventLoop.scheduleTask(in: time) { self.setOption(.autoRead, value: true).whenComplete { _ in } }
        }
    }
}
