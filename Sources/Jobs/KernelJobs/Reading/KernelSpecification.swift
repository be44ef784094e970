import CaissonText
import CaissonYAML

/// The keys of the specification's job, and what they become.
enum KernelSpecification {
    /// The keys, with what each becomes here.
    static let meanings = [
        "name": "name", "job_id": "name", "source_repository": "source.git.url", "branch": "source.git.ref",
        "commit_hash": "source.git.commit; HEAD is the branch's last one", "git_depth": "source.git.depth",
        "git_submodules": "source.git.submodules", "target_architecture": "arch", "kernel_config": "config.base",
        "config_fragments": "config.fragments", "extra_make_args": "make.args; -jN becomes make.jobs",
        "custom_env": "make.env", "enable_modules": "targets: modules", "build_dtbs": "targets: dtbs",
        "workspace_root": "nothing: the tree is on the engine", "build_directory": "nothing: it is on the engine",
        "keep_workspace": "buildDir.mode: cached", "output_directory": "artifacts.dest",
        "artifact_storage_path": "artifacts.dest, unless output_directory is given",
        "artifact_patterns": "artifacts.patterns", "cross_compile": "toolchain.crossCompile",
        "toolchain": "toolchain.compiler and toolchain.version", "timeout": "resources.timeout",
    ]

    static let keys = meanings.keys.sorted()
}

extension KernelJobReader {
    /// Reads the specification's form.
    mutating func readSpecification(_ value: YAMLValue) {
        var git = KernelJob.Git("")
        var wanted = (modules: true, trees: false)
        for entry in fields.entries(value, "the job", keys: KernelSpecification.keys) {
            places[entry.key] = entry.value.place
            switch entry.key {
            case "source_repository":
                sources["git"] = entry.place
                git.url = address(entry) ?? ""
            case "branch":
                git.reference = fields.text(entry).flatMap {
                    $0.isEmpty ? nil : name(ofReference: $0, entry.value.place)
                }
            case "commit_hash": git.commit = commit(entry)
            case "git_depth": git.depth = Int(fields.number(entry, in: 0...1_000_000) ?? 1)
            case "git_submodules": git.hasSubmodules = fields.flag(entry) ?? false
            case "enable_modules": wanted.modules = fields.flag(entry) ?? true
            case "build_dtbs": wanted.trees = fields.flag(entry) ?? false
            default: readSpecified(entry)
            }
        }
        if !git.url.isEmpty { job.source = .git(git) }
        job.targets = ["image"] + (wanted.modules ? ["modules"] : []) + (wanted.trees ? ["dtbs"] : [])
    }

    private mutating func readSpecified(_ entry: YAMLEntry) {
        switch entry.key {
        case "name", "job_id": readName(entry)
        case "target_architecture": readArchitecture(entry)
        case "kernel_config":
            if let text = fields.name(entry) { job.config.base = part(text, entry.value.place) ?? job.config.base }
        case "config_fragments": job.config.fragments = fields.texts(entry).compactMap { part($0.text, $0.place) }
        case "extra_make_args": for item in fields.texts(entry) { addArgument(item.text, item.place) }
        case "custom_env": for pair in fields.pairs(entry) { addVariable(pair.name, pair.value, pair.place) }
        case "keep_workspace": if fields.flag(entry) == true { job.keptFolder = "" }
        case "output_directory": job.results.folder = fields.name(entry) ?? job.results.folder
        case "artifact_storage_path": job.results.folder = job.results.folder ?? fields.name(entry)
        case "artifact_patterns": readPatterns(entry)
        case "cross_compile": job.toolchain.crossPrefix = fields.text(entry)
        case "toolchain":
            if let text = fields.name(entry) { setToolchain(text, entry.value.place) }
        case "timeout":
            if let seconds = fields.number(entry, in: 1...31_536_000) { job.timeout = .seconds(seconds) }
        default: _ = fields.text(entry)
        }
    }

    /// A toolchain by TuxMake's name, such as `gcc-12`.
    mutating func setToolchain(_ text: String, _ place: TextPlace?) {
        let (name, version) = text.cut(at: "-") ?? (text, "")
        let isVersion = version.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
        guard ["gcc", "clang"].contains(name), isVersion else {
            return fields.note(
                "toolchain.name",
                place,
                "\(text.quoted) is no toolchain: gcc, clang, or one with a version as in gcc-12"
            )
        }
        job.toolchain.compiler = name
        job.toolchain.version = version
        job.toolchain.isVersionInName = !version.isEmpty
    }
}
