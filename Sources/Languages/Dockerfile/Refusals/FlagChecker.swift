import CaissonText

/// Finds flags that BuildKit refuses: unknown ones, ones without a value or given twice, and values that are none.
struct FlagChecker {
    /// What a flag takes.
    private enum Kind {
        /// Nothing, `true` or `false`.
        case boolean
        /// One value.
        case text
        /// One value each time that it is given.
        case texts
    }

    private static let kinds: [Keyword: [String: Kind]] = [
        .add: [
            "keep-git-dir": .boolean, "checksum": .text, "chown": .text, "chmod": .text, "link": .boolean,
            "exclude": .texts, "unpack": .boolean,
        ],
        .copy: [
            "from": .text, "chown": .text, "chmod": .text, "link": .boolean, "parents": .boolean, "exclude": .texts,
        ],
        .from: ["platform": .text],
        .run: ["mount": .texts, "network": .text, "security": .text, "device": .texts],
        .healthcheck: [
            "interval": .text, "timeout": .text, "start-period": .text, "start-interval": .text, "retries": .text,
        ],
    ]

    /// Flags that the front end in Docker 28 has not, and the front ends of `# syntax=` that have them.
    private static let newer = [
        "parents": "docker/dockerfile:1.20", "security": "docker/dockerfile:1-labs",
        "device": "docker/dockerfile:1-labs",
    ]

    let keyword: Keyword
    let hasOwnFrontEnd: Bool
    private var problems: [ParseProblem] = []

    private init(_ keyword: Keyword, hasOwnFrontEnd: Bool) {
        self.keyword = keyword
        self.hasOwnFrontEnd = hasOwnFrontEnd
    }

    /// The problems of an instruction's flags.
    static func problems(of instruction: Instruction, _ keyword: Keyword, hasOwnFrontEnd: Bool) -> [ParseProblem] {
        guard !instruction.flags.isEmpty else { return [] }
        var checker = FlagChecker(keyword, hasOwnFrontEnd: hasOwnFrontEnd)
        var seen: Set<String> = []
        for flag in instruction.flags {
            checker.check(flag, isAgain: !seen.insert(flag.name).inserted)
        }
        return checker.problems
    }

    private mutating func check(_ flag: Flag, isAgain: Bool) {
        guard let kind = Self.kinds[keyword]?[flag.name] else { return complain(unknown(flag.name), flag) }
        if let frontEnd = Self.newer[flag.name], !hasOwnFrontEnd {
            let hint = "the front end in Docker 28 has none; begin the file with # syntax=\(frontEnd)"
            return complain("unknown flag: --\(flag.name) (\(hint))", flag)
        }
        if isAgain, kind != .texts { return complain("duplicate flag specified: --\(flag.name)", flag) }
        switch (kind, flag.value) {
        case (.boolean, nil): break
        case (.boolean, ""?), (.text, nil), (.texts, nil): complain("missing a value on flag: --\(flag.name)", flag)
        case (.boolean, let value?):
            if !["true", "false"].contains(value.lowercased()) {
                complain("expecting boolean value for flag --\(flag.name), not: \(value)", flag)
            }
        case (.text, let value?), (.texts, let value?):
            if let message = complaint(flag.name, value) { complain(message, flag) }
        }
    }

    private mutating func complain(_ message: String, _ flag: Flag) {
        problems.append(ParseProblem(message: message, span: flag.span))
    }

    private func unknown(_ name: String) -> String {
        let known = Self.kinds[keyword].map { $0.keys.sorted() } ?? []
        // Of names that are as near to BuildKit, two swapped letters are the smaller slip.
        let near = nearest(to: name, among: known) ?? Spelling.nearest(to: name, among: known)
        return "unknown flag: --\(name)"
            + (near.map { " (did you mean --\($0)?)" } ?? " (\(keyword.rawValue) has none)")
    }

    private func complaint(_ name: String, _ value: String) -> String? {
        switch (keyword, name) {
        case (.run, "network"):
            ["default", "none", "host"].contains(value)
                ? nil : "invalid network mode \(quoted(value)): it can be default, none or host"
        case (.run, "security"):
            ["insecure", "sandbox"].contains(value)
                ? nil : "security \(quoted(value)) is not valid: it can be insecure or sandbox"
        case (.run, "mount"): MountChecker.complaint(beforeExpansion: value)
        case (.run, "device"): Self.deviceComplaint(value)
        case (.healthcheck, "retries"): Self.retriesComplaint(value)
        case (.healthcheck, _): Self.intervalComplaint(name, value)
        default: nil
        }
    }

    private static func retriesComplaint(_ value: String) -> String? {
        if value.isEmpty { return nil }
        guard let retries = Int32(value) else { return "--retries takes a number, not \(quoted(value))" }
        return retries < 0 ? "--retries cannot be negative (\(retries))" : nil
    }

    private static func intervalComplaint(_ name: String, _ value: String) -> String? {
        if value.isEmpty { return nil }
        guard let nanoseconds = Values.duration(value) else {
            return "--\(name) takes a time such as 30s or 1m30s, not \(quoted(value))"
        }
        return nanoseconds != 0 && nanoseconds < 1e6 ? "--\(name) cannot be less than 1ms" : nil
    }

    private static func deviceComplaint(_ value: String) -> String? {
        guard let fields = Values.fields(value) else { return "failed to parse csv devices: \(quoted(value))" }
        var hasName = false
        for field in fields {
            guard let (key, text) = field.cut(at: "=") else {
                if field.lowercased() == "required" { continue }
                if hasName { return "invalid field '\(field)' must be a key=value pair" }
                hasName = true
                continue
            }
            switch key.lowercased() {
            case "name" where hasName: return "device name already set: \(quoted(field))"
            case "required" where GoBoolean.parse(text) == nil: return "invalid value for required: \(text)"
            case "required": break
            case "name": hasName = true
            default:
                if hasName { return "unexpected key '\(key)' in '\(field)'" }
                hasName = true
            }
        }
        return nil
    }
}
