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
        guard let number = UInt64(digits) else {
            throw HCLCallError("error parsing version segment: value out of range")
        }
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

/// What a version has to be, as Masterminds' semver for Go has it: `>=1.2, <2 || ~3.1`.
struct VersionConstraints {
    private static let version =
        #"v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?"#
        + #"(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?"#
    private static let signs = #"=||!=|>|<|>=|=>|<=|=<|~|~>|\^"#
    private static let one = try? GoRegex(#"^\s*(\#(signs))\s*(\#(version))\s*$"#)
    private static let range = try? GoRegex(#"\s*(\#(version))\s+-\s+(\#(version))\s*"#)
    private static let find = try? GoRegex(#"(\#(signs))\s*(\#(version))"#)
    private static let valid = try? GoRegex(
        #"^(\s*(\#(signs))\s*(\#(version))\s*)((?:\s+|,\s*)(\#(signs))\s*(\#(version))\s*)*$"#
    )

    private var alternatives: [[Constraint]] = []

    init(_ text: String) throws(HCLCallError) {
        guard text.utf8.count <= 4096 else { throw HCLCallError("improper constraint: it is too long") }
        for part in Self.rewritten(text).split(at: "||") {
            guard Self.valid?.matches(part) == true else { throw HCLCallError("improper constraint: \(part)") }
            let bytes = Array(part.utf8)
            let found = Self.find?.allMatches(in: bytes) ?? []
            var constraints: [Constraint] = []
            for match in found {
                constraints.append(try Self.constraint(String(decoding: bytes[match.range], as: UTF8.self)))
            }
            if found.isEmpty { constraints.append(try Self.constraint(part)) }
            alternatives.append(constraints)
        }
    }

    /// Whether a version is one of those wanted.
    func allow(_ version: SemanticVersion) -> Bool {
        alternatives.contains { constraints in
            let hasPrerelease = constraints.contains { !$0.version.prerelease.isEmpty }
            return constraints.allSatisfy { $0.allows(version, prereleases: hasPrerelease) }
        }
    }

    /// `1.2 - 2.3` as two constraints.
    private static func rewritten(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var next = 0
        for match in range?.allMatches(in: bytes) ?? [] {
            guard let low = match.groups[1], let high = match.groups[11] else { continue }
            out += bytes[next..<match.range.lowerBound] + Array(">= ".utf8) + bytes[low] + Array(", <= ".utf8)
            out += bytes[high] + [UInt8(ascii: " ")]
            next = match.range.upperBound
        }
        return String(decoding: out + bytes[next...], as: UTF8.self)
    }

    private static func constraint(_ text: String) throws(HCLCallError) -> Constraint {
        guard !text.isEmpty else {
            return Constraint(sign: "", version: try SemanticVersion("0.0.0"), isDirty: true)
        }
        guard let groups = one?.texts(of: text) else { throw HCLCallError("improper constraint: \(text)") }
        let (major, minor, patch, prerelease) = (groups[3], groups[4], groups[5], groups[6])
        var result = Constraint(sign: groups[1], version: try SemanticVersion("0.0.0"))
        var version = groups[2]
        if isOpen(major) {
            version = "0.0.0" + prerelease
            result.isDirty = true
        } else if isOpen(minor) {
            version = "\(major).0.0\(prerelease)"
            (result.isDirty, result.isMinorDirty) = (true, true)
        } else if isOpen(patch) {
            version = "\(major)\(minor).0\(prerelease)"
            (result.isDirty, result.isPatchDirty) = (true, true)
        }
        do throws(HCLCallError) {
            result.version = try SemanticVersion(version)
        } catch {
            throw HCLCallError("constraint parser error")
        }
        return result
    }

    private static func isOpen(_ part: String) -> Bool {
        ["", "x", "X", "*"].contains(part.utf8.first == UInt8(ascii: ".") ? String(part.dropFirst()) : part)
    }
}

/// One of the conditions that a version has to meet.
private struct Constraint {
    var sign: String
    var version: SemanticVersion
    /// Whether a number was left open, and which.
    var isDirty = false
    var isMinorDirty = false
    var isPatchDirty = false

    func allows(_ other: SemanticVersion, prereleases: Bool) -> Bool {
        if !other.prerelease.isEmpty, !prereleases { return false }
        return switch sign {
        case "!=": isNot(other)
        case ">": isNewer(other)
        case "<": other.compare(version) < 0
        case ">=", "=>": other.compare(version) >= 0
        case "<=", "=<": isAtMost(other)
        case "~", "~>": isNear(other)
        case "^": isCompatible(other)
        default: isDirty ? isNear(other) : other.compare(version) == 0
        }
    }

    private func isNot(_ other: SemanticVersion) -> Bool {
        guard isDirty else { return other.compare(version) != 0 }
        if version.major != other.major { return true }
        if version.minor != other.minor && !isMinorDirty { return true }
        if isMinorDirty { return false }
        if version.patch != other.patch && !isPatchDirty { return true }
        if isPatchDirty {
            if other.prerelease.isEmpty && version.prerelease.isEmpty { return false }
            return SemanticVersion.compare(other.prerelease, version.prerelease) != 0
        }
        return other.compare(version) != 0
    }

    private func isNewer(_ other: SemanticVersion) -> Bool {
        guard isDirty else { return other.compare(version) > 0 }
        if other.major != version.major { return other.major > version.major }
        if isMinorDirty { return false }
        if isPatchDirty { return other.minor > version.minor }
        return other.compare(version) > 0
    }

    private func isAtMost(_ other: SemanticVersion) -> Bool {
        guard isDirty else { return other.compare(version) <= 0 }
        if other.major > version.major { return false }
        return !(other.major == version.major && other.minor > version.minor && !isMinorDirty)
    }

    private func isNear(_ other: SemanticVersion) -> Bool {
        if other.compare(version) < 0 { return false }
        let isZero = version.major == 0 && version.minor == 0 && version.patch == 0
        if isZero && !isMinorDirty && !isPatchDirty { return true }
        return other.major == version.major && (other.minor == version.minor || isMinorDirty)
    }

    private func isCompatible(_ other: SemanticVersion) -> Bool {
        if other.compare(version) < 0 { return false }
        if version.major > 0 || isMinorDirty { return other.major == version.major }
        if other.major > 0 { return false }
        if version.minor > 0 || isPatchDirty { return other.minor == version.minor }
        return other.minor == 0 && other.patch == version.patch
    }
}
