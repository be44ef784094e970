import CaissonText

/// A variable in a stage whose ARG stands before the first FROM: it is empty there, as such an ARG is for FROM alone.
package struct OuterArgumentUse: Sendable, Hashable {
    /// The variable's name.
    package var name: String
    /// The first line of the instruction that uses it.
    package var line: Int
    /// Whether the stage begins with an image, which may set the variable.
    package var mayBeImages: Bool

    /// What it means and what to do, to stand behind the place.
    package var explanation: String {
        let state = mayBeImages ? "is empty there unless the image sets it" : "is empty there"
        return "$\(name) \(state): an ARG before FROM is for FROM alone; write “ARG \(name)” below FROM, too"
    }
}

extension Dockerfile {
    /// The first use of each such variable in each stage, in the file's order.
    ///
    /// A use with a value for the case that it is empty, as in `${A:-1}`, is meant so. Of RUN only what a shell
    /// certainly reads from its environment counts.
    package var outerArgumentUses: [OuterArgumentUse] {
        let end = stages.first?.from ?? 0
        let outer = Set(instructions[..<end].filter { $0.keyword == .arg }.flatMap(\.pairs).map(\.key.text))
        guard !outer.isEmpty else { return [] }
        var uses: [OuterArgumentUse] = []
        var declared: [Set<String>] = []
        for stage in stages {
            var known: Set<String> = if case .stage(let base) = stage.base { declared[base] } else { [] }
            let image = firstImage(of: stage)
            for instruction in instructions[stage.body] {
                for name in instruction.usedVariables(escape: escape, source) where outer.contains(name) {
                    guard !known.contains(name), !isLikelyImages(name, image) else { continue }
                    // Said once of a stage.
                    known.insert(name)
                    uses.append(OuterArgumentUse(name: name, line: instruction.line, mayBeImages: image != nil))
                }
                if [.arg, .env].contains(instruction.keyword) {
                    known.formUnion(instruction.pairs.map(\.key.unquoted))
                }
            }
            declared.append(known)
        }
        return uses
    }

    /// The image that a stage and those before it begin with; nil for none.
    private func firstImage(of stage: Stage) -> Word? {
        var stage = stage
        // A stage begins with an earlier one, so this ends.
        while case .stage(let base) = stage.base, base < stage.index { stage = stages[base] }
        return stage.base == .image ? stage.image : nil
    }

    /// Whether an image probably sets a variable: the official ones tell their version so, as `NODE_VERSION`.
    private func isLikelyImages(_ name: String, _ image: Word?) -> Bool {
        guard let image, name != "VERSION", name.hasSuffix("_VERSION") || name.hasSuffix("_HOME") else { return false }
        let first = name.prefix { $0 != "_" }.lowercased()
        return image.text.lowercased().contains(first)
    }
}

extension Instruction {
    /// The variables whose values the instruction takes, without those that it gives a value itself.
    fileprivate func usedVariables(escape: UInt8, _ source: SourceText) -> [String] {
        switch keyword {
        case .run: shellVariables(source)
        case .add, .copy, .env, .expose, .label, .stopsignal, .user, .volume, .workdir, .arg:
            Expansion.uses(in: text.bytes[afterKeyword], escape: escape).filter(\.needsValue).map(\.name)
        case .cmd, .entrypoint, .from, .healthcheck, .maintainer, .onbuild, .shell, nil: []
        }
    }

    private var afterKeyword: Range<Int> { min(name.range.upperBound, text.bytes.count)..<text.bytes.count }

    /// The variables that a RUN's shell reads, where it can't have them from elsewhere.
    private func shellVariables(_ source: SourceText) -> [String] {
        guard !isJSON else { return [] }
        let bodies = heredocs.filter(\.expands).map { Array(source.bytes[$0.body]) }
        let script = ([Array(text.bytes[rest])] + bodies).joined(separator: [Ascii.newline])
        let bytes = Array(script)
        let words = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace || ";&|()".contains($0) }
        // A file that is read in may set anything.
        if words.contains(where: { $0 == "." || $0 == "source" || $0 == "eval" }) { return [] }
        let used = Expansion.uses(in: bytes[...]).filter(\.needsValue).map(\.name)
        return used.filter { name in
            !words.contains { $0.hasPrefix("\(name)=") || $0 == name || $0.hasSuffix("\"\(name)=") }
        }
    }
}

extension Expansion.Use {
    /// Whether nothing is written for the case that it is empty.
    fileprivate var needsValue: Bool { ![":-", "-", ":+", "+", ":?", "?", ":="].contains(modifier) }
}
