import CaissonText

extension StageWalk {
    /// Does what an instruction does to the variables, and finds what BuildKit refuses in it.
    mutating func dispatch(_ instruction: Instruction, _ state: inout State) {
        switch instruction.keyword {
        case .env, .label: setPairs(instruction, &state)
        case .arg: declare(instruction, &state)
        case .copy, .add: copy(instruction, state)
        case .run:
            for flag in instruction.flags where flag.name == "mount" { mount(flag, state) }
        case .workdir: enter(instruction, &state)
        case .user:
            for word in instruction.words { _ = expand(word.text, state.variables, at: word.span) }
        case .volume: declareVolumes(instruction, state)
        case .expose: expose(instruction, state)
        case .stopsignal: setSignal(instruction, state)
        default: break
        }
    }

    // MARK: Variables

    private mutating func setPairs(_ instruction: Instruction, _ state: inout State) {
        var found: [(name: VariableValue, value: VariableValue)] = []
        for pair in instruction.pairs {
            let name = expand(pair.key.text, state.variables, at: pair.key.span)
            let value = pair.value.map { expand($0.text, state.variables, at: $0.span) } ?? .set("")
            found.append((name, value))
        }
        guard instruction.keyword == .env else { return }
        for (name, value) in found {
            // Which variable it is may be unknown, and then any may have been set.
            if case .set(let name) = name { state.variables[name] = value } else { state.variables.isOpen = true }
        }
    }

    private mutating func declare(_ instruction: Instruction, _ state: inout State) {
        for pair in instruction.pairs {
            let name = pair.key.text
            if let value = pair.value {
                state.variables[name] = expand(value.text, state.variables, at: value.span)
            } else if globals.has(name) {
                state.variables[name] = globals[name]
            } else if !state.variables.has(name) {
                state.variables[name] = .unknown
            }
        }
    }

    private mutating func enter(_ instruction: Instruction, _ state: inout State) {
        guard let word = instruction.words.first else { return }
        guard case .set(let path) = expand(word.text, state.variables, at: word.span) else {
            state.directory = nil
            return
        }
        state.directory = path.hasPrefix("/") ? path : state.directory.map { $0 + "/" + path }
    }

    private mutating func declareVolumes(_ instruction: Instruction, _ state: State) {
        for word in instruction.words {
            guard case .set("") = expand(word.text, state.variables, at: word.span) else { continue }
            complain("VOLUME specified can not be an empty string: \(word.text)", word.span)
        }
    }

    private mutating func setSignal(_ instruction: Instruction, _ state: State) {
        guard let word = instruction.words.first,
            case .set(let signal) = expand(word.text, state.variables, at: word.span), !Values.isSignal(signal)
        else { return }
        complain("invalid signal: \(signal)", word.span)
    }

    private mutating func expose(_ instruction: Instruction, _ state: State) {
        for word in instruction.words {
            guard case .set(let ports) = expand(word.text, state.variables, at: word.span, splitsWords: true) else {
                continue
            }
            for complaint in ports.pieces(at: "\n").filter({ !$0.isEmpty }).compactMap(PortChecker.complaint) {
                complain(complaint, word.span)
            }
        }
    }

    // MARK: COPY and ADD

    private mutating func copy(_ instruction: Instruction, _ state: State) {
        if instruction.keyword == .copy, let flag = instruction.flag("from") { check(from: flag) }
        let isAdd = instruction.keyword == .add
        var checksum: String?
        for flag in instruction.flags where ["chown", "chmod", "checksum"].contains(flag.name) {
            guard case .set(let value) = expand(flag.value ?? "", state.variables, at: flag.span) else { continue }
            if flag.name == "checksum" { checksum = value }
            if flag.name == "chmod", !value.isEmpty, let complaint = Values.complaint(ofMode: value) {
                complain(complaint, flag.span)
            }
        }
        let sources = paths(instruction, state)
        checkContents(instruction, state)
        if let checksum, !checksum.isEmpty, let flag = instruction.flag("checksum"),
            !sources.contains(where: { $0 == nil }),
            let complaint = SourceChecker.complaint(checksumOf: sources.compactMap { $0?.text })
        {
            return complain(complaint, flag.span)
        }
        let keeps = instruction.flag("keep-git-dir").map { $0.value?.lowercased() != "false" }
        let checker = SourceChecker(isAdd: isAdd, checksum: checksum, keepsGitDirectory: keeps)
        for source in sources.compactMap({ $0 }) {
            if let complaint = checker.complaint(source.text) { complain(complaint, source.span) }
        }
    }

