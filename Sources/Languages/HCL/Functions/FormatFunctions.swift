extension HCLFunction {
    private static let format = Parameter("format", .string)
    private static let args = Parameter("args", .any, allowsNull: true)

    /// Functions that put values into texts.
    static let formats: Group = [
        "format": native(
            "Constructs a string by applying formatting verbs to a series of arguments, using a similar syntax to the C "
                + "function \"printf\".",
            [format],
            variadic: args
        ) { call throws(HCLCallError) in
            var formatter = HCLFormatter(Array(call.arguments.dropFirst()), limits: call.limits)
            return .string(try formatter.apply(call.text(0)))
        },
        "formatlist": native(
            "Constructs a list of strings by applying formatting verbs to a series of arguments, using a similar syntax "
                + "to the C function \"printf\".",
            [format],
            variadic: args
        ) { call throws(HCLCallError) in try formatList(call) },
    ]

    private static func formatList(_ call: HCLCall) throws(HCLCallError) -> HCLValue {
        let arguments = Array(call.arguments.dropFirst())
        var count: Int?
        var chooser = 0
        for (index, argument) in arguments.enumerated() where argument.type.isSequence && !argument.isNull {
            let own = argument.children.count
            guard let first = count else {
                (count, chooser) = (own, index)
                continue
            }
            guard own == first else {
                throw HCLCallError(
                    "argument \(index + 1) has length \(own), which is inconsistent with argument \(chooser + 1) of "
                        + "length \(first)",
                    argument: index + 1
                )
            }
        }
        if count == 0 { return .list([], of: .string) }
        var texts: [String] = []
        var size = 0
        for turn in 0..<(count ?? 1) {
            let values = arguments.map { $0.type.isSequence && !$0.isNull ? $0.children[turn] : $0 }
            var formatter = HCLFormatter(values, limits: call.limits)
            do throws(HCLCallError) {
                texts.append(try formatter.apply(call.text(0)))
            } catch {
                guard arguments.isEmpty || error.excess != nil else {
                    throw HCLCallError("error on format iteration \(turn): \(error.message)")
                }
                throw error
            }
            size += texts.last?.utf8.count ?? 0
            try call.bound(size)
        }
        return .strings(texts)
    }
}
