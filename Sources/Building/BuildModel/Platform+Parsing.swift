import CaissonText

// Normalised as github.com/containerd/platforms does it, so that a platform compares equal to what engines answer.

extension Platform {
    private static let form = "OS[(VERSION)]/ARCH[/VARIANT], e.g. linux/arm64"
    private static let systems = [
        "aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd", "openbsd",
        "plan9",
        "solaris", "wasi", "wasip1", "windows", "zos",
    ]
    private static let architectures = [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le",
        "riscv64",
        "s390x", "sparc64", "wasm",
    ]

    /// Reads `OS[(VERSION)]/ARCH[/VARIANT]`, `OS[(VERSION)]`, `ARCH` or `local`; what is missing is this machine's.
    public init(parsing text: String) throws(ParseError) {
        let name = text.trimmed
        guard name.lowercased() != "local" else {
            self = .host
            return
        }
        var parts = name.lowercased().pieces(at: "/")
        let version = try Self.takeVersion(of: &parts[0], in: text)
        guard parts.count <= 3, parts.allSatisfy(Self.isPart) else {
            throw Self.wrong(text, name.isEmpty ? "it is empty" : "it isn't one to three names with '/' between them")
        }
        if parts.count == 1 {
            try self.init(single: parts[0], text: text, mayBeProcessor: version == nil)
            osVersion = version ?? ""
            return
        }
        let os = Self.system(parts[0])
        guard Self.systems.contains(os) else {
            throw Self.wrong(text, "unknown operating system \(os.quoted)", near: os, Self.systems)
        }
        try self.init(os: os, rawArchitecture: parts[1], variant: parts.count == 3 ? parts[2] : "", text: text)
        osVersion = version ?? ""
    }

    /// The platforms of a comma list, each once, in their order.
    public static func list(parsing text: String) throws(ParseError) -> [Platform] {
        var found: [Platform] = []
        for piece in text.pieces(at: ",") {
            let platform = try Platform(parsing: piece)
            if !found.contains(platform) { found.append(platform) }
        }
        return found
    }

    /// The platform of this machine's containers.
    public static var host: Platform {
        #if arch(arm64)
        Platform(os: "linux", architecture: "arm64")
        #elseif arch(arm)
        Platform(os: "linux", architecture: "arm", variant: "v7")
        #elseif arch(i386)
        Platform(os: "linux", architecture: "386")
        #elseif arch(riscv64)
        Platform(os: "linux", architecture: "riscv64")
        #elseif arch(powerpc64le)
        Platform(os: "linux", architecture: "ppc64le")
        #elseif arch(s390x)
        Platform(os: "linux", architecture: "s390x")
        #else
        Platform(os: "linux", architecture: "amd64")
        #endif
    }

    /// Takes the version off the name of a system, as in `windows(10.0.17763)`; nil where there is none.
    private static func takeVersion(of name: inout String, in text: String) throws(ParseError) -> String? {
        guard let (system, rest) = name.cut(at: "(") else { return nil }
        let version = String(rest.dropLast())
        let features = version.pieces(at: "+")
        guard rest.hasSuffix(")"), features.dropFirst().allSatisfy(isPart), features[0].isEmpty || isPart(features[0])
        else { throw wrong(text, "a system's version stands in parentheses, as in windows(10.0.17763)/amd64") }
        name = system
        return version
    }

    private init(single name: String, text: String, mayBeProcessor: Bool) throws(ParseError) {
        if Self.systems.contains(Self.system(name)) {
            self.init(os: Self.system(name), architecture: Self.host.architecture, variant: Self.host.variant)
            return
        }
        guard mayBeProcessor else {
            throw Self.wrong(text, "unknown operating system \(name.quoted)", near: name, Self.systems)
        }
        try self.init(os: "linux", rawArchitecture: name, variant: "", text: text)
    }

    private init(os: String, rawArchitecture: String, variant: String, text: String) throws(ParseError) {
        let (architecture, variant) = Self.normalised(rawArchitecture, variant)
        guard Self.architectures.contains(architecture) else {
            throw Self.wrong(
                text,
                "unknown architecture \(architecture.quoted)",
                near: architecture,
                Self.architectures
            )
        }
        if architecture == "arm", !["v5", "v6", "v7", "v8"].contains(variant) {
            throw Self.wrong(text, "arm has the variants v5, v6, v7 and v8")
        }
        self.init(os: os, architecture: architecture, variant: variant)
    }

    private static func wrong(
        _ text: String,
        _ problem: String,
        near word: String = "",
        _ words: [String] = []
    ) -> ParseError {
        let hint = nearest(to: word, among: words).map { " (did you mean \($0)?)" } ?? ""
        return ParseError("platform", text, problem + hint, expected: form)
    }

    private static func isPart(_ text: String) -> Bool {
        let isFine = { (byte: UInt8) in byte.isAlphanumeric || [UInt8(ascii: "_"), 0x2D, 0x2E].contains(byte) }
        return !text.isEmpty && text.utf8.count <= 64 && text.utf8.allSatisfy(isFine)
    }

    private static func system(_ name: String) -> String { name == "macos" ? "darwin" : name }

    /// The one name that an architecture and its variant go by, as containerd's normalisation gives it.
    package static func normalised(_ architecture: String, _ variant: String) -> (String, String) {
        switch (architecture, variant) {
        case ("i386", _): ("386", "")
        case ("x86_64", "v1"), ("x86-64", "v1"), ("amd64", "v1"): ("amd64", "")
        case ("x86_64", _), ("x86-64", _): ("amd64", variant)
        case ("aarch64", "8"), ("aarch64", "v8"), ("aarch64", "v8.0"): ("arm64", "")
        case ("arm64", "8"), ("arm64", "v8"), ("arm64", "v8.0"): ("arm64", "")
        case ("aarch64", "9"), ("aarch64", "9.0"), ("aarch64", "v9.0"): ("arm64", "v9")
        case ("arm64", "9"), ("arm64", "9.0"), ("arm64", "v9.0"): ("arm64", "v9")
        case ("aarch64", _): ("arm64", variant)
        case ("armhf", _), ("arm", ""), ("arm", "7"): ("arm", "v7")
        case ("armel", _): ("arm", "v6")
        case ("arm", "5"), ("arm", "6"), ("arm", "8"): ("arm", "v" + variant)
        default: (architecture, variant)
        }
    }
}

extension Platform: CustomStringConvertible {
    /// `OS/ARCH` or `OS/ARCH/VARIANT`, with the version in parentheses after the system where it has one.
    public var description: String {
        let system = osVersion.isEmpty ? os : "\(os)(\(osVersion))"
        return "\(system)/\(architecture)" + (variant.isEmpty ? "" : "/\(variant)")
    }
}