    /// The sources that are paths or addresses; nil for one that isn't known.
    private mutating func paths(_ instruction: Instruction, _ state: State) -> [(text: String, span: Range<Int>)?] {
        var found: [(text: String, span: Range<Int>)?] = []
        for word in instruction.words {
            if !instruction.isJSON, instruction.heredocs.contains(where: { $0.range == word.range }) { continue }
            if case .set(let text) = expand(word.text, state.variables, at: word.span) {
                found.append((text, word.span))
            } else {
                found.append(nil)
            }
        }
        return Array(found.dropLast())
    }

    /// The lines of heredocs have variables, too, and no quotes.
    private mutating func checkContents(_ instruction: Instruction, _ state: State) {
        for heredoc in instruction.heredocs where heredoc.expands {
            let body = file.source.bytes[heredoc.body]
            guard body.contains(0x24) else { continue }
            let variables = state.variables
            var expander = Expander(bytes: Array(body), escape: UInt8(ascii: "\\")) { variables[$0] }
            expander.readsQuotes = false
            do {
                _ = try expander.expand()
            } catch {
                if error.isBuildKits { complain("in the heredoc: \(error.message)", heredoc.span) }
            }
        }
    }

    private mutating func check(from flag: Flag) {
        guard let name = flag.value, !name.isEmpty else { return }
        let nothing = Variables()
        let value = try? expanded(name, nothing)
        guard value?.text == name else {
            let message =
                "variable expansion is not supported for --from, define a new stage with FROM using ARG from global"
            return complain("\(message) scope as a workaround", flag.span)
        }
        if let index = Int(name) {
            guard (0..<(file.stages.count + unnamedSources)).contains(index) else {
                return complain("invalid stage index \(index)", flag.span)
            }
            if index < file.stages.count { use(stage: index, name, "copy", flag) }
        } else if let index = names[name.lowercased()] {
            use(stage: index, name, "copy", flag)
        } else {
            use(image: name, flag)
        }
    }

    private mutating func use(image: String, _ flag: Flag) {
        unnamedSources += 1
        if image != "scratch", let complaint = Names.complaint(ofImage: image) { complain(complaint, flag.span) }
    }

    private mutating func use(stage: Int, _ name: String, _ verb: String, _ flag: Flag) {
        if stage == current {
            complain("circular dependency detected on stage: \(name)", flag.span)
        } else if stage > current {
            complain(
                "cannot \(verb) from stage \(quoted(name)), it needs to be defined before current stage",
                flag.span
            )
        }
    }

    // MARK: Mounts

    private mutating func mount(_ flag: Flag, _ state: State) {
        let text = flag.value ?? ""
        if let name = MountChecker.source(in: text) {
            if let index = names[name.lowercased()] {
                use(stage: index, name, "mount", flag)
            } else {
                use(image: name, flag)
            }
        } else if names["scratch"] == nil {
            unnamedSources += 1
        }
        var checker = MountChecker()
        let complaint = checker.complaint(text) { value throws(Expander.Failure) in try expanded(value, state.variables)
        }
        if let complaint { return complain(complaint, flag.span) }
        guard checker.isTypeKnown, ["bind", "cache", "tmpfs"].contains(checker.type), !checker.target.isUnknown else {
            return
        }
        let target = checker.target.text
        let isRoot: Bool
        if target.hasPrefix("/") {
            isRoot = target == "/"
        } else if let directory = state.directory {
            isRoot = Self.isRoot(directory + "/" + target)
        } else {
            return
        }
        if isRoot { complain("invalid mount target \"/\": name a directory with target=", flag.span) }
    }

    private static func isRoot(_ path: String) -> Bool {
        var depth = 0
        for part in path.pieces(at: "/") {
            switch part {
            case "", ".": break
            case "..": depth = max(0, depth - 1)
            default: depth += 1
            }
        }
        return depth == 0
    }
}
