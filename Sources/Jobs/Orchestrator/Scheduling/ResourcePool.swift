import CaissonBuildModel

/// What a builder's machine has, and how much of it is taken.
struct ResourcePool: Sendable {
    private let total: MachineNeeds
    private var processors = 0
    private var memory: Int64 = 0
    private var disk: Int64 = 0

    init(_ total: MachineNeeds) {
        self.total = total
    }

    /// What a job needs more of than there is at all; nil where there is enough.
    func excess(_ needs: MachineNeeds) -> String? {
        if needs.network == true, total.network == false { return "network" }
        return lack(needs, processors: 0, memory: 0, disk: 0)
    }

    /// What there isn't enough of now; nil where there is.
    func lack(_ needs: MachineNeeds) -> String? { lack(needs, processors: processors, memory: memory, disk: disk) }

    private func lack(_ needs: MachineNeeds, processors: Int, memory: Int64, disk: Int64) -> String? {
        if !Self.fits(needs.milliprocessors, processors, total.milliprocessors) { return "processors" }
        if !Self.fits(needs.memory, memory, total.memory) { return "memory" }
        return Self.fits(needs.disk, disk, total.disk) ? nil : "disk"
    }

    private static func fits<Amount: FixedWidthInteger>(_ need: Amount?, _ taken: Amount, _ total: Amount?) -> Bool {
        guard let need, need > 0, let total else { return true }
        return need <= total - taken
    }

    /// Takes what a job needs, which has to be there.
    mutating func take(_ needs: MachineNeeds) { change(needs, +) }

    /// Gives back what a job took.
    mutating func giveBack(_ needs: MachineNeeds) { change(needs, -) }

    // Only what is bounded is counted, so that no sum can overflow.
    private mutating func change(_ needs: MachineNeeds, _ change: (Int64, Int64) -> Int64) {
        if total.milliprocessors != nil {
            processors = Int(change(Int64(processors), Int64(max(needs.milliprocessors ?? 0, 0))))
        }
        if total.memory != nil { memory = change(memory, max(needs.memory ?? 0, 0)) }
        if total.disk != nil { disk = change(disk, max(needs.disk ?? 0, 0)) }
    }
}
