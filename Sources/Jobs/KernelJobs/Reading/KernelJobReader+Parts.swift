import CaissonBuildModel
import CaissonContainerJobs
import CaissonText
import CaissonYAML

// The parts of a job, each by its key.

extension KernelJobReader {
    mutating func read(_ entry: YAMLEntry) {
        places[entry.key] = entry.value.place
        switch entry.key {
        case "source": readSource(entry.value)
        case "arch": readArchitecture(entry)
        case "toolchain": readToolchain(entry.value)
        case "config": readConfig(entry.value)
        case "targets": readTargets(entry)
        case "image": job.image = fields.name(entry).flatMap { $0 == "auto" ? nil : $0 }
        case "dtbs":
            for entry in fields.entries(entry.value, "dtbs", keys: ["only"]) {
                job.deviceTrees = relative(fields.texts(entry), entry.key)
            }
        case "make": readMake(entry.value)
        case "buildDir": readBuildFolder(entry.value)
        case "reproducible": readIdentity(entry.value)
        case "artifacts": readResults(entry.value)
        case "validate": readValidation(entry.value)
        case "resources": readResources(entry.value)
        case "retry":
            for entry in fields.entries(entry.value, "retry", keys: ["attempts", "delay", "on"])
            where entry.key == "attempts" {
                job.retries = Int(fields.number(entry, in: 0...10) ?? 0)
            }
        default: break
        }
    }

    mutating func readArchitecture(_ entry: YAMLEntry) {
        guard let name = fields.name(entry) else { return }
        guard let architecture = TargetArchitecture(name) else {
            let hint = nearest(to: name, among: TargetArchitecture.names).map { "; did you mean \($0)?" }
            let all = "; known are \(TargetArchitecture.all.map(\.name).joined(separator: ", "))"
            return fields.note("arch.unknown", entry.value.place, "unknown architecture \(name.quoted)\(hint ?? all)")
        }
        job.architecture = architecture
    }

    private mutating func readToolchain(_ value: YAMLValue) {
        for entry in fields.entries(
            value,
            "toolchain",
            keys: ["image", "base", "compiler", "version", "crossCompile", "wrapper"]
        ) {
            switch entry.key {
            case "image":
                guard let name = fields.name(entry) else { continue }
                job.toolchain.image = reference(name, entry.value.place)
            case "base":
                guard let name = fields.name(entry) else { continue }
                job.toolchain.base = reference(name, entry.value.place)
            case "compiler": job.toolchain.compiler = fields.word(entry, of: ["gcc", "clang"]) ?? "gcc"
            case "version": job.toolchain.version = version(entry)
            case "crossCompile": job.toolchain.crossPrefix = fields.text(entry).flatMap { $0 == "auto" ? nil : $0 }
            default:
                let wrapper = fields.word(entry, of: ["none", "ccache", "sccache"])
                job.toolchain.wrapper = wrapper == "none" ? nil : wrapper
            }
        }
    }

