/// Reads kernel modules.
enum ModuleReader {
    /// The largest `.modinfo` that is read; those of the largest drivers have some hundred KiB.
    static let longestInformation = 4 << 20

    /// Whether an object file is a kernel module: it has the structure that the kernel links into its list.
    static func isModule(_ elf: ELFFacts) -> Bool {
        elf.type == .relocatable && elf.section(".gnu.linkonce.this_module") != nil
    }

    /// The facts of a module, and what is wrong with it.
    static func facts(
        of bytes: ArtifactBytes,
        _ elf: ELFFacts
    ) throws(ArtifactProblem) -> (facts: ModuleFacts, problems: [ArtifactProblem]) {
        var problems: [ArtifactProblem] = []
        var facts = ModuleFacts(elf: elf, fields: [], signature: nil)
        do throws(ArtifactProblem) {
            facts.signature = try ModuleSignature(bytes)
        } catch {
            guard error.code != .unreadable else { throw error }
            problems.append(error)
        }
        let trailing = (facts.signature?.contentSize ?? bytes.size) - elf.end
        // The rest of a signature that was cut is no signature any more.
        if trailing > 0, problems.isEmpty, elf.problems.isEmpty {
            problems.append(ArtifactProblem(.trailingData, "\(trailing) bytes are behind its end and are no signature"))
        }
        guard let section = elf.section(".modinfo"), section.isInFile else {
            problems.append(ArtifactProblem(.incompleteModule, "it has no section .modinfo"))
            return (facts, problems)
        }
        if section.isCompressed {
            problems.append(ArtifactProblem(.unsupportedCompression, "its section .modinfo is compressed"))
            return (facts, problems)
        }
        do throws(ArtifactProblem) {
            facts.fields = fields(of: try elf.bytes(of: section, in: bytes, limit: longestInformation))
        } catch {
            guard error.code != .unreadable else { throw error }
            problems.append(error)
        }
        for key in ["vermagic", "license"] where facts.value(key) == nil {
            problems.append(ArtifactProblem(.incompleteModule, "its .modinfo has no \(key)"))
        }
        return (facts, problems)
    }

    /// The pairs of `KEY=VALUE` between NULs.
    static func fields(of bytes: [UInt8]) -> [ModuleFacts.Field] {
        bytes.split(separator: 0).map { entry in
            let key = entry.prefix { $0 != UInt8(ascii: "=") }
            let value = entry.dropFirst(key.count + 1)
            return ModuleFacts.Field(
                key: String(decoding: key, as: UTF8.self),
                value: String(decoding: value, as: UTF8.self)
            )
        }
    }
}
