import CaissonArtifacts
import CaissonJSON
import CaissonSystem
import CaissonText
import Foundation
import Testing

@testable import CaissonKernelJobs

/// One build by TuxMake 1.43.0 of `Fixtures/kernel/tuxmake`: its `metadata.json`, and what a job would know of the same.
struct TuxMakeCase: CustomTestStringConvertible {
    var name: String
    var settings: KernelBuildSettings
    var steps: [KernelStepResult]
    var compression = TuxMakeCompression.xz
    var hasKernel = true

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/kernel/tuxmake").path

    static func read(_ name: String) throws -> [UInt8] {
        try BoundedFile.read("\(folder)/\(name)", limit: 1 << 24)
    }

    static func lines(_ name: String) throws -> [String] {
        String(decoding: try read(name), as: UTF8.self).pieces(at: "\n").filter { !$0.isEmpty }
    }

    var metadata: [UInt8] { get throws { try Self.read("\(name)/metadata.json") } }

    /// What a job would know, put together from the files that were recorded beside the metadata.
    func facts() throws -> KernelResultFacts {
        let texts = try JSON(parsing: try Self.read("\(name)/facts.json")).texts ?? [:]
        let extra = ["disk-space": "1\n", "free-disk-space": "1\n"]
        var facts = KernelResultFacts(settings, KernelFacts(texts.merging(extra) { _, new in new }))
        facts.steps = steps
        facts.files = Set(try Self.lines("\(name)/listing"))
        facts.names = TuxMakeNames(settings.architecture, compression: compression)
        var log = KernelLogCounter()
        log.add(try Self.read("\(name)/build.log"))
        log.endLine()
        facts.counts = log.counts
        for target in ["modules", "dtbs"] { facts.members[target] = try? Self.lines("\(name)/\(target).members") }
        guard hasKernel else { return facts }
        let kernel = try Artifact.read(path: "\(Self.folder)/vmlinux.\(settings.architecture.name)")
        facts.sizes = KernelSizes(try #require(kernel.facts.elf), fileSize: kernel.size)
        facts.textOffset = SystemMap.textOffset(of: try Self.read("\(name)/System.map"))
        return facts
    }

    /// The text with 0 for times and for the space on the disk, which differ from run to run.
    static func masked(_ bytes: [UInt8]) -> [String] {
        let names = [
            "duration", "free_disk_space", "disk_space", "build", "cleanup", "copy", "metadata", "prepare", "validate",
        ]
        return String(decoding: bytes, as: UTF8.self).pieces(at: "\n").map { line in
            guard let (head, tail) = line.cut(at: ":"), names.contains(where: { head.trimmed == "\"\($0)\"" }),
                tail.trimmed.utf8.first?.isDigit == true
            else { return line }
            return "\(head): 0" + (tail.hasSuffix(",") ? "," : "")
        }
    }
}

extension TuxMakeCase {
    private static func settings(_ architecture: String, _ targets: [String] = []) throws -> KernelBuildSettings {
        var settings = KernelBuildSettings(try #require(TuxMakeArchitecture(named: architecture)))
        settings.targets = TuxMakeTargets.expanded(targets)
        settings.jobs = 2
        settings.runtime = "null"
        settings.image = "docker.io/tuxmake/\(architecture)_gcc"
        settings.environment = [
            .init("KBUILD_BUILD_TIMESTAMP", "@1700000000"), .init("KBUILD_BUILD_USER", "tuxmake"),
            .init("KBUILD_BUILD_HOST", "tuxmake"), .init("KCFLAGS", "-ffile-prefix-map=/tmp/build/="),
        ]
        return settings
    }

    private static func steps(_ states: KeyValuePairs<String, KernelStepResult.State>) -> [KernelStepResult] {
        states.map { KernelStepResult($0.key, $0.value, seconds: 1) }
    }

    static func all() throws -> [TuxMakeCase] {
        let whole = steps(["config": .pass, "image": .pass, "modules": .pass, "dtbs": .skip, "headers": .pass])
        var noModules = try settings("x86_64")
        noModules.fragments = ["CONFIG_FOO=y"]
        noModules.makeVariables = [.init("NOMOD", "1")]
        var badKernel = try settings("x86_64")
        badKernel.makeVariables = [.init("BAD", "1")]
        return [
            TuxMakeCase(name: "x86_64-all", settings: try settings("x86_64"), steps: whole),
            TuxMakeCase(
                name: "x86_64-no-modules",
                settings: noModules,
                steps: steps(["config": .pass, "image": .pass, "modules": .skip, "dtbs": .skip, "headers": .pass])
            ),
            TuxMakeCase(
                name: "x86_64-broken-kernel",
                settings: badKernel,
                steps: steps(["config": .pass, "image": .fail, "modules": .pass, "dtbs": .skip, "headers": .pass]),
                hasKernel: false
            ),
            TuxMakeCase(
                name: "arm64-all",
                settings: try settings("aarch64").named("arm64"),
                steps: steps(["config": .pass, "image": .pass, "modules": .pass, "dtbs": .pass, "headers": .pass])
            ),
        ] + (try chosen())
    }

    private static func chosen() throws -> [TuxMakeCase] {
        var badModules = try settings("x86_64", ["config", "kernel", "modules", "headers"])
        badModules.endsAtFailure = true
        badModules.makeVariables = [.init("BROKEN", "1")]
        var cached = try settings("x86_64", ["kernel", "modules"])
        cached.wrapper = "ccache"
        cached.environment[1].value = "me"
        var clang = try settings("x86_64", ["kernel"])
        clang.toolchain = "clang"
        clang.isVerbose = true
        clang.image = "docker.io/tuxmake/x86_64_clang"
        var plain = try settings("x86_64")
        plain.targets = TuxMakeTargets.expanded(["debugkernel", "modules"], own: ["drivers/a.o"])
        return [
            TuxMakeCase(
                name: "x86_64-broken-modules",
                settings: badModules,
                steps: steps(["config": .pass, "image": .pass, "modules": .fail])
            ),
            TuxMakeCase(
                name: "x86_64-ccache",
                settings: cached,
                steps: steps(["config": .pass, "image": .pass, "modules": .pass])
            ),
            TuxMakeCase(name: "x86_64-clang", settings: clang, steps: steps(["config": .pass, "image": .pass])),
            TuxMakeCase(
                name: "x86_64-uncompressed",
                settings: plain,
                steps: steps(["config": .pass, "image": .pass, "modules": .pass, "drivers/a.o": .fail]),
                compression: .none
            ),
        ]
    }
}

extension KernelBuildSettings {
    /// The same with the image of another name of the architecture.
    fileprivate func named(_ name: String) -> KernelBuildSettings {
        var settings = self
        settings.image = "docker.io/tuxmake/\(name)_gcc"
        return settings
    }
}
