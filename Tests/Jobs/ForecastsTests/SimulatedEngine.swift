import CaissonBuildModel

/// Plays BuildKit's cache: each key has the files that its last run made.
struct SimulatedEngine {
    struct Step {
        var name: String
        var isCached = false
        var isFailed = false
        var hasBegun = true
        var key = ""
        /// Whether an earlier step of the build is the same one, so that BuildKit doesn't tell it.
        var isTwin = false
    }

    var results: [String: [String: String]] = [:]
    /// The keys by what their records say of themselves.
    var descriptions: [String: Set<String>] = [:]
    var removals: [CacheRemoval] = []
    private var fresh = 0
    private var numbers: [String: Int] = [:]

    /// A short name of a long key.
    private mutating func short(_ key: String) -> String {
        let number = numbers[key] ?? numbers.count
        numbers[key] = number
        return "#\(number)"
    }

    private struct State {
        var key = "scratch"
        var tree: [String: String] = [:]
        var environment: [(String, String)] = []
        var user = ""
        /// Whether a step ran because the request says so; then all that stands on it runs.
        var isForced = false
        var directory = ""

        mutating func set(_ name: String, _ value: String) {
            environment.removeAll { $0.0 == name }
            environment.append((name, value))
        }

        func expand(_ text: String) -> String {
            var text = text
            for (name, value) in environment {
                let parts = SimulatedEngine.pieces(text, "$" + name)
                text = parts.joined(separator: value)
            }
            return text
        }
    }

    static func pieces(_ text: String, _ separator: String) -> [String] {
        var (parts, rest, current) = ([String](), Substring(text), "")
        while let first = rest.first {
            if rest.hasPrefix(separator) {
                parts.append(current)
                (current, rest) = ("", rest.dropFirst(separator.count))
            } else {
                current.append(first)
                rest = rest.dropFirst()
            }
        }
        return parts + [current]
    }

    /// A build on its way.
    private struct Course {
        var states: [Int: State] = [:]
        var steps: [Step] = []
        var isBroken = false
        /// What stands before the names of the stage's steps, and how many there are.
        var stageName = ""
        var (place, count) = (0, 0)

        func printed(_ text: String) -> String {
            let number = String(repeating: " ", count: String(count).count - String(place).count) + String(place)
            return "[\(stageName)\(number)/\(count)] \(text)"
        }
    }

    /// Runs a build and tells what each step did.
    mutating func run(_ world: SimulatedWorld) -> [Step] {
        var course = Course()
        for index in needed(world) {
            let stage = world.file.stages[index]
            let base = world.file.outer.reduce(stage.base) { text, pair in
                Self.pieces(text, "$" + pair.0).joined(separator: world.arguments[pair.0] ?? pair.1)
            }
            let below = world.file.stages.prefix(index).lastIndex { $0.name == base }
            var state = below.flatMap { course.states[$0] } ?? State()
            let isImage = below == nil && base != "scratch"
            if base == "scratch" { state.directory = "/" }
            course.place = 0
            course.count = stage.lines.filter { Self.makes($0) }.count + (isImage ? 1 : 0)
            course.stageName = world.file.stages.count > 1 ? (stage.name ?? "stage-\(index)") + " " : ""
            if isImage { take(base, world.digest(of: base), &state, &course) }
            for line in stage.lines {
                if Self.makes(line) {
                    make(line, of: stage, &state, &course, world)
                } else {
                    apply(line, &state, world)
                }
            }
            course.states[index] = state
        }
        return course.steps
    }

    private mutating func take(_ image: String, _ digest: String, _ state: inout State, _ course: inout Course) {
        course.place = 1
        var step = Step(name: course.printed("FROM docker.io/library/\(image)@\(digest)"))
        step.hasBegun = !course.isBroken
        step.key = short("image \(digest)")
        step.isCached = results[step.key] != nil
        (state.key, state.tree) = (step.key, ["/etc": digest])
        if !course.isBroken { results[step.key] = state.tree }
        Self.join(&step, with: course.steps)
        course.steps.append(step)
    }

    private mutating func make(
        _ line: SimulatedFile.Line,
        of stage: SimulatedFile.Stage,
        _ state: inout State,
        _ course: inout Course,
        _ world: SimulatedWorld
    ) {
        if case .workdir(let path) = line { state.directory = Self.join(state, path) }
        course.place += 1
        var step = Step(name: course.printed(state.expand(SimulatedFile.text(line))))
        step.hasBegun = !course.isBroken
        let effect = effect(of: line, step.name, state, course.states, world)
        state.key = short(effect.key)
        step.key = state.key
        if forces(world, stage, line) { state.isForced = true }
        if step.hasBegun {
            if let known = results[state.key], !state.isForced {
                (step.isCached, state.tree) = (true, known)
            } else if case .run(let command, _, _, _, _) = line, world.failing.contains(command) {
                step.isFailed = true
            } else {
                (results[state.key], state.tree) = (effect.tree, effect.tree)
                descriptions[effect.description, default: []].insert(state.key)
            }
        }
        if step.isFailed { course.isBroken = true }
        Self.join(&step, with: course.steps)
        course.steps.append(step)
    }

