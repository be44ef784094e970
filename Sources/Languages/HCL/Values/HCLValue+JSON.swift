package import CaissonJSON

extension HCLValue {
    /// The value as JSON on one line, with the bytes that go-cty and Go's encoder write.
    ///
    /// Throws for infinite numbers, those of too many digits, and what isn't known.
    package var json: String {
        get throws(HCLConversionError) {
            var writer = JSONWriter(.go)
            writer.write(try jsonValue)
            return writer.text
        }
    }

    /// The value as JSON; names are sorted.
    package var jsonValue: JSON {
        get throws(HCLConversionError) {
            switch content {
            case .unknown: throw HCLConversionError("value is not known")
            case .null: return .null
            case .bool(let value): return .bool(value)
            case .string(let text): return .string(text)
            case .number(let number):
                guard !number.isInfinite else { throw HCLConversionError("cannot serialize infinity as JSON") }
                guard let text = number.text else {
                    throw HCLConversionError("the number has too many digits to be written")
                }
                return .number(text)
            case .elements(let values):
                var elements: [JSON] = []
                for value in values { elements.append(try value.jsonValue) }
                return .array(elements)
            case .members(let members):
                var list: [JSONMember] = []
                for (name, value) in zip(members.names, members.values) {
                    list.append(JSONMember(name, try value.jsonValue))
                }
                return .object(list)
            }
        }
    }

    /// The value that JSON describes, with the type that it implies: tuples and objects.
    ///
    /// Throws for a number that has too many digits.
    package init(json: JSON) throws(HCLConversionError) {
        switch json {
        case .null: self = .null()
        case .bool(let value): self = .bool(value)
        case .string(let text): self = .string(text)
        case .number(let text):
            guard let number = HCLNumber(parsing: text) else { throw HCLConversionError("a number is required") }
            self = .number(number)
        case .array(let values):
            var elements: [HCLValue] = []
            for value in values { elements.append(try HCLValue(json: value)) }
            self = .tuple(elements)
        case .object(let members):
            var attributes: [String: HCLValue] = [:]
            for member in members {
                let value = try HCLValue(json: member.value)
                if let first = attributes[member.name], first.type != value.type {
                    throw HCLConversionError("duplicate \(member.name.goQuoted) property in JSON object")
                }
                attributes[member.name] = value
            }
            self = .object(attributes)
        }
    }
}
