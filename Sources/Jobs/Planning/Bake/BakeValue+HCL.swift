import CaissonHCL
import CaissonText

// MARK: - From expressions' values to fields

extension BakeField {
    /// The field's value; nil for null, which leaves the field as it is.
    func value(of value: HCLValue) throws(BakeValueError) -> BakeValue? {
        switch form {
        case .text:
            let text = try value.brought(to: .string)
            guard !text.isNull else { return try nothing }
            return .text(text.string ?? "")
        case .flag:
            let flag = try value.brought(to: .bool)
            return flag.isNull ? nil : .flag(flag.bool ?? false)
        case .texts:
            let list = try value.brought(to: .list(.string))
            return list.isNull ? nil : .texts(try list.filledTexts)
        case .pairs(let allowsNull):
            let map = try value.brought(to: .map(.string))
            return map.isNull ? nil : .pairs(try map.textsByName(allowsNull: allowsNull))
        case .entries(let kind): return .entries(try BakeEntry.entries(of: value, kind))
        case .resources: return value.isNull ? nil : .pairs(try BakeResources.limits(of: value))
        }
    }

    private var nothing: BakeValue? {
        get throws(BakeValueError) {
            if key == .description { throw BakeValueError("null value is not allowed") }
            return nil
        }
    }
}

extension HCLValue {
    /// The value as one of a type.
    func brought(to type: HCLType) throws(BakeValueError) -> HCLValue {
        do throws(HCLConversionError) {
            return try converted(to: type)
        } catch {
            throw BakeValueError(error.message)
        }
    }

    /// The texts of a list, none of them null.
    var filledTexts: [String] {
        get throws(BakeValueError) {
            var texts: [String] = []
            for element in elements ?? [] {
                guard let text = element.string else { throw BakeValueError("null value is not allowed") }
                texts.append(text)
            }
            return texts
        }
    }

    /// The texts of a map by name.
    func textsByName(allowsNull: Bool) throws(BakeValueError) -> [String: String?] {
        var texts: [String: String?] = [:]
        for (name, value) in zip(members?.names ?? [], members?.values ?? []) {
            guard allowsNull || !value.isNull else {
                throw BakeValueError("null value is not allowed for \(name.quoted)")
            }
            texts.updateValue(value.string, forKey: name)
        }
        return texts
    }
}

extension BakeEntry {
    /// The entries that a list of texts and objects describes; empty texts are left out.
    static func entries(of value: HCLValue, _ kind: Kind) throws(BakeValueError) -> [BakeEntry] {
        guard !value.isNull else { throw BakeValueError("null value is not allowed") }
        switch value.type {
        case .list, .tuple: break
        default: throw BakeValueError("a list of texts and objects is required, but this is a \(value.type)")
        }
        var entries: [BakeEntry] = []
        for element in value.elements ?? [] {
            guard !element.isNull else { throw BakeValueError("null value is not allowed in this list") }
            guard let text = element.string else {
                entries.append(try entry(of: element, kind))
                continue
            }
            if !text.isEmpty { entries += try parse(text, kind) }
        }
        return entries
    }

    private static func entry(of value: HCLValue, _ kind: Kind) throws(BakeValueError) -> BakeEntry {
        switch kind {
        case .attestation: return try attestation(try attributes(of: value))
        case .cache:
            let attributes = try attributes(of: value)
            guard attributes["type"]?.isEmpty == false else { throw BakeValueError("type is required for a cache") }
            return BakeEntry(attributes)
        case .output: return try checkedOutput(try attributes(of: value))
        case .secret:
            let object = try value.brought(to: secretType)
            return BakeEntry(object.givenTexts)
        case .ssh:
            let object = try value.brought(to: sshType)
            return BakeEntry(object.givenTexts, paths: try object.members?["paths"]?.filledTexts ?? [])
        case .policy: return try policy(of: value)
        }
    }

