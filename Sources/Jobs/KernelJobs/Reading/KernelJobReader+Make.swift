import CaissonText

// What make is given, by whatever way it is said.

extension KernelJobReader {
    /// Arguments that the job has fields for, with what to use.
    private static let reserved = [
        "O": "the build's folder is the job's own", "KBUILD_OUTPUT": "the build's folder is the job's own",
        "M": "modules outside of the tree aren't built", "ARCH": "use arch",
        "CROSS_COMPILE": "use toolchain.crossCompile",
        "CC": "use toolchain.compiler", "HOSTCC": "use toolchain.compiler", "LLVM": "use toolchain.compiler",
        "INSTALL_MOD_PATH": "modules are collected", "INSTALL_DTBS_PATH": "device trees are collected",
        "INSTALL_HDR_PATH": "headers are collected", "INSTALL_PATH": "the image is collected",
    ]

    /// Takes an argument of make.
    mutating func addArgument(_ text: String, _ place: TextPlace?) {
        if text.begins(with: "-j") || text.begins(with: "--jobs=") {
            let digits = text.utf8.dropFirst(text.begins(with: "-j") ? 2 : 7)
            guard let count = Int(Substring(digits)), (1...4096).contains(count) else {
                return fields.note("make.jobs", place, "\(text.quoted): jobs are a number from 1 to 4096, as in -j8")
            }
            job.make.jobs = count
            return
        }
        let isWord =
            !text.isEmpty
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !";&|<>`$\"'\\(){}*?!#".utf8.contains($0) }
        guard isWord else {
            return fields.note(
                "make.argument",
                place,
                "an argument of make is one word without what a shell would read"
            )
        }
        if text.begins(with: "-"), !["-k", "--keep-going", "-s", "--silent", "-w"].contains(text) {
            return fields.note(
                "make.option",
                place,
                "\(text.quoted) isn't passed to make; keepGoing, verbose and jobs have fields"
            )
        }
        guard let (name, _) = text.cut(at: "=") else {
            if text == "-k" || text == "--keep-going" { job.make.keepsGoing = true }
            if !text.begins(with: "-") {
                fields.note("make.argument", place, "\(text.quoted) would be a target: name it among the targets")
            }
            return
        }
        if let advice = Self.reserved[name] {
            return fields.note("make.reserved", place, "\(name)= can't be among make's arguments: \(advice)")
        }
        job.make.arguments.append(text)
    }

    /// Takes a variable of make's environment.
    mutating func addVariable(_ name: String, _ value: String, _ place: TextPlace?) {
        let bytes = Array(name.utf8)
        let isName =
            bytes.first.map { !$0.isDigit } == true
            && bytes.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
        guard isName else {
            return fields.note("env.name", place, "\(name.quoted) can't name a variable: letters, digits and _")
        }
        if let advice = Self.reserved[name] {
            return fields.note("make.reserved", place, "\(name) can't be in make's environment: \(advice)")
        }
        switch name {
        case "KBUILD_BUILD_USER": job.identity.user = value
        case "KBUILD_BUILD_HOST": job.identity.host = value
        case "KBUILD_BUILD_TIMESTAMP", "SOURCE_DATE_EPOCH":
            guard let seconds = Int64(Substring(value.utf8.dropFirst(value.begins(with: "@") ? 1 : 0))), seconds >= 0
            else {
                return fields.note("env.time", place, "\(name) is seconds since 1970, as in @1700000000")
            }
            job.identity.time = seconds
        default:
            if ConfidentialName.isSecret(name) {
                return fields.note("env.secret", place, "\(name) looks like a secret, and would be in logs and records")
            }
            job.make.environment[name] = value
        }
    }

    // MARK: All of it

    /// Finds what is wrong between several values.
    mutating func check() {
        if job.config.symbols["CONFIG_MODULES"] == "n" { job.targets.removeAll { $0 == "modules" } }
        if job.targets.isEmpty, !places.isEmpty || sources.isEmpty { return }
        for name in [job.identity.user, job.identity.host] where name.hasBlankOrControl || name.has("'") {
            fields.note(
                "reproducible.name",
                places["reproducible"],
                "\(name.quoted) can't be a user or host: it has blanks or quotes"
            )
        }
        if let image = job.image, !Self.isTarget(image) {
            fields.note("image.name", places["image"], "\(image.quoted) is no image such as bzImage")
        }
        if let prefix = job.toolchain.crossPrefix, !prefix.isEmpty, !Self.isTarget(prefix) {
            fields.note(
                "toolchain.prefix",
                places["toolchain"],
                "\(prefix.quoted) is no prefix such as aarch64-linux-gnu-"
            )
        }
    }
}
