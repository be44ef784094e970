import CaissonText

/// What a kernel build was asked for: the group `build` of TuxMake's metadata.
package struct KernelBuildSettings: Sendable, Hashable {
    /// A name and its value, where the order matters.
    package struct Variable: Sendable, Hashable {
        /// The name.
        package var name: String
        /// The value.
        package var value: String

        /// Makes a variable.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// Both as they stand on a command line.
        var text: String { "\(name)=\(value)" }
    }

    /// The architecture.
    package var architecture: TuxMakeArchitecture
    /// The toolchain, such as `gcc-12` or `clang`.
    package var toolchain = "gcc"
    /// What the compiler is called through: `ccache`, `sccache` or `none`.
    package var wrapper = "none"
    /// The configuration that the fragments are put on.
    package var kconfig = "defconfig"
    /// The fragments.
    package var fragments: [String] = []
    /// The environment of the build, in its order.
    package var environment: [Variable] = []
    /// The variables that `make` was given, in their order.
    package var makeVariables: [Variable] = []
    /// The targets with all that they need, as `TuxMakeTargets.expanded` gives them.
    package var targets: [String] = TuxMakeTargets.expanded([])
    /// How many jobs `make` ran at a time.
    package var jobs = 1
    /// What ran the build: `docker`, `podman` or `null`.
    package var runtime = "docker"
    /// The image that it ran in.
    package var image: String?
    /// Whether `make` said all that it did.
    package var isVerbose = false
    /// Whether little was shown.
    package var isQuiet = false
    /// Whether the first failure ended it.
    package var endsAtFailure = false

    /// Makes the settings of a build where nothing else is asked for.
    package init(_ architecture: TuxMakeArchitecture) { self.architecture = architecture }

    /// The command of the compiler.
    package var compiler: String {
        if toolchain.hasPrefix("rust") { return toolchain.hasPrefix("rustclang") ? "clang" : "gcc" }
        guard !toolchain.hasPrefix("clang"), !toolchain.hasPrefix("korg-clang") else { return "clang" }
        return (makeVariables.last { $0.name == "CROSS_COMPILE" }?.value ?? architecture.prefix) + "gcc"
    }

    /// The command line with which TuxMake builds the same.
    package var reproducer: [String] {
        let own = "make:"
        var words = ["tuxmake", "--target-arch=\(architecture.name)", "--kconfig=\(kconfig)"]
        words += fragments.map { "--kconfig-add=\($0)" }
        words += targets.filter { $0.begins(with: own) }
            .map { "--make-target=\(Substring($0.utf8.dropFirst(own.utf8.count)))" }
        words += ["--toolchain=\(toolchain)", "--wrapper=\(wrapper)"]
        words += environment.map { "--environment=\($0.text)" }
        words.append("--runtime=\(runtime)")
        if endsAtFailure { words.append("--fail-fast") }
        if isVerbose { words.append("--verbose") }
        if isQuiet { words.append("--quiet") }
        if let image, !image.isEmpty { words.append("--image=\(image)") }
        return words + makeVariables.map(\.text) + targets.filter { !$0.begins(with: own) }
    }
}
