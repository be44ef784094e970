import CaissonText

extension HCLFunction {
    private static let str = Parameter("str", .string)

    private static func text(
        _ description: String,
        _ transform: @escaping @Sendable (String) -> String
    ) -> HCLFunction {
        native(description, [str]) { call throws(HCLCallError) in .string(transform(call.text(0))) }
    }

    /// Functions that change and take apart texts.
    static let texts: Group = [
        "upper": text(
            "Returns the given string with all Unicode letters translated to their uppercase equivalents.",
            { $0.mapScalars(\.upper) }
        ),
        "lower": text(
            "Returns the given string with all Unicode letters translated to their lowercase equivalents.",
            { $0.mapScalars(\.lower) }
        ),
        "title": text(
            "Replaces one letter after each non-letter and non-digit character with its uppercase equivalent.",
            titled
        ),
        "reverse": text(
            "Returns the given string with all of its Unicode characters in reverse order.",
            { String($0.reversed()) }
        ),
        "strlen": native(
            "Returns the number of Unicode characters (technically: grapheme clusters) in the given string.",
            [str]
        ) { call throws(HCLCallError) in .number(call.text(0).count) },
        "substr": native(
            "Extracts a substring from the given string.",
            [
                Parameter("str", .string, "The input string."),
                Parameter("offset", .number, "The starting offset in Unicode characters."),
                Parameter("length", .number, "The maximum length of the result in Unicode characters."),
            ]
        ) { call throws(HCLCallError) in
            .string(part(call.text(0), from: try call.integer(1), count: try call.integer(2)))
        },
        "join": native(
            "Concatenates together the elements of all given lists with a delimiter, producing a single string.",
            [Parameter("separator", .string, "Delimiter to insert between the given strings.")],
            variadic: Parameter("lists", .list(.string), "One or more lists of strings to join.")
        ) { call throws(HCLCallError) in try joined(call) },
        "split": native(
            "Produces a list of one or more strings by splitting the given string at all instances of a given separator "
                + "substring.",
            [
                Parameter("separator", .string, "The substring that delimits the result strings."),
                Parameter("str", .string, "The string to split."),
            ]
        ) { call throws(HCLCallError) in
            try call.bound(values: call.text(1).utf8.count / max(1, call.text(0).utf8.count))
            return .strings(call.text(1).split(at: call.text(0)))
        },
        "sort": native(
            "Applies a lexicographic sort to the elements of the given list.",
            [Parameter("list", .list(.string))]
        ) { call throws(HCLCallError) in try sorted(call.arguments[0]) },
        "indent": native(
            "Adds a given number of spaces after each newline character in the given string.",
            [
                Parameter("spaces", .number, "Number of spaces to add after each newline character."),
                Parameter("str", .string, "The string to transform."),
            ]
        ) { call throws(HCLCallError) in try indented(call) },
        "replace": native(
            "Replaces all instances of the given substring in the given string with the given replacement string.",
            [
                Parameter("str", .string, "The string to search within."),
                Parameter("substr", .string, "The substring to search for."),
                Parameter("replace", .string, "The new substring to replace substr with."),
            ]
        ) { call throws(HCLCallError) in try replaced(call) },
    ]

    @Sendable private static func titled(_ text: String) -> String {
        var previous: Unicode.Scalar = " "
        return text.mapScalars { scalar in
            defer { previous = scalar }
            return previous.isWordPart ? scalar : scalar.title
        }
    }

    private static func part(_ text: String, from offset: Int, count: Int) -> String {
        var start = offset
        if offset < 0 { start = offset + text.count } else if count == 0 { return "" }
        let rest = start > 0 ? text.dropFirst(start) : text[...]
        return String(count <= 0 ? rest : rest.prefix(count))
    }

    private static func joined(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let lists = call.arguments.dropFirst()
        guard !lists.isEmpty else { throw HCLCallError("at least one list is required") }
        var pieces: [String] = []
        for (number, list) in lists.enumerated() {
            for (index, element) in list.children.enumerated() {
                guard let text = element.string else {
                    let place = lists.count > 1 ? "element \(index) of list \(number + 1)" : "element \(index)"
                    throw HCLCallError("\(place) is null; cannot concatenate null values", argument: number + 1)
                }
                pieces.append(text)
            }
        }
        let (size, isOver) = call.text(0).utf8.count.multipliedReportingOverflow(by: pieces.count)
        try call.bound(isOver ? .max : pieces.reduce(size) { $0.clampedAdding($1.utf8.count) })
        return .string(pieces.joined(separator: call.text(0)))
    }

    private static func sorted(_ list: HCLValue) throws(HCLCallError) -> HCLValue {
        var texts: [String] = []
        for (index, element) in list.children.enumerated() {
            guard let text = element.string else {
                throw HCLCallError("given list element \(index) is null; a null string cannot be sorted")
            }
            texts.append(text)
        }
        return .strings(texts.sorted())
    }

    private static func indented(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let spaces = try call.integer(0)
        guard spaces >= 0 else { throw HCLCallError("the number of spaces must not be negative") }
        let lines = call.text(1).utf8.count { $0 == 0x0A }
        let (size, isOver) = spaces.multipliedReportingOverflow(by: max(lines, 1))
        try call.bound(isOver ? .max : size)
        return .string(call.text(1).replacing("\n", with: "\n" + String(repeating: " ", count: spaces)))
    }

    private static func replaced(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let (text, old, new) = (call.text(0), call.text(1), call.text(2))
        let (size, isOver) = (text.utf8.count + 1).multipliedReportingOverflow(by: new.utf8.count)
        // Each place can hold the replacement once at most.
        if isOver || size / max(old.utf8.count, 1) > call.limits.weight {
            let pieces = text.split(at: old).count
            let (exact, isOver) = pieces.multipliedReportingOverflow(by: new.utf8.count)
            try call.bound(isOver ? .max : exact)
        }
        return .string(text.replacing(old, with: new))
    }
}
