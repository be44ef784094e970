import CaissonText

extension InstructionReader {
    /// Finds what BuildKit refuses in an instruction when it reads it, before it knows any variable.
    mutating func check(_ keyword: Keyword, _ instruction: Instruction) {
        // A text that can't be split has been complained about.
        let isRead = problems.isEmpty
        if readsFlags(keyword, instruction) {
            problems += FlagChecker.problems(of: instruction, keyword, hasOwnFrontEnd: hasOwnFrontEnd)
        }
        if isRead, let complaint = complaint(keyword, instruction) {
            problems.append(ParseProblem(message: complaint.message, span: complaint.span ?? instruction.name.span))
        }
    }

    /// BuildKit doesn't look at the flags of these at all.
    private func readsFlags(_ keyword: Keyword, _ instruction: Instruction) -> Bool {
        switch keyword {
        case .arg, .stopsignal: false
        case .healthcheck: instruction.healthcheckKind?.text.uppercased() != "NONE"
        default: true
        }
    }

    private typealias Complaint = (message: String, span: Range<Int>?)

    private func complaint(_ keyword: Keyword, _ instruction: Instruction) -> Complaint? {
        let count = instruction.words.count
        let name = keyword.rawValue
        switch keyword {
        case .from: return fromComplaint(instruction.words).map { ($0, nil) }
        case .add, .copy: return sourcesComplaint(name, instruction)
        case .env, .label, .arg: return pairsComplaint(name, instruction)
        case .expose: return count == 0 ? ("EXPOSE requires at least one argument", nil) : nil
        case .volume: return volumeComplaint(instruction)
        case .maintainer, .stopsignal, .user, .workdir:
            return count == 0 ? ("\(name) requires exactly one argument", nil) : nil
        case .onbuild: return onbuildComplaint(instruction)
        case .shell:
            if count == 0 { return ("SHELL requires at least one argument", nil) }
            let message = "SHELL requires the arguments to be in JSON form: SHELL [\"executable\", \"parameter\"]"
            return instruction.isJSON ? nil : (message, nil)
        case .healthcheck: return healthcheckComplaint(instruction).map { ($0, nil) }
        case .cmd, .entrypoint, .run: return nil
        }
    }

    private func fromComplaint(_ words: [Word]) -> String? {
        let message = "FROM requires either one or three arguments: an image, or an image, AS and a name"
        switch words.count {
        case 1: return nil
        case 3:
            guard words[1].text.lowercased() == "as" else { return message }
            return Self.isStageName(words[2].text)
                ? nil
                : "invalid name for build stage: \(quoted(words[2].text)), name can't start with a number or contain symbols"
        default: return message
        }
    }

    private static func isStageName(_ name: String) -> Bool {
        // The front end also looks for a named context of this name, which must be an image's.
        guard let first = name.utf8.first, Ascii.isLetter(first), Names.isPathComponent(name.lowercased()) else {
            return false
        }
        return name.utf8.allSatisfy { Ascii.isNameByte($0) || $0 == 0x2D || $0 == 0x2E }
    }

    private func sourcesComplaint(_ name: String, _ instruction: Instruction) -> Complaint? {
        let words = instruction.words
        guard let target = words.last, words.count > 1 else {
            return ("\(name) requires at least two arguments: a source and a destination", nil)
        }
        guard !instruction.isJSON, instruction.heredocs.contains(where: { $0.range == target.range }) else {
            return nil
        }
        return ("\(name) cannot accept a heredoc as a destination", target.span)
    }

    private func pairsComplaint(_ name: String, _ instruction: Instruction) -> Complaint? {
        if instruction.pairs.isEmpty { return ("\(name) requires at least one argument", nil) }
        guard let blank = instruction.pairs.first(where: { $0.key.text.isEmpty }) else { return nil }
        return ("\(name) names can not be blank", blank.span)
    }

    private func volumeComplaint(_ instruction: Instruction) -> Complaint? {
        if instruction.words.isEmpty { return ("VOLUME requires at least one argument", nil) }
        let blank = instruction.words.first { $0.text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
        return blank.map { ("VOLUME specified can not be an empty string", $0.span) }
    }

    private func onbuildComplaint(_ instruction: Instruction) -> Complaint? {
        guard let trigger = instruction.triggers.first else { return ("ONBUILD requires at least one argument", nil) }
        switch trigger.keyword {
        case .onbuild: return ("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", trigger.name.span)
        case .maintainer, .from:
            return ("\(trigger.name.text.uppercased()) isn't allowed as an ONBUILD trigger", trigger.name.span)
        default: return nil
        }
    }

    private func healthcheckComplaint(_ instruction: Instruction) -> String? {
        switch instruction.healthcheckKind?.text.uppercased() {
        case "NONE": instruction.words.isEmpty ? nil : "HEALTHCHECK NONE takes no arguments"
        case "CMD": instruction.words.isEmpty ? "Missing command after HEALTHCHECK CMD" : nil
        case nil: "HEALTHCHECK requires at least one argument: NONE, or CMD and a command"
        case let other?: "Unknown type \(quoted(other)) in HEALTHCHECK (try CMD)"
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
