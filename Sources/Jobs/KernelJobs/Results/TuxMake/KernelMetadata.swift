package import CaissonJSON
import CaissonText

/// The file `metadata.json` in the form of TuxMake, so that whoever reads it there reads it here.
///
/// A group without a value is left out, and so is a value that isn't known. One thing is not as there: TuxMake takes the
/// bytes of a text that isn't ASCII for characters of Latin-1, and here they are what they are.
package struct KernelMetadata: Sendable, Hashable {
    /// The version of TuxMake whose form it has.
    package static let formVersion = "1.43.0"
    /// The name of the file.
    package static let fileName = "metadata.json"

    /// The value.
    package let json: JSON

    /// Builds the metadata.
    package init(_ input: KernelResultFacts) {
        let known = Groups(facts: input.facts, settings: input.settings)
        let groups: [String: JSON?] = [
            "artifacts": Self.members(input),
            "build": Self.build(input.settings),
            "ccache": known.ccache,
            "compiler": known.compiler,
            "git": known.git,
            "hardware": known.hardware,
            "os": known.system,
            "resources": Self.group(["disk_space": input.facts.number(.diskSpace).map(Self.number)]),
            "results": Self.results(input),
            "runtime": Self.runtime(input.runtime),
            "sccache": known.sccache,
            "source": known.source,
            "system_map": Self.group(["text_offset": input.textOffset.map { .string($0) }]),
            "tools": known.tools,
            "tuxmake": JSON(["version": Self.formVersion]),
            "uname": known.uname,
            "vmlinux": Self.sizes(input),
        ]
        json = JSON(groups.compactMapValues { $0 })
    }

    /// The bytes of the file.
    package var bytes: [UInt8] { json.pythonBytes() + [0x0A] }
}

extension KernelMetadata {
    /// A group of those values that are known; nil where none is.
    static func group(_ values: [String: JSON?]) -> JSON? {
        let known = values.compactMapValues { $0 }
        return known.isEmpty ? nil : JSON(known)
    }

    /// A whole number.
    static func number(_ value: Int) -> JSON { .number(String(value)) }

    /// A number of seconds.
    private static func seconds(_ value: Double) -> JSON { .number("\(value.isFinite ? value : 0)") }

    private static func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }

    private static func build(_ settings: KernelBuildSettings) -> JSON {
        let environment = Dictionary(settings.environment.map { ($0.name, $0.value) }) { _, last in last }
        return JSON([
            "environment": JSON(environment),
            "jobs": number(settings.jobs),
            "kconfig": .string(settings.kconfig),
            "kconfig_add": list(settings.fragments),
            "reproducer_cmdline": list(settings.reproducer),
            "runtime": .string(settings.runtime),
            "target_arch": .string(settings.architecture.name),
            "targets": list(settings.targets),
            "toolchain": .string(settings.toolchain),
            "verbose": .bool(settings.isVerbose),
            "wrapper": .string(settings.wrapper),
        ])
    }

    private static func runtime(_ runtime: KernelRuntime?) -> JSON {
        guard let runtime else { return .object([]) }
        return JSON([
            "image_digest": runtime.imageDigest.map { .string($0) } ?? .null,
            "image_name": .string(runtime.imageName),
            "image_tag": runtime.imageTag.map { .string($0) } ?? .null,
            "version": .string(runtime.version),
        ])
    }

    /// What is in archives; TuxMake tells it of these five, and only where they are compressed.
    private static func members(_ input: KernelResultFacts) -> JSON? {
        guard input.names.compression == .xz else { return nil }
        let told: Set<String> = ["cpupower", "dtbs", "kselftest", "modules", "perf"]
        return group(input.members.filter { told.contains($0.key) && !$0.value.isEmpty }.mapValues(list))
    }

    private static func sizes(_ input: KernelResultFacts) -> JSON? {
        let sizes = input.sizes ?? input.facts[.vmlinuxSize].flatMap { KernelSizes(line: $0) }
        return group([
            "bss_size": sizes.map { number($0.bss) }, "data_size": sizes.map { number($0.data) },
            "file_size": sizes?.file.map(number), "text_size": sizes.map { number($0.text) },
        ])
    }
}

extension KernelMetadata {
    private static func results(_ input: KernelResultFacts) -> JSON {
        let names = input.settings.targets
        let targets = TuxMakeTargetResult.results(of: names, steps: input.steps, isInPlace: input.isInPlace)
        let states = targets.map {
            ($0.name, JSON(["duration": seconds($0.seconds), "status": .string($0.status.rawValue)]))
        }
        var artifacts = ["log": list(TuxMakeNames.logs)]
        for name in names { artifacts[name] = list(input.names.artifacts(of: name, among: input.files)) }
        return JSON([
            "artifacts": JSON(artifacts),
            "duration": durations(input.times),
            "errors": number(input.counts.errors),
            "status": .string(status(of: input.steps).rawValue),
            "targets": JSON(Dictionary(states) { _, last in last }),
            "warnings": number(input.counts.warnings),
        ])
    }

    /// The status of the whole; steps that are no targets count as well, as nothing is built where they fail.
    package static func status(of steps: [KernelStepResult]) -> TuxMakeTargetResult.Status {
        if steps.contains(where: { $0.state == .fail }) { return .fail }
        return steps.contains { $0.state == .warn } ? .warning : .pass
    }

    private static func durations(_ times: KernelTimes) -> JSON {
        JSON([
            "build": seconds(times.build), "cleanup": seconds(times.cleanup), "copy": seconds(times.copy),
            "metadata": seconds(times.metadata), "prepare": seconds(times.prepare),
            "validate": seconds(times.validate),
        ])
    }
}
