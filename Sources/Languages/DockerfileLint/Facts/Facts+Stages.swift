import CaissonDockerfile

extension Facts {
    /// The step that a stage begins with.
    func fromStep(of stage: Stage) -> Step {
        step(at: file.instructions[stage.from].span.lowerBound) ?? steps[0]
    }

    /// Where other instructions name a stage (FROM, `--from=` and mounts), as long as the name means this stage.
    func uses(ofStage stage: Stage) -> [Range<Int>] {
        guard let name = stage.name?.text.lowercased() else { return [] }
        var spans: [Range<Int>] = []
        for later in stages where later.index > stage.index {
            if later.base == .stage(stage.index), let image = later.image, image.text.lowercased() == name {
                spans.append(image.span)
            }
            for index in later.body {
                for word in file.instructions[index].sourceNames where word.text.lowercased() == name {
                    spans += exactSpan(of: word)
                }
            }
        }
        return spans
    }

    /// The word of a mount's `from=` is only known to be in its flag, so it is looked up there.
    private func exactSpan(of word: Word) -> [Range<Int>] {
        let text = Array(word.text.utf8)
        if word.span.count == text.count { return [word.span] }
        let bytes = file.source.bytes[word.span]
        guard let found = ByteSearch.first(Array("from=".utf8) + text, in: bytes) else { return [] }
        return [(found + 5)..<(found + 5 + text.count)]
    }

    /// Whether SHELL was set before a step, in its stage or in one that it begins with.
    func hasShell(at step: Step) -> Bool {
        guard let stage = step.stage else { return false }
        let chain = Set(ancestry(of: stage))
        return steps.contains { other in
            guard other.keyword == .shell, !other.isTrigger, let otherStage = other.stage else { return false }
            return chain.contains(otherStage) && (otherStage != stage || other.index < step.index)
        }
    }

    /// Whether a stage's name tells the platform.
    func isNamed(_ stage: Stage, after platform: String) -> Bool {
        guard let name = stage.name?.text.lowercased() else { return false }
        let parts = platform.lowercased().split(separator: "/").map(String.init)
        let aliases = ["x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"]
        return parts.prefix(2).contains { name.holds(aliases[$0] ?? $0) }
    }

    /// Whether no later stage begins with this one or copies from it.
    func isFinal(_ stage: Stage) -> Bool {
        !stages.contains { $0.base == .stage(stage.index) || $0.sources.contains(stage.index) }
            && !possible.values.contains { $0.bases.contains(stage.index) }
    }

    /// The stages that neither the last one needs nor those that a `--target` is likely to name.
    var unusedStages: [Stage] {
        guard let last = stages.last else { return [] }
        var needed: Set<Int> = []
        var open = [last.index] + stages.filter(isLikelyTarget).map(\.index)
        while let index = open.popLast() {
            guard needed.insert(index).inserted else { continue }
            if case .stage(let parent) = stages[index].base { open.append(parent) }
            open += stages[index].sources
            open += possible[index]?.bases ?? []
        }
        return stages.filter { !needed.contains($0.index) }
    }

    /// Whether a `--target` is likely to name a stage: it is called like one, can be run, or has nothing but files.
    private func isLikelyTarget(_ stage: Stage) -> Bool {
        guard let name = stage.name?.text.lowercased() else { return false }
        let words = [
            "test", "dev", "lint", "debug", "check", "ci", "prod", "release", "bench", "docs", "export", "binar",
        ]
        return words.contains(where: name.contains) || stage.base == .scratch
            || stage.body.contains { [.cmd, .entrypoint].contains(file.instructions[$0].keyword) }
    }

    /// The sources of COPY and ADD that are files, without heredocs.
    func sources(of step: Step) -> [Word] {
        let words = step.instruction.words.dropLast()
        let heredocs = step.instruction.heredocs
        return words.filter { word in !heredocs.contains { $0.range.overlaps(word.range) } }
    }

    /// The comment that describes an ARG or a stage: the last of those right above.
    func description(of step: Step) -> Comment? {
        let comments = file.comments[step.instruction.comments]
        guard let last = comments.last, !last.text.isEmpty else { return nil }
        return last
    }

    /// A program of plain words as a JSON list; nil if only a shell can understand it.
    func listFix(for word: Word, of instruction: Instruction) -> Fix? {
        guard instruction.heredocs.isEmpty, instruction.span.upperBound == word.span.upperBound else { return nil }
        let words = word.text.split { $0 == " " || $0 == "\t" }
        let special = "\"'\\$`|&;<>()*?[]{}~#=!"
        guard !words.isEmpty, !word.text.contains(where: special.contains) else { return nil }
        let builtins = ["cd", "exec", "export", "set", "source", ".", ":", "if", "for", "while", "exit", "umask"]
        guard !builtins.contains(String(words[0])) else { return nil }
        let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
        return .unsafe("write it as a JSON list", [Edit(word.span, "[\(list)]")])
    }

    /// `key=value` for `key value`.
    func equalsFix(for pair: Pair) -> Fix? {
        guard let value = pair.value, pair.span.upperBound == value.span.upperBound, !value.text.isEmpty else {
            return nil
        }
        var text = value.text
        if text.utf8.contains(where: { Ascii.isSpace($0) || $0 == 0x22 || $0 == 0x27 || $0 == 0x5C }) {
            // Text that is quoted already has another meaning as part of a quoted value.
            guard !text.utf8.contains(where: { $0 == 0x22 || $0 == 0x27 || $0 == 0x5C || $0 == 0x0A }) else {
                return nil
            }
            text = "\"\(text)\""
        }
        return .safe("write \(pair.key.text)=…", [Edit(pair.span, "\(pair.key.text)=\(text)")])
    }

    /// A name of an image where FROM, `COPY --from` or a mount takes one.
    struct ImageUse {
        /// The name.
        var name: String
        /// Where it stands.
        var span: Range<Int>
        /// The instruction.
        var step: Step
    }

    /// All uses of images, without those of stages.
    var imageUses: [ImageUse] {
        var uses: [ImageUse] = []
        for stage in stages {
            let earlier = Array(stages.prefix(stage.index))
            if case .image = stage.base, let image = stage.image {
                uses.append(ImageUse(name: image.unquoted, span: image.span, step: fromStep(of: stage)))
            }
            for step in steps where step.stage == stage.index && !step.isTrigger && step.keyword != .from {
                for word in step.instruction.sourceNames where Int(word.text) == nil {
                    if word.text == "scratch" || Stage.find(word.text, among: earlier) != nil { continue }
                    uses.append(ImageUse(name: word.text, span: word.span, step: step))
                }
            }
        }
        return uses
    }
}

extension Flag {
    /// The flag without quotes.
    var text: String { value.map { "--\(name)=\($0)" } ?? "--\(name)" }
}
