/// A program that fetches or compiles, and the directory that it keeps things in for the next time.
struct InstallTool: Sendable {
    /// The words of its command.
    let words: [String]
    /// The directories for a cache mount.
    let directories: [String]
    /// What the mount must say beside that; empty for nothing.
    var note = ""

    /// Those that are known; what is more exact comes first.
    ///
    /// Sources: the tools' own manuals on their caches, and Docker's "Optimize cache usage in builds".
    static let all: [InstallTool] = [
        apt(["apt-get", "install"]), apt(["apt-get", "update"]), apt(["apt", "install"]), apt(["apt-get", "upgrade"]),
        InstallTool(words: ["apk", "add"], directories: ["/var/cache/apk"]),
        InstallTool(words: ["dnf", "install"], directories: ["/var/cache/dnf"]),
        InstallTool(words: ["dnf", "update"], directories: ["/var/cache/dnf"]),
        InstallTool(words: ["yum", "install"], directories: ["/var/cache/yum"]),
        InstallTool(words: ["pip", "install"], directories: ["/root/.cache/pip"]),
        InstallTool(words: ["pip3", "install"], directories: ["/root/.cache/pip"]),
        InstallTool(words: ["npm", "ci"], directories: ["/root/.npm"]),
        InstallTool(words: ["npm", "install"], directories: ["/root/.npm"]),
        InstallTool(words: ["yarn", "install"], directories: ["/usr/local/share/.cache/yarn"]),
        InstallTool(words: ["pnpm", "install"], directories: ["/root/.local/share/pnpm/store"]),
        InstallTool(words: ["go", "mod", "download"], directories: ["/go/pkg/mod"]),
        InstallTool(words: ["go", "build"], directories: ["/root/.cache/go-build", "/go/pkg/mod"]),
        InstallTool(words: ["go", "install"], directories: ["/root/.cache/go-build", "/go/pkg/mod"]),
        InstallTool(words: ["go", "test"], directories: ["/root/.cache/go-build", "/go/pkg/mod"]),
        InstallTool(words: ["cargo", "build"], directories: ["/usr/local/cargo/registry", "target"]),
        InstallTool(words: ["cargo", "install"], directories: ["/usr/local/cargo/registry"]),
        InstallTool(words: ["mvn"], directories: ["/root/.m2"]),
        InstallTool(words: ["gradle"], directories: ["/root/.gradle"]),
        InstallTool(words: ["gradlew"], directories: ["/root/.gradle"]),
        InstallTool(words: ["ccache"], directories: ["/root/.cache/ccache"]),
        InstallTool(words: ["make"], directories: ["/root/.cache/ccache"], note: "and compile by ccache"),
    ]

    private static func apt(_ words: [String]) -> InstallTool {
        InstallTool(words: words, directories: ["/var/cache/apt", "/var/lib/apt"], note: "with sharing=locked")
    }

    /// Whether it fetches packages by their names, so that no file of the context matters to it.
    var isIndependent: Bool { ["apt-get", "apt", "apk", "dnf", "yum"].contains(words.first ?? "") }

    /// The one that a command runs; nil for none.
    static func used(in command: String) -> InstallTool? {
        let words = CommandWords.words(command)
        return all.first { CommandWords.contain(words, $0.words) }
    }

    /// The file that tells what is to be installed, such as `package.json`; nil where there is none.
    var manifest: String? {
        switch words.first {
        case "pip", "pip3": "requirements.txt"
        case "npm": "package.json and package-lock.json"
        case "yarn": "package.json and yarn.lock"
        case "pnpm": "package.json and pnpm-lock.yaml"
        case "go" where words.last == "download": "go.mod and go.sum"
        case "mvn": "pom.xml"
        default: nil
        }
    }
}
