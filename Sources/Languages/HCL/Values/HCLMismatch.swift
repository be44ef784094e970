/// Says what is wrong with a type, as the end of a sentence.
enum HCLMismatch {
    /// What is asked for where a value of one type can't become one of another.
    static func message(_ have: HCLType, _ want: HCLType) -> String {
        switch (have, want) {
        case (.object(let have, _), .object(let want, let optional)): return objects(have, want, optional)
        case (.tuple, .list(.any)): return "all list elements must have the same type"
        case (.tuple, .set(.any)): return "all set elements must have the same type"
        case (.object, .map(.any)): return "all map elements must have the same type"
        case (.tuple, _) where want.isCollection, (.object, _) where want.isCollection:
            return structural(have, want)
        case _ where have.isCollection && want.isCollection: return collections(have, want)
        case _ where !areConfusing(have, want): return "\(want) required, but have \(have)"
        default: return "\(want.constraintName) required"
        }
    }

    private static func objects(
        _ have: [String: HCLType],
        _ want: [String: HCLType],
        _ optional: Set<String>
    ) -> String {
        let missing = want.keys.filter { have[$0] == nil && !optional.contains($0) }.sorted().map(\.goQuoted)
        if let last = missing.last {
            switch missing.count {
            case 1: return "attribute \(last) is required"
            case 2: return "attributes \(missing[0]) and \(last) are required"
            default: return "attributes \(missing.dropLast().joined(separator: ", ")), and \(last) are required"
            }
        }
        for isUnsafe in [true, false] {
            for (name, type) in want.sorted(by: { $0.key < $1.key }) {
                guard let given = have[name], given != type,
                    HCLConversions.conversion(given, type, isUnsafe: isUnsafe) == nil
                else { continue }
                return "attribute \(name.goQuoted): \(message(given, type))"
            }
        }
        return "incorrect object attributes"
    }

    private static func structural(_ have: HCLType, _ want: HCLType) -> String {
        guard let element = want.element, want.isMap == have.isObject else { return "\(want.constraintName) required" }
        for (index, type) in (have.tupleElements ?? []).enumerated() where isImpossible(type, element) {
            return "element \(index): \(message(type, element))"
        }
        for (name, type) in (have.attributes ?? [:]).sorted(by: { $0.key < $1.key }) where isImpossible(type, element) {
            return "element \(name.goQuoted): \(message(type, element))"
        }
        return "all elements must be \(element.constraintName)"
    }

    private static func isImpossible(_ have: HCLType, _ want: HCLType) -> Bool {
        have != want && HCLConversions.conversion(have, want, isUnsafe: true) == nil
    }

    private static func collections(_ have: HCLType, _ want: HCLType) -> String {
        guard want.isMap == have.isMap, let given = have.element, let element = want.element else {
            return "\(want.constraintName) required"
        }
        let kind = want.isList ? "list" : want.isSet ? "set" : "map"
        return "incorrect \(kind) element type: \(message(given, element))"
    }

    private static func areConfusing(_ have: HCLType, _ want: HCLType) -> Bool {
        if have.isPrimitive != want.isPrimitive || want == .string { return false }
        if (want == .bool && have == .number) || (want == .number && have == .bool) { return false }
        if have.isTuple && want.isObject { return false }
        return true
    }
}