    private mutating func version(_ entry: YAMLEntry) -> String {
        guard let version = fields.text(entry) else { return "" }
        if !version.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }) {
            fields.note(
                "toolchain.version",
                entry.value.place,
                "a version is of digits and dots, not \(version.quoted)"
            )
        }
        return version
    }

    mutating func reference(_ name: String, _ place: TextPlace?) -> ImageReference? {
        do throws(ParseError) {
            return try ImageReference(parsing: name)
        } catch {
            fields.note("image.name", place, error.description)
            return nil
        }
    }

    private mutating func readTargets(_ entry: YAMLEntry) {
        let targets = fields.texts(entry)
        for target in targets where !Self.isTarget(target.text) {
            fields.note(
                "targets.name",
                target.place,
                "\(target.text.quoted) is no target: image, modules, dtbs, or one of the kernel's Makefile"
            )
        }
        job.targets = Self.ordered(targets.map { Self.targetName($0.text) })
    }

    /// Whether a text can name a target: it becomes an argument of make and a part of files' names.
    package static func isTarget(_ text: String) -> Bool {
        let name = targetName(text)
        return StepMarker.isName(name) && !name.begins(with: "-")
    }

    private static func targetName(_ text: String) -> String {
        text.begins(with: "cmd:") ? String(Substring(text.utf8.dropFirst(4))) : text
    }

    /// Targets in the order in which they are built, without `config`, which always is.
    static func ordered(_ targets: [String]) -> [String] {
        var seen: Set<String> = []
        let named = targets.map { $0 == "kernel" || $0 == "default" || $0 == "vmlinux" ? "image" : $0 }
        let unique = named.filter { $0 != "config" && seen.insert($0).inserted }
        let first = ["image", "modules", "dtbs"]
        return first.filter(unique.contains) + unique.filter { !first.contains($0) }
    }

    private mutating func readMake(_ value: YAMLValue) {
        for entry in fields.entries(value, "make", keys: ["args", "env", "jobs", "loadLimit", "keepGoing", "verbose"]) {
            switch entry.key {
            case "args": for item in fields.texts(entry) { addArgument(item.text, item.place) }
            case "env": for pair in fields.pairs(entry) { addVariable(pair.name, pair.value, pair.place) }
            case "jobs": job.make.jobs = fields.number(entry, in: 0...4096).flatMap { $0 == 0 ? nil : Int($0) }
            case "keepGoing": job.make.keepsGoing = fields.flag(entry) ?? false
            case "verbose": job.make.isVerbose = fields.flag(entry) ?? false
            default: _ = fields.number(entry, in: 0...4096)
            }
        }
    }

    private mutating func readBuildFolder(_ value: YAMLValue) {
        var (isKept, id) = (false, String?.none)
        for entry in fields.entries(value, "buildDir", keys: ["mode", "cacheId"]) {
            switch entry.key {
            case "mode": isKept = fields.word(entry, of: ["ephemeral", "cached"]) == "cached"
            default:
                id = fields.name(entry)
                if let id, !Self.isName(id) {
                    fields.note(
                        "buildDir.cacheId",
                        entry.value.place,
                        "\(id.quoted) can't name a cache: see the job's name"
                    )
                }
            }
        }
        if isKept { job.keptFolder = id ?? "" }
    }

    private mutating func readIdentity(_ value: YAMLValue) {
        for entry in fields.entries(value, "reproducible", keys: ["timestamp", "user", "host", "check"]) {
            switch entry.key {
            case "timestamp":
                if entry.value.string == "source" { continue }
                job.identity.time = fields.number(entry, in: 0...253_402_300_799)
            case "user": job.identity.user = fields.name(entry) ?? job.identity.user
            case "host": job.identity.host = fields.name(entry) ?? job.identity.host
            default:
                let words = KernelJob.Check.allCases.map(\.rawValue)
                job.check = fields.word(entry, of: words).flatMap(KernelJob.Check.init) ?? .off
            }
        }
    }

    private mutating func readValidation(_ value: YAMLValue) {
        for entry in fields.entries(value, "validate", keys: ["boot"]) {
            if case .bool(let isWanted) = entry.value.kind {
                job.boot = isWanted ? KernelJob.Boot() : nil
            } else {
                readBoot(entry.value)
            }
        }
    }

    private mutating func readBoot(_ value: YAMLValue) {
        var boot = KernelJob.Boot()
        let keys = ["machine", "cpu", "memoryMiB", "append", "expect", "timeout"]
        for entry in fields.entries(value, "boot", keys: keys) {
            switch entry.key {
            case "machine": boot.machine = fields.name(entry) ?? ""
            case "cpu": boot.processor = fields.name(entry) ?? ""
            case "memoryMiB": boot.memory = Int(fields.number(entry, in: 16...65_536) ?? 256)
            case "append": boot.arguments = fields.text(entry) ?? ""
            case "expect": boot.marker = fields.name(entry) ?? boot.marker
            default: boot.timeout = span(entry, "boot.timeout") ?? boot.timeout
            }
        }
        if boot.marker.utf8.count > 200 {
            fields.note("boot.value", value.place, "expect is a line of at most 200 bytes")
        }
        for word in [boot.machine, boot.processor] where word.hasBlankOrControl || word.hasPrefix("-") {
            fields.note("boot.value", value.place, "\(word.quoted) is no machine or processor of QEMU")
        }
        job.boot = boot
    }

    /// A time such as `90s`; nil, with a problem, where it is none.
    private mutating func span(_ entry: YAMLEntry, _ code: String) -> Duration? {
        guard let text = fields.name(entry) else { return nil }
        if let span = Timespan(parsing: text) ?? Timespan(iso8601: text), span.duration > .zero { return span.duration }
        fields.note(code, entry.value.place, "\(text.quoted) is no time such as 90s or 2h")
        return nil
    }

    private mutating func readResults(_ value: YAMLValue) {
        for entry in fields.entries(value, "artifacts", keys: ["dest", "patterns", "compress", "stripModules"]) {
            switch entry.key {
            case "dest": job.results.folder = fields.name(entry)
            case "patterns": readPatterns(entry)
            case "compress": job.results.compression = fields.word(entry, of: ["xz", "gz", "zst", "none"]) ?? "xz"
            default: job.results.stripsModules = fields.flag(entry) ?? true
            }
        }
    }

    mutating func readPatterns(_ entry: YAMLEntry) {
        var patterns: [String] = []
        for item in fields.texts(entry) {
            do throws(ParseError) {
                _ = try ArtifactPatterns([item.text])
                patterns.append(item.text)
            } catch {
                fields.note("artifacts.pattern", item.place, error.description)
            }
        }
        job.results.patterns = (try? ArtifactPatterns(patterns)) ?? .none
    }

    private mutating func readResources(_ value: YAMLValue) {
        let keys = ["cpus", "memory", "disk", "timeout", "queueTimeout", "network", "priority"]
        for entry in fields.entries(value, "resources", keys: keys) {
            switch entry.key {
            case "cpus":
                if let count = fields.number(entry, in: 1...4096) { job.make.jobs = job.make.jobs ?? Int(count) }
            case "timeout": job.timeout = span(entry, "resources.timeout") ?? job.timeout
            default: _ = fields.text(entry)
            }
        }
    }

    /// Paths that stay below the folder that they are of.
    mutating func relative(_ texts: [(text: String, place: TextPlace)], _ key: String) -> [String] {
        texts.compactMap { item in
            guard Self.isRelative(item.text) else {
                fields.note("path.outside", item.place, "\(key): \(item.text.quoted) isn't a path below the tree")
                return nil
            }
            return item.text
        }
    }

    /// Whether a text is a folder of an image, and of a mount's description nothing else.
    static func isImageFolder(_ path: String) -> Bool {
        !path.pieces(at: "/").contains("..") && !path.has(",") && !path.hasBlankOrControl
    }

    static func isRelative(_ path: String) -> Bool {
        !path.isEmpty && !path.begins(with: "/") && !path.begins(with: "-") && !path.pieces(at: "/").contains("..")
            && !path.utf8.contains { $0 < 0x20 || $0 == 0x7F }
    }
}
