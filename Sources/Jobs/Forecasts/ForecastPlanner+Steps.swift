import CaissonBuildModel
import CaissonDockerfile
import CaissonText

extension ForecastPlanner {
    /// Makes the steps of one stage.
    mutating func walk(_ index: Int) {
        let stage = file.stages[index]
        let (image, base) = base(of: stage)
        var scope = ForecastScope()
        var doubt: String?
        let made = file.instructions[stage.body].filter { $0.keyword.map { Self.makers.contains($0) } ?? false }
        let count = made.count + (base == .image ? 1 : 0)
        var step = PlannedStep(
            stage: index,
            stageName: shownName(of: stage),
            place: 0,
            count: count,
            keyword: .from,
            platform: asked.platforms.count > 1 ? platform : "",
            text: "",
            recordText: "",
            line: 0
        )
        switch base {
        case .stage(let number):
            scope = scopes[number] ?? scope
            step.parent = tips[number]
            let lower = file.instructions[file.stages[number].body]
            if lower.contains(where: { $0.keyword == .onbuild }) { doubt = "its base has ONBUILD" }
        case .scratch:
            (scope.directory, scope.user) = ("/", "")
        case .image:
            step.parent = addBase(image, stage, step)
        }
        if asked.contexts[image.lowercased()] != nil { doubt = "its base is a named context" }
        step.place = base == .image ? 1 : 0
        step.doubt = doubt
        for instruction in file.instructions[stage.body] { take(instruction, &scope, &step) }
        scopes[index] = scope
        tips[index] = step.parent
    }

    static let makers: Set<Keyword> = [.run, .copy, .add, .workdir]

    private mutating func addBase(_ image: String, _ stage: Stage, _ model: PlannedStep) -> Int {
        var step = model
        (step.place, step.line) = (1, file.instructions[stage.from].line)
        let known = (try? ImageReference(parsing: image))?.description ?? image
        step.text = "FROM " + known
        step.recordText = step.text
        let own = file.instructions[stage.from].flag("platform")?.value
        let told = own.map { outer.expand($0, file.escape) ?? "" } ?? asked.platform(platform)
        step.exact = [told.isEmpty ? ForecastScope.symbol : told]
        if image.contains(ForecastScope.symbol) { step.doubt = "its base isn't known" }
        plan.steps.append(step)
        return plan.steps.count - 1
    }

    private mutating func take(_ instruction: Instruction, _ scope: inout ForecastScope, _ model: inout PlannedStep) {
        let escape = file.escape
        switch instruction.keyword {
        case .env:
            let pairs = instruction.pairs.map { pair in
                (scope.expand(pair.key.text, escape) ?? "", scope.expand(pair.value?.text ?? "", escape) ?? "")
            }
            for (name, value) in pairs { scope.set(name, value) }
        case .arg:
            for pair in instruction.pairs { declare(pair, &scope) }
        case .user:
            scope.user = scope.expand(instruction.restText, escape) ?? ""
        case .shell:
            scope.shell = instruction.restText
        case .workdir:
            scope.directory = scope.path(scope.expand(instruction.restText, escape) ?? "")
            // BuildKit makes no directory `/`, and counts it all the same.
            if scope.directory != "/" { add(instruction, scope, &model) }
        case .run, .copy, .add:
            add(instruction, scope, &model)
        default:
            break
        }
    }

    private func declare(_ pair: Pair, _ scope: inout ForecastScope) {
        let name = pair.key.unquoted
        if name.hasPrefix("TARGET"), pair.value == nil, asked.value(of: name) == nil {
            var known = ForecastScope()
            addPlatformArguments(to: &known)
            let value = known.expand("$" + name, file.escape) ?? ""
            return scope.declare(name, value)
        }
        let own = pair.value.flatMap { scope.expand($0.text, file.escape) }
        let platforms = ["BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT"]
        let engine = platforms.contains(name) ? ForecastScope.symbol + name + ForecastScope.symbol : nil
        guard let value = asked.value(of: name) ?? own ?? outerValues[name] ?? engine else { return }
        scope.declare(name, value)
    }

    /// The arguments as BuildKit prints them: lists of COPY without quotes, and of documents of RUN the first line.
    private func printedArguments(_ instruction: Instruction) -> String {
        let isList = instruction.isJSON && instruction.keyword != .run
        if isList { return "[" + instruction.words.map(\.text).joined(separator: ", ") + "]" }
        guard instruction.keyword == .run, let document = instruction.heredocs.first else {
            return instruction.restText
        }
        // The last line is the document's end.
        let lines = file.source.text(document.body).trimmed.split(separator: "\n", omittingEmptySubsequences: false)
        let more = lines.count > 1 ? "..." : ""
        return instruction.restText + " (" + (lines.first.map(String.init) ?? "") + more + ")"
    }

    private mutating func add(_ instruction: Instruction, _ scope: ForecastScope, _ model: inout PlannedStep) {
        guard let keyword = instruction.keyword else { return }
        var step = model
        model.place += 1
        (step.place, step.line, step.keyword) = (model.place, instruction.line, keyword)
        step.exact = [keyword.rawValue]
        let flags = instruction.flags.map { flag in "--" + flag.name + (flag.value.map { "=" + $0 } ?? "") }
        let words = flags + [printedArguments(instruction)]
        step.text = scope.shown(keyword.rawValue + " " + words.joined(separator: " "), file.escape)
        var command = instruction.restText
        if case .json(let words) = instruction.arguments { command = words.map(\.text).joined(separator: " ") }
        step.recordText = keyword == .run ? "RUN " + command : step.text
        step.isScript = !instruction.heredocs.isEmpty
        if scope.isDoubtful { step.doubt = "ARG and ENV set one variable" }
        switch keyword {
        case .run: complete(run: instruction, scope, &step)
        case .workdir: step.exact += [scope.directory, scope.user]
        default: complete(copy: instruction, scope, &step)
        }
        plan.steps.append(step)
        model.parent = plan.steps.count - 1
    }
}
