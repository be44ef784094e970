import CaissonBuildModel
import CaissonSystem

/// What is known before a build of a platform that the engine has no way to run.
enum Emulation: Sendable, Hashable {
    /// The build would fail: why, and what to do.
    case failure(String)
    /// It may fail: what the user should know.
    case notice(String)

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
    /// What to tell where nothing runs a platform's programs on this engine; nil where something does.
    ///
    /// - Parameters:
    ///   - platform: The platform.
    ///   - needsPrograms: Whether steps run its programs; nil where that isn't known. A Dockerfile that compiles across
    ///     needs no emulator.
    ///   - emulators: The emulators of this machine's kernel, where the engine runs on it: see `Emulation.registered`.
    func emulation(of platform: Platform, needsPrograms: Bool?, emulators: Set<String> = []) -> Emulation? {
        guard needsPrograms != false, !platforms.isEmpty, platform.os == "linux", !platforms.contains(platform),
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
        guard needsPrograms == true, looks(for: platform.architecture), !isCovered else {
            return .notice(
                "\(name) has no emulator for \(platform): its RUN steps fail unless they run on $BUILDPLATFORM — \(advice)"
            )
        }
        return .failure(
            "\(name) has no emulator for \(platform), and the Dockerfile's RUN steps need one — \(advice); or let the steps run "
                + "on $BUILDPLATFORM, or give 'caisson builder create --platform' an engine that runs it"
        )
    }

    /// Whether the engine would list a processor that something runs (moby/buildkit util/archutil).
    ///
    /// Some distributions' builds don't look for those of 32 bits: they don't even list 386 on amd64.
    private func looks(for architecture: String) -> Bool {
        switch architecture {
        case "arm64", "amd64", "riscv64", "ppc64le", "s390x", "mips64", "mips64le", "loong64": true
        case "arm", "386": platforms.contains { $0.architecture == "386" || $0.architecture == "arm" }
        default: false
        }
    }
}

extension PlatformPlan.Node {
    /// What to tell of a platform that is built here; nothing where the node's owner says that it is for it.
    func emulation(of platform: Platform, _ request: BuildRequest) -> Emulation? {
        guard !declared.contains(platform) else { return nil }
        return features.emulation(of: platform, needsPrograms: request.runsTargetPrograms, emulators: emulators)
    }

    /// Whether its owner says that it is for these platforms.
    func isMeant(for platforms: [Platform]) -> Bool {
        !platforms.isEmpty && platforms.allSatisfy { declared.contains($0) }
    }
}

extension EngineBuild {
    /// Finds a platform that the engine can't run, before anything is built.
    ///
    /// - Returns: What the user should know.
    func checkEmulators(_ features: EngineFeatures) throws(BuildError) -> [String] {
        let emulators = engine.localEmulators
        var notices: [String] = []
        for platform in request.platforms {
            switch features.emulation(
                of: platform,
                needsPrograms: request.runsTargetPrograms,
                emulators: emulators
            ) {
            case .failure(let message): throw BuildError(.unsupported, message)
            case .notice(let text): notices.append(text)
            case nil: break
            }
        }
        return notices
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