    /// A step that is done once for two stages does the same for both.
    private static func join(_ step: inout Step, with steps: [Step]) {
        func text(_ step: Step) -> Substring? { step.name.split(separator: "] ", maxSplits: 1).last }
        guard let other = steps.first(where: { $0.key == step.key && text($0) == text(step) }) else { return }
        (step.isCached, step.isTwin) = (other.isCached, true)
    }

    private static func join(_ state: State, _ path: String) -> String {
        let whole = path.hasPrefix("/") ? state.expand(path) : state.directory + "/" + state.expand(path)
        return "/" + whole.split(separator: "/").joined(separator: "/")
    }

    private static func makes(_ line: SimulatedFile.Line) -> Bool {
        switch line {
        case .run, .copy, .copyFrom, .workdir, .address: true
        default: false
        }
    }

    private func forces(_ world: SimulatedWorld, _ stage: SimulatedFile.Stage, _ line: SimulatedFile.Line) -> Bool {
        if case .workdir = line { return false }
        switch world.noCache {
        case .off: return false
        case .all: return true
        case .stages(let names): return stage.name.map { names.contains($0) } ?? false
        }
    }

    private func apply(_ line: SimulatedFile.Line, _ state: inout State, _ world: SimulatedWorld) {
        switch line {
        case .env(let name, let value): state.set(name, state.expand(value))
        case .arg(let name, let value):
            let outer = world.file.outer.first { $0.0 == name }.map { world.arguments[name] ?? $0.1 }
            if let value = world.arguments[name] ?? value ?? outer { state.set(name, value) }
        case .user(let name): state.user = name
        default: break
        }
    }

    /// What a line makes: its key, its files, and what a record of the cache says of it.
    private mutating func effect(
        of line: SimulatedFile.Line,
        _ name: String,
        _ state: State,
        _ states: [Int: State],
        _ world: SimulatedWorld
    ) -> (key: String, tree: [String: String], description: String) {
        func part(_ name: String, _ path: String) -> String {
            let tree = world.file.stages.lastIndex { $0.name == name }.flatMap { states[$0] }?.tree ?? [:]
            return tree.filter { $0.key.hasPrefix(path) }.sorted { $0.key < $1.key }.map { $0.key + $0.value }.joined()
        }
        var (key, made, description) = (state.key + "\n", state.tree, name)
        switch line {
        case .run(let command, let effect, let out, let mount, let from):
            let seen = mount.map { path in from.map { part($0, path) } ?? world.content([path]) } ?? ""
            let environment = state.environment.map { $0.0 + "=" + $0.1 }.joined(separator: "\n")
            key += "RUN \(command)\n\(environment)\n\(state.user)\n\(state.directory)\n\(seen)\n\(mount ?? "")"
            key += world.network?.rawValue ?? ""
            made[out] = file(command + state.tree.sorted { $0.key < $1.key }.description + seen, effect)
            description = "mount / from exec /bin/sh -c " + command
        case .copy(let paths, let target):
            let content = world.content(paths.map { state.expand($0) })
            key += "COPY \(content) \(Self.join(state, target))"
            made[Self.join(state, target)] = content
        case .copyFrom(let stage, let path, let target):
            key += "FROM \(part(stage, path)) \(Self.join(state, target))"
            made[Self.join(state, target)] = part(stage, path)
        case .address(let address, let checksum):
            key += "ADD \(address) \(checksum ?? String(world.remote))"
            made["/fetched"] = address + String(world.remote)
        default:
            key += "WORKDIR \(state.directory) \(state.user)"
        }
        return (key, made, description)
    }

    private mutating func file(_ inputs: String, _ effect: SimulatedFile.Effect) -> String {
        fresh += 1
        switch effect {
        case .reads: return short(inputs)
        case .fresh: return "fresh \(fresh)"
        case .constant: return "constant"
        }
    }

    private func needed(_ world: SimulatedWorld) -> [Int] {
        let stages = world.file.stages
        var open = [world.target.flatMap { name in stages.lastIndex { $0.name == name } } ?? stages.count - 1]
        var found = Set(open)
        while let index = open.popLast() {
            var names = [stages[index].base]
            for line in stages[index].lines {
                if case .copyFrom(let stage, _, _) = line { names.append(stage) }
                if case .run(_, _, _, _, let stage?) = line { names.append(stage) }
            }
            for name in names {
                if let below = stages.prefix(index).lastIndex(where: { $0.name == name }), found.insert(below).inserted
                {
                    open.append(below)
                }
            }
        }
        return found.sorted()
    }

    /// Removes what has a description, as a prune does.
    mutating func remove(_ description: String, at time: Int64) {
        for key in descriptions[description] ?? [] { results[key] = nil }
        var removal = CacheRemoval(from: "unix:///e.sock", by: "caisson cache prune", at: Timestamp(seconds: time))
        (removal.descriptions, removal.count) = ([description], 1)
        removals.append(removal)
    }
}
