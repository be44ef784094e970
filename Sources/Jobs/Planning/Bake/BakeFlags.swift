import CaissonBuildModel
import CaissonHCL
import CaissonText

/// What the command's flags change in all targets, `--set` besides.
package struct BakeFlags: Sendable {
    /// The values of `--set`, in their order.
    package var set: [String] = []
    /// Whether `--push` is given.
    package var push = false
    /// Whether `--load` is given.
    package var load = false
    /// `--call`, where another method than a build is asked for: its name, without its options.
    package var call: String?
    /// The value of `--no-cache`, where it is given.
    package var noCache: Bool?
    /// The value of `--pull`, where it is given.
    package var pull: Bool?
    /// The value of `--sbom`; empty where it isn't given.
    package var sbom = ""
    /// The value of `--provenance`; empty where it isn't given.
    package var provenance = ""
    /// The values of `--policy`, each with fields between commas.
    package var policies: [String] = []

    /// No flag is given.
    package init() {}

    /// All of them as `--set` has them, in the order in which bake applies them.
    var overrides: [String] {
        var overrides = set
        if push { overrides.append("*.push=true") }
        if load { overrides.append("*.load=true") }
        if let call { overrides.append("*.call=\(call)") }
        if let noCache { overrides.append("*.no-cache=\(noCache)") }
        if let pull { overrides.append("*.pull=\(pull)") }
        overrides += [("sbom", sbom), ("provenance", provenance)].compactMap(Self.attestation)
        return overrides + policies.map { "*.policy+=\($0)" }
    }

    private static func attestation(_ type: String, _ value: String) -> String? {
        guard !value.isEmpty else { return nil }
        guard let isOn = GoBoolean.parse(value) else { return "*.attest=type=\(type),\(value)" }
        return "*.attest=type=\(type),disabled=\(!isOn)"
    }

    /// Whether policies are off: `--policy disabled=true`.
    var disablesPolicy: Bool {
        policies.contains { (try? BakeEntry.parse($0, .policy).first?.attributes["disabled"]) == "true" }
    }

    /// What is wrong with `--policy`, which can only tell how the policies of a definition are evaluated.
    var problems: [HCLDiagnostic] {
        policies.compactMap { text in
            Self.problem(text, isAlone: policies.count == 1).map {
                HCLDiagnostic("Invalid policy", "--policy \(text.quoted): \($0).", at: nil)
            }
        }
    }

    private static func problem(_ text: String, isAlone: Bool) -> String? {
        let entry: BakeEntry
        do throws(BakeValueError) {
            guard let first = try BakeEntry.parse(text, .policy).first else { return nil }
            entry = first
        } catch {
            return error.message
        }
        if !entry.paths.isEmpty { return "it does not accept filename; name the files in the bake definition" }
        if entry.attributes["reset"] == "true" { return "it does not accept reset; write that in the bake definition" }
        guard entry.attributes["disabled"] == "true" else { return nil }
        let isPlain = isAlone && entry.attributes["strict"] == nil && entry.attributes["log-level"] == nil
        return isPlain ? nil : "disabled=true can't be combined with other fields and policies"
    }
}
