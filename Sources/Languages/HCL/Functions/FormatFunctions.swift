import CaissonText

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

/// Puts values into the places of a text that `%` marks.
struct HCLFormatter {
    /// The largest width and precision.
    private static let widest = 1_000_000

    private let arguments: [HCLValue]
    private let limits: HCLLimits
    private var out: [UInt8] = []
    private var nextArgument = 1
    private var highestArgument = 0

    init(_ arguments: [HCLValue], limits: HCLLimits) {
        self.arguments = arguments
        self.limits = limits
    }

    /// A mark with all that it says.
    struct Verb {
        /// The mark as it is written, and where.
        var raw = ""
        var offset = 0
        /// The argument, from 1.
        var argument = 1
        var letter: UInt8 = 0
        var hasZero = false
        var hasSharp = false
        var hasPlus = false
        var hasMinus = false
        var hasSpace = false
        var width: Int?
        var precision: Int?
    }

    /// The text with the values in it.
    mutating func apply(_ format: String) throws(HCLCallError) -> String {
        let bytes = Array(format.utf8)
        var next = 0
        while next < bytes.count {
            guard bytes[next] == UInt8(ascii: "%") else {
                out.append(bytes[next])
                next += 1
                continue
            }
            if next + 1 < bytes.count, bytes[next + 1] == UInt8(ascii: "%") {
                out.append(UInt8(ascii: "%"))
                next += 2
                continue
            }
            let verb = try read(bytes, &next)
            highestArgument = max(highestArgument, verb.argument)
            nextArgument = verb.argument + 1
            out += Array(try text(verb).utf8)
            guard out.count <= limits.weight else { throw HCLCallError(excess: "\(out.count) bytes") }
        }
        try checkAllUsed()
        return String(decoding: out, as: UTF8.self)
    }

    private func checkAllUsed() throws(HCLCallError) {
        guard highestArgument < arguments.count else { return }
        let reason =
            highestArgument == 0
            ? "no verbs in format string" : "only \(highestArgument) used by format string"
        throw HCLCallError("too many arguments; \(reason)", argument: highestArgument + 1)
    }

    // MARK: - Reading a mark

    private func read(_ bytes: [UInt8], _ next: inout Int) throws(HCLCallError) -> Verb {
        var verb = Verb(offset: next, argument: nextArgument)
        var place = next + 1
        flags: while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "0"): verb.hasZero = true
            case UInt8(ascii: "#"): verb.hasSharp = true
            case UInt8(ascii: "-"): verb.hasMinus = true
            case UInt8(ascii: "+"): verb.hasPlus = true
            case UInt8(ascii: " "): verb.hasSpace = true
            default: break flags
            }
            place += 1
        }
        verb.width = try number(bytes, &place)
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            place += 1
            verb.precision = try number(bytes, &place) ?? 0
        }
        if place < bytes.count, bytes[place] == UInt8(ascii: "[") {
            place += 1
            guard place < bytes.count, bytes[place] != UInt8(ascii: "0"), let index = try number(bytes, &place) else {
                throw unrecognized(bytes, place)
            }
            guard place < bytes.count, bytes[place] == UInt8(ascii: "]") else { throw unrecognized(bytes, place) }
            place += 1
            verb.argument = index
        }
        guard place < bytes.count, bytes[place].isLowercase || bytes[place].isUppercase else {
            throw unrecognized(bytes, place)
        }
        verb.letter = bytes[place]
        verb.raw = String(decoding: bytes[next...place], as: UTF8.self)
        next = place + 1
        return verb
    }

    private func number(_ bytes: [UInt8], _ place: inout Int) throws(HCLCallError) -> Int? {
        var value: Int?
        while place < bytes.count, bytes[place].isDigit {
            value = (value ?? 0) * 10 + Int(bytes[place] - 0x30)
            if value ?? 0 > Self.widest { throw HCLCallError("a width, precision or index is over \(Self.widest)") }
            place += 1
        }
        return value
    }

    private func unrecognized(_ bytes: [UInt8], _ place: Int) -> HCLCallError {
        guard place < bytes.count else { return HCLCallError("invalid format string starting at offset \(place)") }
        let character = String(decoding: bytes[place...].prefix(4), as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
        return HCLCallError("unrecognized format character '\(character)' at offset \(place)")
    }

    // MARK: - Writing a value

    private func text(_ verb: Verb) throws(HCLCallError) -> String {
        let index = verb.argument - 1
        guard arguments.indices.contains(index) else {
            throw HCLCallError(
                "not enough arguments for \(verb.raw.goQuoted) at \(verb.offset): need index \(verb.argument) but have "
                    + "\(arguments.count) total"
            )
        }
        let value = arguments[index]
        if verb.letter != UInt8(ascii: "v"), value.isNull { throw unsupported(verb, "null value cannot be formatted") }
        switch verb.letter {
        case UInt8(ascii: "v"): return verb.padded(try asIs(verb, value))
        case UInt8(ascii: "t"): return try converted(verb, value, .bool).bool == true ? "true" : "false"
        case UInt8(ascii: "b"), UInt8(ascii: "d"), UInt8(ascii: "o"), UInt8(ascii: "x"), UInt8(ascii: "X"):
            guard let number = try converted(verb, value, .number).number, number.isWhole,
                let integer = number.truncated
            else { throw unsupported(verb, "an integer is required") }
            return verb.integer(integer)
        case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "f"), UInt8(ascii: "g"), UInt8(ascii: "G"):
            guard let number = try converted(verb, value, .number).number, let text = verb.number(number) else {
                throw unsupported(verb, "the number has too many digits")
            }
            return text
        case UInt8(ascii: "s"), UInt8(ascii: "q"): return verb.padded(try string(verb, value))
        default:
            let letter = Character(Unicode.Scalar(verb.letter))
            let place = "in \(verb.raw.goQuoted) at offset \(verb.offset)"
            throw HCLCallError("unsupported format verb '\(letter)' \(place)")
        }
    }

    private func unsupported(_ verb: Verb, _ reason: String) -> HCLCallError {
        HCLCallError("unsupported value for \(verb.raw.goQuoted) at \(verb.offset): \(reason)")
    }

    private func converted(_ verb: Verb, _ value: HCLValue, _ type: HCLType) throws(HCLCallError) -> HCLValue {
        do throws(HCLConversionError) {
            return try value.converted(to: type)
        } catch {
            throw unsupported(verb, error.message)
        }
    }

    private func asIs(_ verb: Verb, _ value: HCLValue) throws(HCLCallError) -> String {
        if !verb.hasSharp {
            if let text = value.string { return text }
            if let number = value.number {
                guard let text = number.text(.general) else {
                    throw unsupported(verb, "the number has too many digits")
                }
                return text
            }
        }
        do throws(HCLConversionError) {
            return try value.json
        } catch {
            throw unsupported(verb, error.message)
        }
    }

    private func string(_ verb: Verb, _ value: HCLValue) throws(HCLCallError) -> String {
        var text = try converted(verb, value, .string).string ?? ""
        if let precision = verb.precision, precision > 0 { text = String(text.prefix(precision)) }
        guard verb.letter == UInt8(ascii: "q") else { return text }
        return (try? HCLValue.string(text).json) ?? text
    }
}
