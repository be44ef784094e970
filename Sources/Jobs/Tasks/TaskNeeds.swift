package import CaissonBuildModel
import CaissonJSON

extension TaskJob {
    /// What it needs more of than there may be at all; a line each, empty where there is enough.
    ///
    /// - Parameter limits: What builds may take together, as far as somebody has set it.
    package func excess(over limits: MachineNeeds) -> [String] {
        let rows: [(key: String, need: Int64?, limit: Int64?, number: (Int64) -> String)] = [
            (
                "cpu_cores", resources.milliprocessors.map(Int64.init), limits.milliprocessors.map(Int64.init),
                JSON.thousandths
            ),
            ("memory_mb", resources.memory, limits.memory, Self.megabytes),
            ("disk_mb", resources.disk, limits.disk, Self.megabytes),
        ]
        return rows.compactMap { key, need, limit, number in
            guard let need, let limit, need > limit else { return nil }
            return "build_task.resources.\(key) is \(number(need)), but build_engine.resources.total_\(key) of the "
                + "configuration is \(number(limit)) — let the task need less, or raise the limit"
        }
    }

    private static func megabytes(_ bytes: Int64) -> String { "\(bytes >> 20)" }
}
