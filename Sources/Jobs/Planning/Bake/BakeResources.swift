import CaissonHCL
import CaissonText

/// The limits of a build step that `resources` knows.
enum BakeResources {
    /// The limits that are whole numbers.
    static let numbers: Set<String> = ["cpu-shares", "cpu-period", "cpu-quota"]
    /// The names of all limits, in the order in which they are printed.
    static let names = ["memory", "memory-swap", "cpu-shares", "cpu-period", "cpu-quota", "cpuset-cpus", "cpuset-mems"]

    private static let types = Dictionary(
        uniqueKeysWithValues: names.map { ($0, numbers.contains($0) ? HCLType.number : .string) }
    )
    /// The type of the object that expressions see.
    static let type = HCLType.object(types)

    /// The limits that an object describes.
    static func limits(of value: HCLValue) throws(BakeValueError) -> [String: String?] {
        let object = try value.brought(to: .object(types, optional: Set(names)))
        var limits: [String: String?] = [:]
        for (name, value) in object.members?.dictionary ?? [:] where !value.isNull {
            let text = value.string ?? value.number?.text ?? ""
            limits.updateValue(try checked(text, name), forKey: name)
        }
        return limits
    }

    /// The text of a limit, when it can be one.
    static func checked(_ text: String, _ name: String) throws(BakeValueError) -> String {
        guard names.contains(name) else {
            let meant = nearest(to: name, among: names).map { " (did you mean \($0)?)" } ?? ""
            throw BakeValueError("unknown resource \(name.quoted)\(meant)")
        }
        guard numbers.contains(name) else { return text }
        guard let number = Int64(text) else {
            throw BakeValueError("\(name) is \(text.quoted), which is no whole number")
        }
        return String(number)
    }

    /// The limits as expressions see them.
    static func hclValue(_ limits: [String: String?]) -> HCLValue {
        var members: [String: HCLValue] = [:]
        for (name, type) in types {
            guard let text = limits[name] ?? nil else {
                members[name] = .null(type)
                continue
            }
            members[name] =
                type == .number ? HCLNumber(parsing: text).map { .number($0) } ?? .null(type) : .string(text)
        }
        return .object(members)
    }
}
