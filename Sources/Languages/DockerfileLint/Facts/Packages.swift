import CaissonText
import CaissonDockerfile
import CaissonShell

/// `pip install` in its forms.
enum PipInstall {
    private static let valued: Set<String> = [
        "--abi", "-b", "--build", "-e", "--editable", "--extra-index-url", "-f", "--find-links", "-i", "--index-url",
        "--implementation", "--no-binary", "--only-binary", "--platform", "--prefix", "--progress-bar", "--proxy",
        "--python-version", "--root", "--src", "-t", "--target", "--timeout", "--trusted-host", "--upgrade-strategy",
        "--cache-dir", "--cert", "--client-cert", "--retries", "--log", "--exists-action", "--global-option",
        "--install-option", "--config-settings", "-C", "--report", "-c", "--constraint", "-r", "--requirement",
        "--python", "--keyring-provider", "--use-feature", "--use-deprecated", "--group", "--hash",
        "--root-user-action", "--build-constraint", "--config-setting",
    ]

    /// Whether a command installs with pip.
    static func isInstall(_ command: Command) -> Bool {
        let name = command.name
        if name.hasPrefix("pip"), !name.hasPrefix("pipx"), !name.hasPrefix("pipenv") { return installs(command) }
        return name.hasPrefix("python") && command.has("-m") && command.has("pip") && command.has("install")
    }

    /// Whether `install` is the command of pip or its relatives, and no word of another one.
    private static func installs(_ command: Command) -> Bool {
        command.plainArguments(valued: valued).first?.text == "install"
    }

    /// The packages without a version; nil if nothing is installed by name.
    static func unpinned(_ command: Command) -> [ShellWord]? {
        // pipx and pipenv install by the same names, but keep no such cache.
        let isRelated = command.name.hasPrefix("pip") && installs(command)
        guard isInstall(command) || isRelated, !command.hasFlag("r", "requirement", "c", "constraint"),
            !command.has(".")
        else { return nil }
        var words = command.arguments(withoutValuesOf: valued).filter {
            $0.text.utf8.first != 0x2D && $0.text != "install"
        }
        // `python -m pip`: the first `pip` is the module.
        if command.name.hasPrefix("python"), let module = words.firstIndex(where: { $0.text == "pip" }) {
            words.remove(at: module)
        }
        return words.filter { !isPinned($0.text) }
    }

    private static func isPinned(_ word: String) -> Bool {
        if ["==", ">=", "<=", "!=", "~="].contains(where: word.contains) || word.holds("<") || word.holds(">") {
            return true
        }
        let schemes = ["git+", "hg+", "svn+", "bzr+"]
        if schemes.contains(where: word.hasPrefix) { return word.holds("@") }
        // `.[dev]` is the directory with extras.
        let name = word.prefix { $0 != "[" }
        // PowerShell's `$_.FullName` is the path of a file.
        if word.hasPrefix("$_.") { return true }
        let archives = [".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz"]
        return archives.contains(where: name.hasSuffix) || word.holds("/") || name == "." || name == ".."
            || word.hasPrefix("file:")
    }
}

/// Packages of npm.
enum NpmPackage {
    /// Whether a word names a single version, or isn't a package of the registry.
    static func isPinned(_ word: String) -> Bool {
        let git = ["git://", "git+ssh://", "git+http://", "git+https://", "git+file://"]
        if git.contains(where: word.hasPrefix) { return word.holds("#") }
        let local = ["/", "./", "../", "~/", "file:", "link:", "portal:", "workspace:"]
        if local.contains(where: word.hasPrefix) || word == "." || word == ".." { return true }
        if word.hasPrefix("github:") || word.hasPrefix("gitlab:") || word.hasPrefix("bitbucket:") {
            return word.holds("#")
        }
        if word.hasSuffix(".tar") || word.hasSuffix(".tar.gz") || word.hasSuffix(".tgz") { return true }
        return word.dropFirst(word.hasPrefix("@") ? 1 : 0).holds("@")
    }
}

/// Packages of yum and dnf.
enum RpmPackage {
    /// The flags of yum and dnf that take a value.
    private static let valued: Set<String> = [
        "-c", "--config", "-d", "--debuglevel", "-e", "--errorlevel", "-R", "--randomwait", "-x", "--exclude",
        "--enablerepo", "--disablerepo", "--enable-repo", "--disable-repo", "--repo", "--repoid", "--repofrompath",
        "--setopt", "--installroot", "--releasever", "--forcearch", "--comment", "--advisory", "--advisories", "--bz",
        "--cve", "--destdir", "--downloaddir", "--disableexcludes", "--disableplugin", "--enableplugin", "--color",
        "--use-host-config", "--excludepkgs", "--disable-plugin", "--enable-plugin", "--sec-severity", "--rpmverbosity",
    ]

