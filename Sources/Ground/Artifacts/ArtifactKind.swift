/// What a file is, told by its bytes and never by its name.
package enum ArtifactKind: String, Sendable, Hashable, CaseIterable {
    /// Nothing at all.
    case empty
    /// A program, a library or an object file.
    case elf
    /// The kernel itself as an ELF file.
    case vmlinux
    /// A module of the kernel.
    case module
    /// A kernel image as an ELF file that unpacks itself, as of MIPS and POWER.
    case elfImage = "elf-image"
    /// A kernel image of x86 that unpacks itself.
    case bzImage = "bzimage"
    /// An uncompressed kernel image of arm64, riscv or loongarch.
    case image
    /// A kernel image of 32-bit ARM that unpacks itself.
    case zImage = "zimage"
    /// A kernel image that is a program of UEFI and unpacks itself.
    case zboot
    /// A kernel image of s390.
    case s390Image = "s390-image"
    /// An image for U-Boot, in its older format.
    case uImage = "uimage"
    /// A device tree of a machine.
    case deviceTree = "device-tree"
    /// A device tree that changes another one.
    case deviceTreeOverlay = "device-tree-overlay"
    /// Images for U-Boot, in a device tree.
    case imageTree = "image-tree"
    /// A Debian package.
    case debianPackage = "debian-package"
    /// A configuration of the kernel, or a fragment of one.
    case config
    /// Something else, compressed.
    case compressed
    /// Something else.
    case unknown

    /// Whether it is a kernel that can be loaded or linked.
    package var isKernel: Bool { Self.kernels.contains(self) }

    /// The kinds that a kernel has.
    package static let kernels: Set<ArtifactKind> = [
        .vmlinux, .elfImage, .bzImage, .image, .zImage, .zboot, .s390Image, .uImage,
    ]
}

/// What the reader of a file is chosen by.
enum ArtifactForm {
    case elf
    case deviceTree
    case uImage
    case debianPackage
    case x86Image
    case zboot
    case flatImage(KernelArchitecture)
    case armImage(isBigEndian: Bool)
    case s390Image
    case compressed(CompressionFormat)
    case config
    case unknown

    /// How much of a file the form is told by: up to the mark of an image for s390.
    static let headSize = S390Image.markOffset + 64
    private static let shortHeadSize = 4096

    /// The form of a file.
    init(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let head = try bytes.prefix(Self.shortHeadSize)
        if let form = Self.marked(head) {
            self = form
        } else if try S390Image.isOne(bytes) {
            self = .s390Image
        } else if let format = CompressionFormat(beginning: head) {
            self = .compressed(format)
        } else {
            self = ConfigReader.begins(head) ? .config : .unknown
        }
    }

    /// The form of what was unpacked, which is in memory and so can be read.
    init(unpacked bytes: [UInt8]) { self = (try? ArtifactForm(ArtifactBytes(bytes))) ?? .unknown }

    /// Whether there is a reader for it.
    var isKnown: Bool {
        switch self {
        case .compressed, .unknown: false
        default: true
        }
    }

    /// The form that a mark of several bytes tells.
    private static func marked(_ head: [UInt8]) -> ArtifactForm? {
        if head.starts(with: ELFReader.magic) { return .elf }
        if head.starts(with: DeviceTreeReader.magic) { return .deviceTree }
        if head.starts(with: UImage.magic) { return .uImage }
        if head.starts(with: DebianArchive.magic) { return .debianPackage }
        if X86Image.begins(head) { return .x86Image }
        if ZbootImage.begins(head) { return .zboot }
        if let architecture = FlatImage.architecture(head) { return .flatImage(architecture) }
        return ArmImage.byteOrder(head).map { .armImage(isBigEndian: $0) }
    }
}
