import CaissonText
import CaissonDockerfile

/// The arguments that BuildKit sets itself.
enum ArgumentScope {
    /// The arguments about platforms, which FROM may use without ARG.
    static let platformNames = [
        "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM", "TARGETOS",
        "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
    ]

    /// The proxy arguments, which ARG needn't declare.
    static let proxyNames: Set<String> = [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
        "ALL_PROXY", "all_proxy",
    ]

    /// Endings of variables that base images often set.
    static let imageEndings = ["_HOME", "_VERSION", "_DIR", "_PATH", "_ROOT", "PATH", "_MAJOR", "_PREFIX", "_URL"]
}

/// A use of a variable in a Dockerfile.
struct VariableUse {
    /// The name.
    var name: String
    /// Where `$name` or `${name…}` is.
    var span: Range<Int>
    /// Where the name itself stands.
    var nameSpan: Range<Int>
    /// What follows the name in `${…}`.
    var modifier: String

    /// A use as it was found in some bytes, and where these stand in the file.
    init(_ use: Expansion.Use, in bytes: [UInt8], at place: (Range<Int>) -> Range<Int> = { $0 }) {
        let brace = bytes[use.range.lowerBound + 1] == UInt8(ascii: "{") ? 2 : 1
        let start = use.range.lowerBound + brace
        name = use.name
        span = place(use.range)
        nameSpan = place(start..<(start + use.name.utf8.count))
        modifier = use.modifier
    }
}

extension Facts {
    /// The arguments before the first FROM, with their defaults.
    var globalArguments: [(name: String, value: Word?, step: Step)] {
        steps.filter { $0.stage == nil && $0.keyword == .arg && !$0.isTrigger }.flatMap { step in
            step.instruction.pairs.map { ($0.key.text, $0.value, step) }
        }
    }

    /// The values that arguments have in FROM when none is given.
    var defaultArguments: [String: String] {
        var values: [String: String] = [:]
        for name in ArgumentScope.platformNames { values[name] = "" }
        for (prefix, platform) in [("BUILD", settings.buildPlatform), ("TARGET", settings.platform)] {
            let parts = platform.split(separator: "/").map(String.init)
            values[prefix + "PLATFORM"] = platform
            for (name, part) in zip(["OS", "ARCH", "VARIANT"], parts) { values[prefix + name] = part }
        }
        values["TARGETSTAGE"] = "default"
        for argument in globalArguments {
            guard let value = argument.value else { continue }
            let known = values
            values[argument.name] = Expansion.expand(value.text, escape: file.escape) { known[$0] } ?? ""
        }
        return values
    }

    /// The variables used in a word of a step.
    func uses(in word: Word, of step: Step, quotes: Bool = true) -> [VariableUse] {
        let bytes = step.instruction.text.bytes
        guard word.range.upperBound <= bytes.count, !word.range.isEmpty else { return [] }
        return Expansion.uses(in: bytes[word.range], escape: file.escape, quotes: quotes).map {
            VariableUse($0, in: bytes, at: step.instruction.text.source(of:))
        }
    }

    /// The variables used in a flag's value.
    func uses(in flag: Flag) -> [VariableUse] {
        let bytes = file.source.bytes
        return Expansion.uses(in: bytes[flag.valueSpan], escape: file.escape).map { VariableUse($0, in: bytes) }
    }

    /// The variables used in the lines of a heredoc that is a file; quotes are ordinary characters there.
    private func uses(in heredoc: Heredoc) -> [VariableUse] {
        guard heredoc.expands else { return [] }
        let bytes = file.source.bytes
        // BuildKit takes the backslash here, whatever the file's escape character.
        return Expansion.uses(in: bytes[heredoc.body], quotes: false).map { VariableUse($0, in: bytes) }
    }

    /// The variables that a FROM uses.
    func fromUses(_ step: Step) -> [VariableUse] {
        var found = step.instruction.words.first.map { uses(in: $0, of: step) } ?? []
        if let flag = step.instruction.flag("platform") { found += uses(in: flag) }
        return found
    }

    /// The names that ARG and ENV define before a step, in its stage and those that it begins with.
    func variables(before step: Step) -> Set<String> {
        guard let stage = step.stage else { return Set(globalArguments.map(\.name)) }
        let chain = Set(ancestry(of: stage))
        var names: Set<String> = []
        for other in definers where other.index < step.index {
            guard let own = other.stage, chain.contains(own) else { continue }
            for pair in other.instruction.pairs { names.insert(pair.key.unquoted) }
        }
        return names
    }

    /// A variable that nothing defines.
    struct UndefinedVariable {
        var name: String
        var span: Range<Int>
        var nameSpan: Range<Int>
        var step: Step
        /// What could have been meant.
        var known: [String]
        /// Whether the stage begins with an image of which it isn't known what that sets.
        var mayBeImages: Bool
    }

