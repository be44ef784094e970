package import CaissonBuildModel
import CaissonText

/// The image with the tools for a job that names none: built from `Dockerfiles/kernel`, and kept by the engine.
package struct KernelToolchainImage: Sendable {
    /// Its name, which says what is in it: the same tools of the same base have the same name.
    package let name: ImageReference
    /// What builds it.
    package let request: BuildRequest

    /// What it is made of where nothing else is said.
    private static let base = "debian:bookworm"

    /// Names the image for a job.
    ///
    /// - Parameter machine: The architecture of the engine's machine; nil where that isn't known.
    /// - Throws: `BuildError` for an architecture that Debian has no compiler for.
    package init(for job: KernelJob, machine: TargetArchitecture?) throws(BuildError) {
        var arguments = ["BASE": job.toolchain.base?.description ?? Self.base]
        let isClang = job.toolchain.compiler == "clang"
        if isClang {
            arguments["CLANG"] = job.toolchain.isVersionInName ? job.toolchain.version : "yes"
        } else if job.toolchain.isVersionInName {
            arguments["PACKAGES"] = "gcc-\(job.toolchain.version)"
        }
        if machine != job.architecture {
            // What the name of a compiler begins with ends in a hyphen, and Debian's packages have none for i386.
            let prefix = job.toolchain.crossPrefix ?? job.architecture.crossPrefix
            let cross = prefix.hasSuffix("-") ? String(prefix.dropLast()) : prefix
            if !cross.isEmpty { arguments["CROSS"] = cross.replacing("_", with: "-") }
        }
        if job.boot != nil { arguments["QEMU"] = job.architecture.emulator }
        let text = PackageResources.toolchain_dockerfile
        let values = arguments.sorted { $0.key < $1.key }.map { "\n\($0)=\($1)" }.joined()
        let digest = ContentDigest(of: text + Array(values.utf8)).hex.prefix(16)
        do throws(ParseError) {
            name = try ImageReference(parsing: "caisson-kernel-tools:\(digest)")
        } catch {
            throw BuildError(.usage, error.description)
        }
        var request = BuildRequest(context: .empty, dockerfile: .text(text))
        request.tags = [name]
        request.buildArgs = arguments
        request.exports = [.docker(nil, attributes: [:])]
        request.attestations = [Attestation(kind: .provenance, isDisabled: true)]
        self.request = request
    }
}

extension TargetArchitecture {
    /// What follows `qemu-system-` in the name of Debian's package with machines of it.
    package var emulator: String {
        switch name {
        case "x86_64", "i386": "x86"
        case "arm64", "arm": "arm"
        case "mips": "mips"
        case "powerpc": "ppc"
        default: "misc"
        }
    }
}
