import CaissonBuildModel
import CaissonSystem

/// What runs programs of other processors on this machine.
enum Emulation {
    /// The kernel's emulators, by the processors that Debian's and Docker's packages name them after.
    ///
    /// - Parameter folder: Where the kernel lists them, one a file that begins with its state.
    static func registered(in folder: String = "/proc/sys/fs/binfmt_misc") -> Set<String> {
        let names = DirectoryNames.sorted(in: folder, limit: 1024) { name in
            guard name.hasPrefix("qemu-") else { return false }
            let state = try? BoundedFile.read("\(folder)/\(name)", limit: 64 << 10)
            return state?.starts(with: "enabled".utf8) ?? false
        }
        return Set(names.map { String($0.dropFirst("qemu-".count)) })
    }
}

extension EngineFeatures {
    /// What to tell where nothing seems to run a platform's programs on this engine; nil where something does.
    ///
    /// The build is tried all the same: engines don't know all that their kernels run, and a step may bring programs of the
    /// engine's own platform.
    ///
    /// - Parameters:
    ///   - platform: The platform.
    ///   - needsPrograms: Whether steps run its programs; nil where that isn't known. A Dockerfile that compiles across
    ///     needs no emulator.
    ///   - emulators: The emulators of this machine's kernel, where the engine runs on it: see `Emulation.registered`.
    func emulation(of platform: Platform, needsPrograms: Bool?, emulators: Set<String> = []) -> String? {
        guard needsPrograms != false, !platforms.isEmpty, platform.os == "linux", !runs(platform),
            !runsNatively(platform)
        else { return nil }
        // An engine names the variants it runs; one without covers those it doesn't name.
        let isCovered = platforms.contains { $0.os == platform.os && $0.architecture == platform.architecture }
        if isCovered, platform.variant.isEmpty || platform.architecture == "arm" { return nil }
        // The kernel knows better than the engine, which doesn't look for every emulator.
        if emulators.contains(platform.emulator) { return nil }
        let advice = """
            install one with ‘apt-get install qemu-user-static binfmt-support’ or ‘docker run --privileged --rm \
            tonistiigi/binfmt --install \(platform.architecture)’ (a buildkitd is to be restarted then)
            """
        return
            "\(name) has no emulator for \(platform): its RUN steps fail unless they run on $BUILDPLATFORM or bring programs "
            + "that run there — \(advice); or give 'caisson builder create --platform' an engine that runs it"
    }
}

extension PlatformPlan.Node {
    /// What to tell of a platform that is built here; nothing where the node's owner says that it is for it.
    func emulation(of platform: Platform, _ request: BuildRequest) -> String? {
        guard !isMeant(for: [platform]) else { return nil }
        return features.emulation(of: platform, needsPrograms: request.runsTargetPrograms, emulators: emulators)
    }

    /// Whether its owner says that it is for these platforms.
    func isMeant(for platforms: [Platform]) -> Bool {
        !platforms.isEmpty && platforms.allSatisfy { platform in declared.contains { $0.covers(platform) } }
    }
}

extension EngineBuild {
    /// What the user should know of platforms that the engine seems to have no way to run.
    func emulationNotices(_ features: EngineFeatures) -> [String] {
        let emulators = engine.localEmulators
        return request.platforms.compactMap {
            features.emulation(of: $0, needsPrograms: request.runsTargetPrograms, emulators: emulators)
        }
    }
}

extension Engine {
    /// The emulators of this machine's kernel where the engine is on it; none where it is elsewhere, or may be.
    var localEmulators: Set<String> { address.hasPrefix("unix://") ? Emulation.registered() : [] }
}

extension Platform {
    /// The processor as the kernel's emulators are called after it.
    fileprivate var emulator: String {
        switch architecture {
        case "arm64": "aarch64"
        case "amd64": "x86_64"
        case "386": "i386"
        case "mips64le": "mips64el"
        case "loong64": "loongarch64"
        default: architecture
        }
    }
}
