/// A FROM and the instructions up to the next one.
package struct Stage: Sendable {
    /// Where a stage comes from.
    package enum Base: Sendable, Hashable {
        /// An earlier stage, by its number.
        case stage(Int)
        /// Nothing: `scratch`.
        case scratch
        /// An image.
        case image
    }

    /// The number of the stage, from 0.
    package var index: Int
    /// The FROM, as an index of the file's instructions.
    package var from: Int
    /// The instructions after FROM, as indices of the file's instructions.
    package var body: Range<Int>
    /// The base as it is written; nil in a broken FROM.
    package var image: Word?
    /// The name after AS.
    package var name: Word?
    /// The word AS, as it is written.
    package var asWord: Word?
    /// What the base is.
    package var base = Base.image
    /// The earlier stages it takes files from, by `COPY --from` and mounts.
    package var sources: Set<Int> = []
}

extension Stage {
    /// The stages of a file.
    static func all(of instructions: [Instruction]) -> [Stage] {
        let starts = instructions.indices.filter { instructions[$0].keyword == .from }
        var stages: [Stage] = []
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : instructions.count
            let words = instructions[start].words
            var stage = Stage(index: index, from: start, body: (start + 1)..<end)
            stage.image = words.first
            if words.count >= 2, words[1].text.lowercased() == "as" { stage.asWord = words[1] }
            if words.count >= 3 { stage.name = words[2] }
            if let image = words.first?.unquoted {
                if let earlier = find(image, among: stages) {
                    stage.base = .stage(earlier)
                } else if image.lowercased() == "scratch" {
                    stage.base = .scratch
                }
            }
            for number in stage.body { addSources(of: instructions[number], to: &stage, earlier: stages) }
            stages.append(stage)
        }
        return stages
    }

    /// The last of the stages with a name; upper and lower case are the same.
    package static func find(_ name: String, among stages: [Stage]) -> Int? {
        guard stages.contains(where: { $0.name != nil }) else { return nil }
        let wanted = name.lowercased()
        return stages.last { $0.name?.text.lowercased() == wanted }?.index
    }

    private static func addSources(of instruction: Instruction, to stage: inout Stage, earlier: [Stage]) {
        for name in instruction.sourceNames {
            if let index = Int(name.text), index >= 0, index < earlier.count {
                stage.sources.insert(index)
            } else if let index = find(name.text, among: earlier) {
                stage.sources.insert(index)
            }
        }
        for trigger in instruction.triggers { addSources(of: trigger, to: &stage, earlier: earlier) }
    }
}

extension Instruction {
    /// The stages, images and named contexts that COPY, ADD and the mounts of RUN take files from.
    package var sourceNames: [Word] {
        switch keyword {
        case .copy, .add:
            guard let flag = flag("from"), let value = flag.value else { return [] }
            return [Word(text: Expansion.unquoted(value), range: 0..<0, span: flag.valueSpan)]
        case .run:
            return mounts.compactMap { mount in mount.from }
        default:
            return []
        }
    }

    /// The mounts of a RUN.
    package var mounts: [Mount] {
        guard keyword == .run else { return [] }
        return flags.compactMap { $0.name == "mount" ? Mount($0) : nil }
    }
}

extension Mount {
    /// The id of the secret that it mounts, which is its target's name where it has no other; nil for other mounts.
    package var secretID: String? {
        guard type == "secret" else { return nil }
        if !source.isEmpty { return source }
        return id.isEmpty ? target.split(separator: "/").last.map(String.init) : id
    }
}

/// What `RUN --mount=…` says.
package struct Mount: Sendable, Hashable {
    /// `bind`, `cache`, `tmpfs`, `secret` or `ssh`.
    package var type = "bind"
    /// The target's path.
    package var target = ""
    /// The stage, image or context that it comes from.
    package var from: Word?
    /// The path in what it comes from; of a secret its id.
    package var source = ""
    /// The id of a cache, a secret or an SSH agent.
    package var id = ""
    /// The flag itself.
    package var flag: Flag

    init(_ flag: Flag) {
        self.flag = flag
        for field in (flag.value ?? "").split(separator: ",") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "type": type = parts[1].lowercased()
            case "target", "dst", "destination": target = String(parts[1])
            case "source", "src": source = String(parts[1])
            case "id": id = String(parts[1])
            case "from":
                let start = flag.valueSpan.lowerBound
                from = Word(text: String(parts[1]), range: 0..<0, span: start..<flag.valueSpan.upperBound)
            default: break
            }
        }
    }
}
