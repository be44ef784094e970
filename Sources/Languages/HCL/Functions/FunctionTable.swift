import CaissonText

extension HCLFunction {
    /// The functions of a topic, by name.
    typealias Group = [String: HCLFunction]

    /// The standard library: every function that bake files can call, by name.
    package static let standard: [String: HCLFunction] = [
        numbers, comparisons, texts, trimming, patterns, elements, lists, maps, sets, formats, times, encodings, hashes,
        identifiers, paths, networks, versions, types,
    ].reduce(into: [:]) { table, group in table.merge(group) { first, _ in first } }

    /// A function that makes a value of values.
    static func native(
        _ description: String,
        _ parameters: [Parameter],
        variadic: Parameter? = nil,
        _ body: @escaping @Sendable (HCLCall) throws(HCLCallError) -> HCLValue
    ) -> HCLFunction {
        HCLFunction(description, parameters, variadic: variadic, body: .native(body))
    }

    /// Functions that look at the expressions of their arguments.
    static let types: Group = [
        "can": HCLFunction(
            "Tries to evaluate the expression given in its first argument.",
            [Parameter("expression", .any)],
            body: .check
        ),
        "try": HCLFunction(
            "Variadic function that tries to evaluate all of is arguments in sequence until one succeeds, in which case "
                + "it returns that result, or returns an error if none of them succeed.",
            [],
            variadic: Parameter("expressions", .any),
            body: .attempt
        ),
        "convert": HCLFunction(
            "Converts a value to a specified type constraint, using HCL's customdecode extension for type expression "
                + "support.",
            [Parameter("value", .any), Parameter("type", .any)],
            body: .conversion
        ),
        "byteslen": native("Returns the total number of bytes in the given buffer.", [Parameter("buf", .bytes)]) {
            _ throws(HCLCallError) in throw HCLCallError("bytes required", argument: 0)
        },
        "bytesslice": native(
            "Extracts a subslice from the given buffer.",
            [Parameter("buf", .bytes), Parameter("offset", .number), Parameter("length", .number)]
        ) { _ throws(HCLCallError) in throw HCLCallError("bytes required", argument: 0) },
    ]
}

/// How much work some functions do beyond what all do with what they are given.
enum HCLEffort {
    /// The steps that a call counts besides those for its arguments, so that a step takes about the same time everywhere.
    static func steps(_ name: String, _ arguments: [HCLValue]) -> Int {
        let weight = arguments.reduce(0) { $0.clampedAdding($1.weight) }
        switch name {
        case "bcrypt":
            let cost = arguments.count > 1 ? arguments[1].number?.integer ?? 0 : 10
            // What is too low means 10, what is too high is refused.
            return 60 << (cost < 4 ? 10 : min(cost, Blowfish.highestCost))
        case "rsadecrypt": return 20_000
        case "regex", "regexall", "regex_replace": return weight / 2
        case "upper", "lower", "title", "reverse", "trim", "setunion": return weight / 16
        default: return 0
        }
    }
}
