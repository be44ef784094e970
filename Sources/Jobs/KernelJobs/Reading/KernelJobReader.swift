import CaissonBuildModel
import CaissonContainerJobs
import CaissonText
package import CaissonYAML

/// Reads a kernel job from a file: ours, with or without a frame of `metadata` and `spec`, or that of the specification.
package struct KernelJobReader {
    var fields = KernelFieldReader()
    var job: KernelJob
    /// What was said of the source, by key; exactly one may be.
    var sources: [String: TextPlace] = [:]
    /// Where values were said that are checked together at the end.
    var places: [String: TextPlace] = [:]

    /// A larger file is none.
    package static let limit = 1 << 20

    init(for architecture: TargetArchitecture) { job = KernelJob(for: architecture) }

    /// Reads a file of YAML or JSON.
    ///
    /// - Parameter architecture: What is built for where the file names none.
    /// - Throws: `KernelJobError` with all that is wrong with it.
    package static func read(
        _ bytes: [UInt8],
        file: String,
        for architecture: TargetArchitecture
    ) throws(KernelJobError) -> KernelJob {
        let value: YAMLValue
        do throws(YAMLError) {
            value = try YAMLValue(parsing: bytes)
        } catch {
            let problem = KernelJobProblem("job.syntax", at: error.place, "the file is no YAML: \(error.message)")
            throw KernelJobError(file: file, problems: [problem])
        }
        return try read(value, file: file, for: architecture)
    }

    /// Reads a table, such as that of a target of `caisson.yaml`.
    ///
    /// - Throws: `KernelJobError` with all that is wrong with it.
    package static func read(
        _ value: YAMLValue,
        file: String?,
        for architecture: TargetArchitecture
    ) throws(KernelJobError) -> KernelJob {
        var reader = KernelJobReader(for: architecture)
        if value.entries?.contains(where: { isSpecifiedAlone($0.key) }) == true {
            reader.readSpecification(value)
        } else if value["spec"] != nil || value["metadata"] != nil {
            reader.readFramed(value)
        } else {
            reader.readOwn(value, more: ["kind", "name", "apiVersion"])
        }
        reader.check()
        guard reader.fields.problems.isEmpty else {
            // In the order of the file, as an editor would show them.
            let sorted = reader.fields.problems.enumerated().sorted { left, right in
                let (a, b) = (left.element.place, right.element.place)
                let (x, y) = ((a?.line ?? .max, a?.column ?? .max), (b?.line ?? .max, b?.column ?? .max))
                return x == y ? left.offset < right.offset : x < y
            }
            throw KernelJobError(file: file, problems: sorted.map(\.element))
        }
        return reader.job
    }

    static let own = [
        "source", "arch", "toolchain", "config", "targets", "image", "dtbs", "make", "buildDir", "reproducible",
        "artifacts",
        "resources", "retry", "priority", "validate",
    ]

    /// Whether a key is the specification's and not ours, too.
    private static func isSpecifiedAlone(_ key: String) -> Bool {
        KernelSpecification.keys.contains(key) && !own.contains(key) && key != "name"
    }

    private mutating func readFramed(_ value: YAMLValue) {
        for entry in fields.entries(value, "the job", keys: ["apiVersion", "kind", "metadata", "spec"]) {
            switch entry.key {
            case "kind": _ = fields.word(entry, of: ["KernelJob", "kernel"])
            case "metadata":
                for entry in fields.entries(entry.value, "metadata", keys: ["name", "labels"]) where entry.key == "name"
                {
                    readName(entry)
                }
            case "spec": readOwn(entry.value, more: [])
            default: _ = fields.word(entry, of: ["caisson/v1"])
            }
        }
    }

    /// Reads our own keys.
    private mutating func readOwn(_ value: YAMLValue, more: [String]) {
        for entry in fields.entries(value, "the job", keys: Self.own + more) {
            switch entry.key {
            case "kind": _ = fields.word(entry, of: ["KernelJob", "kernel"])
            case "apiVersion": _ = fields.word(entry, of: ["caisson/v1"])
            case "name": readName(entry)
            default: read(entry)
            }
        }
    }

    mutating func readName(_ entry: YAMLEntry) {
        guard let name = fields.name(entry) else { return }
        guard Self.isName(name) else {
            return fields.note(
                "job.name",
                entry.value.place,
                "\(name.quoted) can't name a job: small letters, digits, and . _ - behind the first, 63 at most"
            )
        }
        job.name = name
    }

    /// Whether a text can name a job: it becomes a part of folders' and caches' names.
    package static func isName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count <= 63, first.isDigit || first.isLowercase else { return false }
        return bytes.allSatisfy { $0.isDigit || $0.isLowercase || [0x2D, 0x2E, 0x5F].contains($0) }
    }
}
