/// Goes through the stages as BuildKit does when it has read a file, and finds what it refuses then: names, values
/// and sources that are wrong once the variables in them are replaced.
///
/// What a base image or `--build-arg` may set isn't known, and nothing is said about what depends on it.
struct StageWalk {
    /// What is known at a place in a stage.
    struct State {
        var variables = Variables()
        /// The working directory; nil where it isn't known.
        var directory: String?
        /// The stage that it begins with.
        var base: Int?
    }

    let file: Dockerfile
    var problems: [ParseProblem] = []
    var globals = Variables.global
    /// The stages that have been gone through.
    var states: [State] = []
    /// The last stage of each name, in small letters.
    let names: [String: Int]
    /// The stage that is gone through.
    var current = 0
    /// Images that COPY and mounts name get numbers after those of the stages.
    var unnamedSources = 0
    /// Where to report; nil for the place itself.
    var place: Range<Int>?

    init(_ file: Dockerfile) {
        self.file = file
        var names: [String: Int] = [:]
        for stage in file.stages {
            if let name = stage.name { names[name.text.lowercased()] = stage.index }
        }
        self.names = names
    }

    /// What BuildKit refuses, in the file's order.
    static func problems(of file: Dockerfile) -> [ParseProblem] {
        var walk = StageWalk(file)
        walk.run()
        return walk.problems.sorted { $0.span.lowerBound < $1.span.lowerBound }
    }

    private mutating func run() {
        let broken = brokenInstructions()
        readGlobals(broken)
        let triggered = stagesWithTriggers()
        for stage in file.stages {
            current = stage.index
            var state = begin(stage, isBroken: broken.contains(stage.from))
            if triggered.contains(stage.index), let base = state.base {
                fire(triggersOf: base, at: stage, &state)
            }
            for index in stage.body where !broken.contains(index) { dispatch(file.instructions[index], &state) }
            states.append(state)
        }
    }

    mutating func complain(_ message: String, _ span: Range<Int>) {
        problems.append(ParseProblem(message: message, span: place ?? span))
    }

    /// The instructions that BuildKit can't read: there is nothing more to say about them.
    private func brokenInstructions() -> Set<Int> {
        var broken: Set<Int> = []
        for problem in file.problems {
            var low = 0
            var high = file.instructions.count
            while low < high {
                let middle = (low + high) / 2
                if file.instructions[middle].span.lowerBound <= problem.span.lowerBound {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            if low > 0 { broken.insert(low - 1) }
        }
        return broken
    }

    // MARK: Before the stages

    private mutating func readGlobals(_ broken: Set<Int>) {
        let end = file.stages.first?.from ?? file.instructions.count
        for index in 0..<end {
            let instruction = file.instructions[index]
            guard instruction.keyword == .arg else {
                if instruction.keyword != nil, !file.stages.isEmpty {
                    complain(
                        "no build stage in current context: before FROM there can only be ARG",
                        instruction.name.span
                    )
                }
                return
            }
            if broken.contains(index) { continue }
            for pair in instruction.pairs {
                if let value = pair.value {
                    globals[pair.key.text] = expand(value.text, globals, at: pair.span)
                } else if !globals.has(pair.key.text) {
                    globals[pair.key.text] = .unknown
                }
            }
        }
    }

    // MARK: FROM

    private mutating func begin(_ stage: Stage, isBroken: Bool) -> State {
        var state = State()
        state.variables.isOpen = true
        state.variables["PATH"] = .unknown
        guard !isBroken, let image = stage.image else { return state }
        let instruction = file.instructions[stage.from]
        if let flag = instruction.flag("platform"), let value = flag.value, !value.isEmpty {
            check(platform: value, flag)
        }
        guard case .set(let name) = expand(image.text, globals, at: image.span) else { return state }
        if name.isEmpty {
            complain("base name (\(image.text)) should not be blank", image.span)
        } else if let base = file.stages[..<stage.index].last(where: { $0.name?.text.lowercased() == name })?.index {
            state = states[base]
            state.base = base
        } else if name == "scratch" {
            state.variables.isOpen = false
            state.variables["PATH"] = .set("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            state.directory = "/"
        } else if let complaint = Names.complaint(ofImage: name) {
            complain(complaint, image.span)
        }
        return state
    }

    private mutating func check(platform: String, _ flag: Flag) {
        guard case .set(let value) = expand(platform, globals, at: flag.span) else { return }
        if value.isEmpty {
            complain("empty platform value from expression \(platform)", flag.span)
        } else if let complaint = Names.complaint(ofPlatform: value) {
            complain(complaint, flag.span)
        }
    }

    // MARK: Expansion

    /// The text with its variables replaced; what BuildKit refuses in it is complained about, and unknown then.
    mutating func expand(
        _ text: String,
        _ variables: Variables,
        at span: Range<Int>,
        splitsWords: Bool = false
    ) -> VariableValue {
        do {
            let value = try expanded(text, variables, splitsWords: splitsWords)
            return value.isUnknown ? .unknown : .set(value.text)
        } catch {
            if error.isBuildKits { complain("\(error.message): \(quoted(Self.shortened(text)))", span) }
            return .unknown
        }
    }

    func expanded(
        _ text: String,
        _ variables: Variables,
        splitsWords: Bool = false
    ) throws(Expander.Failure) -> MountChecker.Value {
        let escape = file.escape
        let isPlain = text.utf8.allSatisfy { $0 != 0x24 && $0 != 0x22 && $0 != 0x27 && $0 != escape && $0 < 0x80 }
        guard !isPlain else {
            return MountChecker.Value(text: text)
        }
        var expander = Expander(bytes: Array(text.utf8), escape: escape) { variables[$0] }
        expander.splitsWords = splitsWords
        let bytes = try expander.expand()
        return MountChecker.Value(text: String(decoding: bytes, as: UTF8.self), isUnknown: !expander.isKnown)
    }

    private static func shortened(_ text: String) -> String {
        text.utf8.count <= 80 ? text : String(text.prefix(80)) + "…"
    }

    // MARK: ONBUILD

    /// The stages whose ONBUILD instructions matter to a build of the last one: it needs them, by FROM, COPY and mounts.
    private func stagesWithTriggers() -> Set<Int> {
        guard file.instructions.contains(where: { $0.keyword == .onbuild }), let last = file.stages.last else {
            return []
        }
        var reached: Set<Int> = []
        var open = [last.index]
        while let index = open.popLast() {
            guard reached.insert(index).inserted else { continue }
            let stage = file.stages[index]
            if case .stage(let base) = stage.base { open.append(base) }
            for number in stage.body {
                let names = file.instructions[number].sourceNames.map(\.text)
                open += names.compactMap { self.names[$0.lowercased()] ?? Int($0) }.filter(file.stages.indices.contains)
            }
        }
        return reached
    }

    private mutating func fire(triggersOf base: Int, at stage: Stage, _ state: inout State) {
        place = file.instructions[stage.from].span
        defer { place = nil }
        for index in file.stages[base].body where file.instructions[index].keyword == .onbuild {
            guard var trigger = file.instructions[index].triggers.first else { continue }
            trigger.heredocs = file.instructions[index].heredocs
            let found = InstructionReader.problems(of: trigger)
            for problem in found {
                complain("ONBUILD in line \(file.instructions[index].line): \(problem.message)", problem.span)
            }
            if found.isEmpty { dispatch(trigger, &state) }
        }
    }
}