    /// The packages without a version, modules included.
    static func unpinned(_ command: Command, in run: Run, _ facts: Facts) -> [ShellWord] {
        let words = command.plainArguments(valued: valued)
        // A group has no version.
        if let verb = words.first?.text, ["group", "groups"].contains(verb) { return [] }
        if command.has("module"), let index = words.firstIndex(where: { ["install", "enable"].contains($0.text) }) {
            return words[(index + 1)...].filter { !$0.text.holds(":") }
        }
        guard command.has("install") else { return [] }
        return words.filter { word in
            word.text != "install" && !isPinned(word.text) && !isPinnedVariable(word, in: run, facts)
        }
    }

    /// Whether a word names one version, or something that has none.
    private static func isPinned(_ word: String) -> Bool {
        word.hasSuffix(".rpm") || word.hasPrefix("@") || isVersioned(word)
    }

    private static func isVersioned(_ word: String) -> Bool {
        // `devtoolset-10-gcc-*` is whatever fits.
        guard !word.holds("*") else { return false }
        return word.split(separator: "-").dropFirst().contains { part in
            guard let first = part.utf8.first, Ascii.isDigit(first) else { return false }
            return part.utf8.allSatisfy {
                Ascii.isDigit($0) || Ascii.isLetter($0) || [0x2E, 0x7E, 0x5E, 0x5F, 0x3A, 0x2B].contains($0)
            }
        }
    }

    /// Whether a word is `name-$VERSION`, or a variable whose value isn't known or names versions.
    private static func isPinnedVariable(_ word: ShellWord, in run: Run, _ facts: Facts) -> Bool {
        guard word.hasExpansion else { return false }
        let uses = Expansion.uses(in: Array(word.text.utf8)[...], quotes: false)
        guard uses.contains(where: { facts.isDefined($0.name, before: run.step) }) else { return false }
        guard let value = facts.known(word.text, at: run.step) else { return true }
        return value.split(whereSeparator: \.isWhitespace).allSatisfy { $0.hasPrefix("-") || isPinned(String($0)) }
    }
}

/// Packages of go.
enum GoPackage {
    /// Whether a word names a single version, or a local file.
    static func isPinned(_ word: String) -> Bool {
        if word.hasPrefix(".") || word.hasPrefix("/") || word.hasPrefix("$") || word.hasSuffix(".go") { return true }
        guard let at = word.lastIndex(of: "@") else { return false }
        let version = word[word.index(after: at)...]
        return !version.isEmpty && version != "latest" && version != "none"
    }
}

/// What upgrades all packages.
enum PackageManager {
    /// The verbs of each package manager.
    static let upgradeVerbs: [String: [String]] = [
        "apt-get": ["upgrade", "dist-upgrade"], "apt": ["upgrade", "full-upgrade"],
        "aptitude": ["upgrade", "full-upgrade"],
        "apk": ["upgrade"], "yum": ["update", "upgrade"], "dnf": ["update", "upgrade"],
        "microdnf": ["update", "upgrade"],
        "zypper": ["update", "up"],
    ]
}

/// The commands that install the dependencies in a lock file of the context.
enum DependencyInstall {
    private static let verbs: [String: [String]] = [
        "npm": ["ci", "install", "i"], "yarn": ["install"], "pnpm": ["install", "i"], "bun": ["install"],
        "bundle": ["install"], "composer": ["install"], "poetry": ["install"], "uv": ["sync"],
        "pipenv": ["install", "sync"],
        "mix": ["deps.get"], "cargo": ["fetch"], "dotnet": ["restore"],
    ]

    /// Whether a command installs dependencies from a lock file.
    static func isInstall(_ command: Command) -> Bool {
        if command.name == "go" { return command.plainArguments().prefix(2).map(\.text) == ["mod", "download"] }
        if PipInstall.isInstall(command) { return command.hasFlag("r", "requirement") }
        guard let verbs = verbs[command.name] else { return false }
        let plain = command.plainArguments()
        if command.name == "yarn", plain.isEmpty { return true }
        guard let verb = plain.first, verbs.contains(verb.text) else { return false }
        // `npm install -g tool` has nothing to do with the context.
        return !command.hasFlag("g", "global") && (verb.text != "install" && verb.text != "i" || plain.count == 1)
    }
}
