package import CaissonBuildModel
import CaissonText

/// How much may run at a time on this machine, in all processes that share a state directory.
package struct MachineLimits: Sendable, Hashable {
    /// How many builds run at a time; nil for no bound.
    package var maxConcurrentBuilds: Int?
    /// Processors that builds may take together, in thousandths of one; nil for no bound.
    package var milliprocessors: Int?
    /// Memory that builds may take together, in bytes; nil for no bound.
    package var memory: Int64?
    /// Space on disk that builds may take together, in bytes; nil for no bound.
    package var disk: Int64?
    /// How many levels of urgency there are, 1 or more.
    package var priorityLevels = 3
    /// How long a build waits until it counts as one level more urgent; a second or more.
    package var ageing = Duration.seconds(300)

    /// No limits, and three levels.
    package init() {}

    /// Whether nothing is limited, so that no build waits.
    package var isUnlimited: Bool {
        maxConcurrentBuilds == nil && milliprocessors == nil && memory == nil && disk == nil
    }

    /// What a build needs more of than there is at all; nil where there is enough.
    package func excess(_ needs: MachineNeeds) -> String? { lack(of: Amounts(needs), beside: Amounts()) }

    /// What isn't enough for a build beside those that have something.
    func lack(of needs: Amounts, beside taken: Amounts) -> String? {
        if !Self.fits(needs.milliprocessors, taken.milliprocessors, milliprocessors.map(Int64.init)) {
            return "processors"
        }
        if !Self.fits(needs.memory, taken.memory, memory) { return "memory" }
        return Self.fits(needs.disk, taken.disk, disk) ? nil : "disk"
    }

    // Neither number is below zero, so the difference is one that there is.
    private static func fits(_ need: Int64, _ taken: Int64, _ total: Int64?) -> Bool {
        guard need > 0, let total else { return true }
        return need <= max(total, 0) - taken
    }
}

/// Parts of a machine, none below zero, that can be added without an overflow.
struct Amounts: Sendable, Hashable {
    var milliprocessors: Int64 = 0
    var memory: Int64 = 0
    var disk: Int64 = 0

    /// Nothing.
    init() {}

    /// What a build needs; nothing of what it doesn't speak of.
    init(_ needs: MachineNeeds) {
        milliprocessors = max(Int64(needs.milliprocessors ?? 0), 0)
        memory = max(needs.memory ?? 0, 0)
        disk = max(needs.disk ?? 0, 0)
    }

    static func += (sum: inout Amounts, other: Amounts) {
        sum.milliprocessors = sum.milliprocessors.clampedAdding(other.milliprocessors)
        sum.memory = sum.memory.clampedAdding(other.memory)
        sum.disk = sum.disk.clampedAdding(other.disk)
    }
}