    /// Variables that are used, but that neither the stage nor, as far as is known, its image defines.
    var undefinedVariables: [UndefinedVariable] {
        steps.filter { $0.stage != nil && !$0.isTrigger }.flatMap(undefinedVariables)
    }

    /// The undefined variables of one step.
    func undefinedVariables(of step: Step) -> [UndefinedVariable] {
        let used = expandedUses(of: step)
        guard !used.isEmpty else { return [] }
        let unknown = used.filter { $0.name != "PATH" && !isDefined($0.name, before: step) }
        guard !unknown.isEmpty else { return [] }
        let options = variables(before: step).sorted() + ["PATH"]
        let images = imageVariables(step)
        return unknown.compactMap { use in
            // A variable of the same ENV is only there for the next instruction, and hardly in the image.
            let isOwn = step.instruction.pairs.contains { pair in
                pair.key.unquoted == use.name && !pair.span.contains(use.span.lowerBound)
            }
            if let images {
                if images.contains(use.name), !isOwn { return nil }
            } else {
                let isImages = ArgumentScope.imageEndings.contains(where: use.name.hasSuffix)
                // An ARG before the first FROM is meant, which a stage has to declare again.
                let isGlobal = globalArguments.contains { $0.name == use.name }
                if isImages, !isOwn, !isGlobal, Spelling.nearest(to: use.name, among: options) == nil { return nil }
            }
            return UndefinedVariable(
                name: use.name,
                span: use.span,
                nameSpan: use.nameSpan,
                step: step,
                known: options,
                mayBeImages: images == nil && !isOwn
            )
        }
    }

    /// The variables that the image sets that a step's stage begins with; nil if that isn't known.
    private func imageVariables(_ step: Step) -> Set<String>? {
        guard let stage = step.stage, let first = ancestry(of: stage).last else { return [] }
        guard stages[first].base == .image else { return [] }
        return baseImage(of: stages[first]).flatMap { BaseImages.variables(of: $0.name) }
    }

    /// The variables in the parts of an instruction that BuildKit expands.
    ///
    /// EXPOSE is left out, because BuildKit accepts undefined variables there.
    private func expandedUses(of step: Step) -> [VariableUse] {
        let instruction = step.instruction
        guard instruction.text.bytes.contains(0x24) || !instruction.heredocs.isEmpty else { return [] }
        switch step.keyword {
        case .add, .copy, .user, .workdir, .stopsignal, .volume:
            let words = instruction.words.filter { word in
                !instruction.heredocs.contains { $0.range.overlaps(word.range) }
            }
            let flags = instruction.flags.filter { ["chown", "chmod", "checksum"].contains($0.name) }
            return words.flatMap { uses(in: $0, of: step) } + flags.flatMap { uses(in: $0) }
                + instruction.heredocs.flatMap(uses)
        case .env, .label:
            return instruction.pairs.flatMap { pair in
                uses(in: pair.key, of: step) + (pair.value.map { uses(in: $0, of: step) } ?? [])
            }
        case .arg:
            return instruction.pairs.flatMap { pair in pair.value.map { uses(in: $0, of: step) } ?? [] }
        case .run:
            return instruction.flags.filter { $0.name == "mount" }.flatMap { uses(in: $0) }
        default:
            return []
        }
    }

    /// The arguments that no instruction can see.
    var unusedArguments: [(step: Step, pair: Pair)] {
        var found: [(step: Step, pair: Pair)] = []
        for step in steps(.arg) {
            for pair in step.instruction.pairs where !isUsed(pair.key.text, declaredBy: step) {
                found.append((step, pair))
            }
        }
        return found
    }

    private func isUsed(_ name: String, declaredBy step: Step) -> Bool {
        if ArgumentScope.proxyNames.contains(name) || name.hasPrefix("BUILDKIT_") || name == "SOURCE_DATE_EPOCH" {
            return true
        }
        let heirs = step.stage.map { own in
            Set(stages.map(\.index).filter { $0 >= own && possibleAncestry(of: $0).contains(own) })
        }
        let later = steps.filter { other in
            guard other.index > step.index else { return false }
            guard let heirs else { return other.keyword == .from || other.keyword == .arg }
            return other.stage.map(heirs.contains) ?? false
        }
        if step.stage != nil, later.contains(where: { $0.keyword == .run }) { return true }
        let wanted = Array(name.utf8)
        return later.contains { other in
            let text = other.instruction.text.bytes
            if ByteSearch.first(wanted, in: text[...]) != nil { return true }
            return other.instruction.heredocs.contains {
                ByteSearch.first(wanted, in: file.source.bytes[$0.body]) != nil
            }
        }
    }
}
