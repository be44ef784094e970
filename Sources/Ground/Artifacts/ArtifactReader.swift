import CaissonText

/// Reads the facts of a file whose form is known.
struct ArtifactReader {
    private let bytes: ArtifactBytes
    private let limits: ArtifactLimits

    typealias Result = (facts: ArtifactFacts, problems: [ArtifactProblem])

    init(_ bytes: ArtifactBytes, _ limits: ArtifactLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The facts, and what is wrong; nothing is thrown but that the system can't read the file.
    func read(_ form: ArtifactForm) throws(ArtifactProblem) -> Result {
        do throws(ArtifactProblem) {
            return try facts(form)
        } catch {
            guard error.code != .unreadable else { throw error }
            return (.unknown, [error])
        }
    }

    private func facts(_ form: ArtifactForm) throws(ArtifactProblem) -> Result {
        switch form {
        case .elf: return try elf()
        case .deviceTree:
            let tree = try DeviceTreeReader.facts(of: bytes)
            return (.deviceTree(tree), tree.problems)
        case .uImage:
            let image = try UImage(bytes, limits)
            return (.uImage(image), image.problems)
        case .debianPackage:
            let package = try DebianReader.facts(of: bytes, limits)
            return (.debianPackage(package), package.problems)
        case .x86Image: return try x86Image()
        case .zboot:
            let image = try ZbootImage(bytes, limits)
            return (.zbootImage(image), image.problems)
        case .flatImage(let architecture):
            let image = try FlatImage(bytes, architecture, limits)
            return (.flatImage(image), image.problems)
        case .armImage(let isBigEndian):
            let image = try ArmImage(bytes, isBigEndian: isBigEndian, limits)
            return (.armImage(image), image.problems)
        case .s390Image: return (.s390Image(try S390Image(bytes)), [])
        case .config: return try config()
        case .compressed: return (.compressed, [])
        case .unknown: return (.unknown, [])
        }
    }

    private func elf() throws(ArtifactProblem) -> Result {
        let elf = try ELFReader.facts(of: bytes)
        if ModuleReader.isModule(elf) {
            let (module, problems) = try ModuleReader.facts(of: bytes, elf)
            return (.module(module), elf.problems + problems)
        }
        // A kernel is linked to nothing, and is no library.
        let mayBeKernel = (elf.type == .executable || elf.type == .shared) && elf.needed.isEmpty && elf.soname == nil
        if mayBeKernel, let banner = try KernelBanner.search(bytes, elf, limits) {
            return (.vmlinux(elf, banner), elf.problems)
        }
        if mayBeKernel, limits.readsPayloads, elf.mayUnpackItself,
            let payload = try KernelPayload.find(in: bytes, limits)
        {
            return (.elfImage(elf, payload), elf.problems)
        }
        return (.elf(elf), elf.problems)
    }

    private func x86Image() throws(ArtifactProblem) -> Result {
        let image = try X86Image(bytes, limits)
        var problems = image.problems
        if let outer = image.release, let inner = image.payload?.banner?.release, outer != inner {
            problems.append(.damaged("its header is of release \(outer.quoted), and its kernel of \(inner.quoted)"))
        }
        return (.x86Image(image), problems)
    }

    private func config() throws(ArtifactProblem) -> Result {
        guard bytes.size <= ConfigReader.largest else {
            throw ArtifactProblem(.limitExceeded, "it has more than \(ConfigReader.largest) bytes; refused")
        }
        let config = try ConfigReader.config(try bytes.prefix(bytes.size))
        let problems = config.strayLines.prefix(1).map { line in
            ArtifactProblem.damaged("line \(line) is neither a comment nor a value")
        }
        return (.config(config), problems)
    }
}

extension ELFFacts {
    /// The sections that only kernels have that unpack themselves: those of arch/mips and arch/powerpc of the kernel.
    private static let marks: Set<String> = [".image", ".appended_dtb", ".kernel:vmlinux.strip"]

    /// Whether it looks like a kernel that unpacks itself.
    fileprivate var mayUnpackItself: Bool { sections.contains { Self.marks.contains($0.name) } }
}
