/// Why a value can't have a type.
package struct HCLConversionError: Error, Sendable {
    /// What is asked for, as the end of a sentence.
    package var message: String

    init(_ message: String) { self.message = message }
}

/// Makes values of one type values of another.
typealias HCLConversion = @Sendable (HCLValue) throws(HCLConversionError) -> HCLValue

extension HCLValue {
    /// The same value as one of a type; `any` within the type stands for what the value has there.
    package func converted(to wanted: HCLType) throws(HCLConversionError) -> HCLValue {
        if type == wanted.withoutOptional { return self }
        guard let conversion = HCLConversions.conversion(type, wanted, isUnsafe: true) else {
            throw HCLConversionError(HCLMismatch.message(type, wanted))
        }
        return try conversion(self)
    }
}

/// Which types become which others.
///
/// A conversion that may fail for some values is unsafe.
enum HCLConversions {
    /// The conversion from one type to another, when there is one.
    static func conversion(_ from: HCLType, _ wanted: HCLType, isUnsafe: Bool) -> HCLConversion? {
        guard let known = ofKnown(from, wanted, isUnsafe) else { return nil }
        return { value throws(HCLConversionError) in
            if wanted == .any { return value }
            if value.isUnknown { return .unknown(replacingAny(value.type, wanted.withoutOptional)) }
            if value.isNull { return .null(replacingAny(value.type, wanted.withoutOptional)) }
            return try known(value)
        }
    }

    private static func ofKnown(_ from: HCLType, _ wanted: HCLType, _ isUnsafe: Bool) -> HCLConversion? {
        if wanted == .any { return { value throws(HCLConversionError) in value } }
        if isUnsafe, from == .any {
            return { value throws(HCLConversionError) in try value.converted(to: wanted) }
        }
        if from.isPrimitive, wanted.isPrimitive { return ofPrimitive(from, wanted, isUnsafe) }
        switch (from, wanted) {
        case (.object(let have, _), .object(let want, let optional)):
            return objectToObject(have, want, optional, isUnsafe)
        case (.tuple(let have), .tuple(let want)): return tupleToTuple(have, want, isUnsafe)
        case (.list(let have), .list(let want)), (.set(let have), .list(let want)), (.set(let have), .set(let want)):
            return ofSequence(have, want, isUnsafe, isSet: wanted.isSet)
        case (.list(let have), .set(let want)):
            return isUnsafe ? ofSequence(have, want, isUnsafe, isSet: true) : nil
        case (.map(let have), .map(let want)): return mapToMap(have, want, isUnsafe)
        case (.tuple(let have), .list(let want)): return ofTuple(have, want, isUnsafe, isSet: false)
        case (.tuple(let have), .set(let want)): return ofTuple(have, want, isUnsafe, isSet: true)
        case (.object(let have, _), .map(let want)): return objectToMap(have, want, isUnsafe)
        case (.map(let have), .object(let want, let optional)):
            return isUnsafe ? mapToObject(have, want, optional) : nil
        default: return nil
        }
    }

    /// The description with what the value's type has in the places of `any`.
    static func replacingAny(_ from: HCLType, _ wanted: HCLType) -> HCLType {
        if from == .any { return wanted }
        switch (wanted, from) {
        case (.any, _): return from
        case (.map(let want), .map(let have)): return .map(replacingAny(have, want))
        case (.map(let want), .object(let have, _)):
            let types = have.sorted { $0.key < $1.key }.map(\.value)
            return .map(replacingAny(HCLUnification.unify(types, isUnsafe: true)?.type ?? .any, want))
        case (.object(let want, _), .map(let have)): return .object(want.mapValues { replacingAny(have, $0) })
        case (.object(let want, _), .object(let have, _)):
            let types = want.map { name, type in (name, have[name].map { replacingAny($0, type) } ?? type) }
            return .object(Dictionary(uniqueKeysWithValues: types))
        case (.set(let want), .set(let have)), (.set(let want), .list(let have)):
            return .set(replacingAny(have, want))
        case (.list(let want), .set(let have)), (.list(let want), .list(let have)):
            return .list(replacingAny(have, want))
        case (.set(let want), .tuple(let have)):
            return .set(replacingAny(HCLUnification.unify(have, isUnsafe: true)?.type ?? .any, want))
        case (.list(let want), .tuple(let have)):
            return .list(replacingAny(HCLUnification.unify(have, isUnsafe: true)?.type ?? .any, want))
        case (.tuple(let want), .tuple(let have)) where want.count == have.count:
            return .tuple(zip(have, want).map(replacingAny))
        default: return wanted
        }
    }
}

// MARK: - Texts, numbers, truth

extension HCLConversions {
    private static func ofPrimitive(_ from: HCLType, _ wanted: HCLType, _ isUnsafe: Bool) -> HCLConversion? {
        switch (from, wanted) {
        case (.number, .string): return { value throws(HCLConversionError) in .string(try text(of: value)) }
        case (.bool, .string):
            return { value throws(HCLConversionError) in .string(value.bool == true ? "true" : "false") }
        case (.string, .number) where isUnsafe:
            return { value throws(HCLConversionError) in
                guard let number = HCLNumber(parsing: value.string ?? "") else {
                    throw HCLConversionError("a number is required")
                }
                return .number(number)
            }
        case (.string, .bool) where isUnsafe:
            return { value throws(HCLConversionError) in .bool(try truth(of: value.string ?? "")) }
        default: return nil
        }
    }

    private static func text(of value: HCLValue) throws(HCLConversionError) -> String {
        guard let text = value.number?.text else {
            throw HCLConversionError("the number has too many digits to be written as a text")
        }
        return text
    }

    private static func truth(of text: String) throws(HCLConversionError) -> Bool {
        switch text {
        case "true", "1": return true
        case "false", "0": return false
        default: break
        }
        let lower = text.lowercased()
        guard lower == "true" || lower == "false" else { throw HCLConversionError("a bool is required") }
        throw HCLConversionError("a bool is required; to convert from string, use lowercase \(lower.goQuoted)")
    }
}
