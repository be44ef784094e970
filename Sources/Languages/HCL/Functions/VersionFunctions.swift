import CaissonGoRegex
import CaissonText

extension HCLFunction {
    /// Functions with versions of software.
    static let versions: Group = [
        "semvercmp": native(
            "Returns true if version satisfies a constraint.",
            [Parameter("version", .string), Parameter("contraint", .string)]
        ) { call throws(HCLCallError) in
            let version = try SemanticVersion(call.text(0))
            return .bool(try VersionConstraints(call.text(1)).allow(version))
        }
    ]
}

/// A version such as `1.2.3-beta.1+build`; what is missing behind the first number is 0.
struct SemanticVersion: Sendable {
    let major: UInt64
    let minor: UInt64
    let patch: UInt64
    /// What stands behind the dash, and what behind the plus.
    let prerelease: String

    private static let regex = try? GoRegex(
        #"^v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?"#
            + #"(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?$"#
    )

    init(_ text: String) throws(HCLCallError) {
        guard text.utf8.count <= 1024, let groups = Self.regex?.texts(of: text) else {
            throw HCLCallError("invalid semantic version")
        }
        major = try Self.number(groups[1])
        minor = try Self.number(groups[2])
        patch = try Self.number(groups[3])
        prerelease = groups[5]
        for part in prerelease.pieces(at: ".") where part.utf8.count > 1 && part.utf8.first == 0x30 {
            guard !part.utf8.allSatisfy(\.isDigit) else { throw HCLCallError("version segment starts with 0") }
        }
    }

    private static func number(_ text: String) throws(HCLCallError) -> UInt64 {
        let digits = text.utf8.first == UInt8(ascii: ".") ? String(text.dropFirst()) : text
        if digits.isEmpty { return 0 }
        guard let number = UInt64(digits) else { throw HCLCallError("error parsing version segment: value out of range") }
        return number
    }

    /// Below zero where this is older than another, above where it is newer.
    func compare(_ other: SemanticVersion) -> Int {
        for (one, other) in [(major, other.major), (minor, other.minor), (patch, other.patch)] where one != other {
            return one < other ? -1 : 1
        }
        return Self.compare(prerelease, other.prerelease)
    }

    /// The same of what stands behind the dash; nothing is newer than anything.
    static func compare(_ one: String, _ other: String) -> Int {
        if one == other { return 0 }
        if one.isEmpty || other.isEmpty { return one.isEmpty ? 1 : -1 }
        let (ones, others) = (one.pieces(at: "."), other.pieces(at: "."))
        for index in 0..<max(ones.count, others.count) {
            guard index < ones.count, index < others.count else { return ones.count < others.count ? -1 : 1 }
            let order = comparePart(ones[index], others[index])
            if order != 0 { return order }
        }
        return 0
    }

    private static func comparePart(_ one: String, _ other: String) -> Int {
        if one == other { return 0 }
        switch (UInt64(one), UInt64(other)) {
        case (let first?, let second?): return first < second ? -1 : first > second ? 1 : 0
        case (_?, nil): return -1
        case (nil, _?): return 1
        case (nil, nil): return one < other ? -1 : 1
        }
    }
}

extension GoRegex {
    /// The texts of the groups of the first match, the whole first; those that aren't part of it are empty.
    func texts(of text: String) -> [String]? {
        let bytes = Array(text.utf8)
        return firstMatch(in: bytes).map { match in
            match.groups.map { $0.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "" }
        }
    }
}
