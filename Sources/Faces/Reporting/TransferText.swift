import CaissonBuildModel

/// How much of a transfer is done, and how fast it goes.
enum TransferText {
    /// For how many seconds a transfer must have run before its speed is said: before that it is chance.
    private static let leastDuration = 0.5

    /// A counter, in the longest form first: `3.15MB / 31.47MB 5.2MB/s`, without its speed; nothing where it counted
    /// nothing.
    static func forms(of counter: ProgressCounter, now: Timestamp) -> [String] {
        guard let amount = Quantity.progress(counter.current, of: counter.total) else { return [] }
        guard counter.completed == nil, let seconds = counter.duration(now: now) else { return [amount] }
        return forms(amount, counter.current, in: seconds)
    }

    /// The counters of a step together, such as the layers of an image; nothing where fewer than two know their total.
    static func forms(ofAll counters: [ProgressCounter], now: Timestamp) -> [String] {
        let known = counters.filter { $0.total > 0 && $0.started != nil }
        guard known.count > 1 else { return [] }
        let current = sum(known.map { min($0.current, $0.total) })
        let total = sum(known.map(\.total))
        guard current < total, let amount = Quantity.progress(current, of: total) else { return [] }
        return forms(amount, current, in: known.compactMap { $0.duration(now: now) }.max() ?? 0)
    }

    private static func forms(_ amount: String, _ bytes: Int64, in seconds: Double) -> [String] {
        guard seconds >= leastDuration, bytes > 0 else { return [amount] }
        let speed = min(Double(bytes) / seconds, 1e18)
        return ["\(amount) \(Quantity.bytes(Int64(speed)))/s", amount]
    }

    /// The sum, as far as the type goes: a peer's counts may be anything.
    private static func sum(_ counts: [Int64]) -> Int64 {
        counts.reduce(0) { sum, count in
            let (total, isTooBig) = sum.addingReportingOverflow(max(0, count))
            return isTooBig ? .max : total
        }
    }
}
