import CaissonText

/// The facts that the scripts of a job write, by the names of their files.
package enum KernelFact: String, Sendable, Hashable, CaseIterable {
    /// The compiler's command, such as `aarch64-linux-gnu-gcc`.
    case compilerName = "compiler-name"
    /// The first line of the compiler's `--version`.
    case compiler
    /// What the compiler answers to `-dumpversion`.
    case compilerVersion = "gccversion"
    /// What `make kernelrelease` says.
    case kernelRelease = "kernelrelease"
    /// What `make kernelversion` says.
    case kernelVersion = "kernelversion"
    /// `uname -a`, or the five lines of `uname -s`, `-r`, `-v`, `-m` and `-o`.
    case uname
    /// The file `/etc/os-release`.
    case osRelease = "os-release"
    /// The file `/etc/debian_version`, for systems that have no number in `os-release`.
    case debianVersion = "debian-version"
    /// How many processors there were: `nproc`.
    case cores
    /// The memory in MiB.
    case memory = "ram"
    /// The free space for the build, in MiB, before it began.
    case freeDiskSpace = "free-disk-space"
    /// The space that the build tree took, in MiB: `du -sm`.
    case diskSpace = "disk-space"
    /// What `ccache --print-stats` says.
    case ccache
    /// What `sccache --show-stats --stats-format=json` says.
    case sccache
    /// The last line of `size vmlinux`, for a `vmlinux` that isn't among the results.
    case vmlinuxSize = "vmlinux-size"
    /// What `git describe --tags` says of the source.
    case gitDescribe = "git-describe"
    /// The branch of the source.
    case gitBranch = "git-branch"
    /// The commit of the source.
    case gitCommit = "git-commit"
    /// Where the source came from.
    case gitURL = "git-url"

    /// The programs whose version TuxMake notes.
    package static let tools = [
        "ar", "as", "bc", "bindgen", "bison", "btrfsck", "ccache", "clang", "depmod", "e2fsck", "fdformat", "flex",
        "fsck.jfs", "gcc", "grub", "iptables", "ld", "lld", "make", "mcelog", "mksquashfs", "openssl", "oprofiled",
        "pahole", "pccardctl", "pppd", "ps", "quota", "reiserfsck", "sccache", "showmount", "sphinx-build", "udevd",
        "xfs_db",
    ]
}

/// Texts of facts by the names of their files.
package struct KernelFacts: Sendable, Hashable {
    private let texts: [String: String]

    /// Takes the facts as they were written.
    package init(_ texts: [String: String]) { self.texts = texts }

    /// A fact without white space around it; nil for one that wasn't written, or is empty.
    package subscript(_ fact: KernelFact) -> String? { text(fact.rawValue) }

    /// A fact that is a whole number.
    package func number(_ fact: KernelFact) -> Int? { self[fact].flatMap { Int($0) } }

    /// The version of a program: the first line of the fact `tool-NAME`, or for two of them the fact of that name.
    package func version(ofTool name: String) -> String? {
        let isPlain = name == "ld" || name == "make"
        let text = text("tool-\(name)") ?? (isPlain ? text(name) : nil)
        return text?.cut(at: "\n")?.head.trimmed ?? text
    }

    private func text(_ name: String) -> String? {
        guard let text = texts[name]?.trimmed, !text.isEmpty else { return nil }
        return text
    }
}

extension KernelFacts {
    /// The values of a file of shell variables, such as `os-release`.
    func variables(_ fact: KernelFact) -> [String: String] {
        var found: [String: String] = [:]
        for line in self[fact]?.pieces(at: "\n") ?? [] where !line.begins(with: "#") {
            guard let (name, value) = line.cut(at: "=") else { continue }
            found[name.trimmed] = ShellWords(value).all.first ?? ""
        }
        return found
    }

    /// A counter of ccache's statistics, which has a name and a number on each line.
    func counter(_ name: String) -> Int? {
        let lines = self[.ccache]?.pieces(at: "\n") ?? []
        return lines.lazy.compactMap { $0.cut(at: "\t") }.first { $0.head == name }.flatMap { Int($0.tail.trimmed) }
    }

    /// The five words of `uname`: name, release, version, machine, operating system; nil where they aren't all there.
    var uname: [String]? {
        guard let text = self[.uname] else { return nil }
        let lines = text.pieces(at: "\n").map(\.trimmed)
        guard lines.count != 5 else { return lines }
        let words = text.pieces(at: " ").filter { !$0.isEmpty }
        // Behind the release stands the version, which has blanks in it, and at the end the machine and the system.
        guard lines.count == 1, words.count >= 6 else { return nil }
        let version = words[3..<(words.count - 2)].joined(separator: " ")
        return [words[0], words[2], version, words[words.count - 2], words[words.count - 1]]
    }
}