    static let secretType = HCLType.object(
        ["id": .string, "src": .string, "env": .string],
        optional: ["id", "src", "env"]
    )
    static let sshType = HCLType.object(["id": .string, "paths": .list(.string)], optional: ["id", "paths"])

    private static func attributes(of value: HCLValue) throws(BakeValueError) -> [String: String] {
        let map = try value.brought(to: .map(.string))
        return try map.textsByName(allowsNull: false).compactMapValues { $0 }
    }

    private static func attestation(_ attributes: [String: String]) throws(BakeValueError) -> BakeEntry {
        var attributes = attributes
        attributes["type"] = attributes["type"] ?? ""
        if let disabled = attributes["disabled"] {
            guard let flag = GoBoolean.parse(disabled) else {
                throw BakeValueError("disabled is \(disabled.quoted), which is neither true nor false")
            }
            attributes["disabled"] = flag ? "true" : nil
        }
        return BakeEntry(attributes)
    }

    private static func policy(of value: HCLValue) throws(BakeValueError) -> BakeEntry {
        guard let members = value.members else {
            throw BakeValueError("a text or an object is required, but this is a \(value.type)")
        }
        var fields: [String] = []
        for (name, value) in zip(members.names, members.values) where !value.isNull {
            let text = try value.brought(to: .string).string ?? ""
            if !text.isEmpty { fields.append("\(name)=\(text)") }
        }
        return try policy(fields)
    }
}

extension HCLValue {
    /// The texts among an object's attributes that are neither null nor empty.
    fileprivate var givenTexts: [String: String] {
        (members?.dictionary ?? [:]).compactMapValues(\.string).filter { !$0.value.isEmpty }
    }
}

// MARK: - From fields to values that expressions see

extension BakeField {
    /// The value as expressions see it; null where nothing is given.
    func hclValue(_ value: BakeValue?) -> HCLValue {
        switch (form, value) {
        case (.text, .text(let text)?): .string(text)
        case (.text, _): key == .description ? .string("") : .null(.string)
        case (.flag, .flag(let flag)?): .bool(flag)
        case (.flag, _): .null(.bool)
        case (.texts, .texts(let texts)?): .strings(texts)
        case (.texts, _): .null(.list(.string))
        case (.pairs, .pairs(let pairs)?):
            .map(pairs.mapValues { $0.map { .string($0) } ?? .null(.string) }, of: .string)
        case (.pairs, _): .null(.map(.string))
        case (.entries(let kind), _): .list((value?.entries ?? []).map { $0.hclValue(kind) }, of: kind.hclType)
        case (.resources, .pairs(let pairs)?): BakeResources.hclValue(pairs)
        case (.resources, _): .null(BakeResources.type)
        }
    }
}

extension BakeEntry.Kind {
    fileprivate var hclType: HCLType {
        switch self {
        case .attestation, .cache, .output, .policy: .map(.string)
        case .secret: BakeEntry.secretType.withoutOptionalMark
        case .ssh: BakeEntry.sshType.withoutOptionalMark
        }
    }
}

extension HCLType {
    /// An object's type without a word on which attributes may be missing.
    fileprivate var withoutOptionalMark: HCLType {
        if case .object(let types, _) = self { .object(types) } else { self }
    }
}

extension BakeEntry {
    fileprivate func hclValue(_ kind: Kind) -> HCLValue {
        var attributes = attributes
        switch kind {
        case .attestation, .cache: break
        case .output: attributes["dest"] = attributes["dest"] ?? ""
        case .policy: attributes["filename"] = paths.first
        case .secret: for name in ["id", "src", "env"] { attributes[name] = attributes[name] ?? "" }
        case .ssh: return .object(["id": .string(attributes["id"] ?? ""), "paths": .strings(paths)])
        }
        let values = attributes.mapValues { HCLValue.string($0) }
        return kind == .secret ? .object(values) : .map(values, of: .string)
    }
}
