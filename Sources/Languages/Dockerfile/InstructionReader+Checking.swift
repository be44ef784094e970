import CaissonText

extension InstructionReader {
    /// Finds what BuildKit's own parser refuses in an instruction.
    mutating func check(_ keyword: Keyword, _ instruction: Instruction) {
        let known = Self.knownFlags[keyword, default: []]
        for flag in instruction.flags where !known.contains(flag.name) {
            problems.append(
                ParseProblem(message: "\(keyword.rawValue) has no flag --\(flag.name)", span: flag.span)
            )
        }
        if let message = complaint(keyword, instruction) {
            problems.append(ParseProblem(message: message, span: instruction.name.span))
        }
    }

    private static let knownFlags: [Keyword: Set<String>] = [
        .add: ["keep-git-dir", "checksum", "chown", "chmod", "link", "exclude", "unpack"],
        .copy: ["from", "chown", "chmod", "link", "parents", "exclude"],
        .from: ["platform"],
        .run: ["mount", "network", "security", "device"],
        .healthcheck: ["interval", "timeout", "start-period", "start-interval", "retries"],
    ]

    private func complaint(_ keyword: Keyword, _ instruction: Instruction) -> String? {
        let count = instruction.words.count
        let name = keyword.rawValue
        switch keyword {
        case .from: return fromComplaint(instruction.words)
        case .add, .copy:
            return count < 2 ? "\(name) needs at least a source and a destination" : nil
        case .env, .label, .arg:
            if case .none = instruction.arguments, problems.isEmpty { return "\(name) needs at least one argument" }
            return instruction.pairs.isEmpty && problems.isEmpty ? "\(name) needs at least one argument" : nil
        case .expose, .volume, .run:
            return count == 0 && instruction.heredocs.isEmpty ? "\(name) needs at least one argument" : nil
        case .maintainer, .stopsignal, .user, .workdir:
            return count == 0 ? "\(name) needs an argument" : nil
        case .onbuild:
            return instruction.triggers.isEmpty ? "ONBUILD needs an instruction" : nil
        case .shell:
            return instruction.isJSON && count > 0
                ? nil : "SHELL needs a JSON list: SHELL [\"executable\", \"parameter\"]"
        case .healthcheck:
            return healthcheckComplaint(instruction)
        case .cmd, .entrypoint:
            return nil
        }
    }

    private func fromComplaint(_ words: [Word]) -> String? {
        switch words.count {
        case 1: return nil
        case 3:
            guard words[1].text.lowercased() == "as" else { return "FROM takes an image, or an image, AS and a name" }
            return Self.isStageName(words[2].text)
                ? nil : "\(quoted(words[2].text)) can't name a stage: a letter first, then letters, digits, - _ ."
        default: return "FROM takes an image, or an image, AS and a name"
        }
    }

    private static func isStageName(_ name: String) -> Bool {
        guard let first = name.utf8.first, Ascii.isLetter(first) else { return false }
        return name.utf8.allSatisfy { Ascii.isNameByte($0) || $0 == 0x2D || $0 == 0x2E }
    }

    private func healthcheckComplaint(_ instruction: Instruction) -> String? {
        switch instruction.healthcheckKind?.text.uppercased() {
        case "NONE": instruction.words.isEmpty ? nil : "HEALTHCHECK NONE takes no arguments"
        case "CMD": instruction.words.isEmpty ? "HEALTHCHECK CMD needs a command" : nil
        case nil: "HEALTHCHECK needs NONE, or CMD and a command"
        default: "HEALTHCHECK takes NONE or CMD, not \(instruction.healthcheckKind?.text ?? "")"
        }
    }
}

extension InstructionReader {
    /// The message about a word that is no instruction.
    static func unknownInstruction(_ name: String) -> String {
        let near = Spelling.nearest(to: name.uppercased(), among: Keyword.allCases.map(\.rawValue))
        return "unknown instruction \(quoted(name))" + (near.map { " (did you mean \($0)?)" } ?? "")
    }
}
