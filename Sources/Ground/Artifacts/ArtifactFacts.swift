/// What an artifact says of itself, by its kind.
package enum ArtifactFacts: Sendable, Hashable {
    /// Nothing at all.
    case empty
    /// A program, a library or an object file.
    case elf(ELFFacts)
    /// The kernel itself as an ELF file, and what it says of itself.
    case vmlinux(ELFFacts, KernelBanner)
    /// A kernel image as an ELF file that unpacks itself, and the kernel inside.
    case elfImage(ELFFacts, KernelPayload)
    /// A module of the kernel.
    case module(ModuleFacts)
    /// A kernel image of x86.
    case x86Image(X86Image)
    /// An uncompressed kernel image of arm64, riscv or loongarch.
    case flatImage(FlatImage)
    /// A kernel image of 32-bit ARM.
    case armImage(ArmImage)
    /// A kernel image that is a program of UEFI and unpacks itself.
    case zbootImage(ZbootImage)
    /// A kernel image of s390.
    case s390Image(S390Image)
    /// An image for U-Boot.
    case uImage(UImage)
    /// A device tree of any purpose.
    case deviceTree(DeviceTree)
    /// A Debian package.
    case debianPackage(DebianPackage)
    /// A configuration of the kernel.
    case config(KernelConfig)
    /// Something else, compressed.
    case compressed
    /// Something else.
    case unknown

    /// The kind that has such facts.
    package var kind: ArtifactKind {
        switch self {
        case .empty: .empty
        case .elf: .elf
        case .vmlinux: .vmlinux
        case .elfImage: .elfImage
        case .module: .module
        case .x86Image: .bzImage
        case .flatImage: .image
        case .armImage: .zImage
        case .zbootImage: .zboot
        case .s390Image: .s390Image
        case .uImage: .uImage
        case .deviceTree(let tree): tree.kind
        case .debianPackage: .debianPackage
        case .config: .config
        case .compressed: .compressed
        case .unknown: .unknown
        }
    }

    /// The release of the kernel that it is, or that it is for; nil where it doesn't tell.
    package var release: String? {
        switch self {
        case .vmlinux(_, let banner): banner.release
        case .elfImage(_, let payload): payload.banner?.release
        case .module(let module): module.vermagic.flatMap { $0.release.isEmpty ? nil : $0.release }
        case .x86Image(let image): image.release ?? image.payload?.banner?.release
        case .flatImage(let image): image.banner?.release
        case .armImage(let image): image.payload?.banner?.release
        case .zbootImage(let image): image.payload.banner?.release
        case .s390Image(let image): image.release
        case .uImage(let image): image.banner?.release
        default: nil
        }
    }

    /// The ELF file that it is; nil where it is none.
    package var elf: ELFFacts? {
        switch self {
        case .elf(let elf), .vmlinux(let elf, _), .elfImage(let elf, _): elf
        case .module(let module): module.elf
        default: nil
        }
    }

    /// The architecture that it is for; nil where it doesn't tell, or tells one that isn't known here.
    package var architecture: KernelArchitecture? {
        switch self {
        case .elf, .vmlinux, .elfImage, .module: elf.flatMap { KernelArchitecture($0.machine) }
        case .x86Image(let image): image.architecture
        case .flatImage(let image): image.architecture
        case .armImage: .arm
        case .zbootImage(let image): image.pe?.architecture
        case .s390Image: .s390
        case .uImage(let image): image.architecture
        case .debianPackage(let package): package.architecture.flatMap { KernelArchitecture(named: $0) }
        default: nil
        }
    }
}

extension DeviceTree {
    fileprivate var kind: ArtifactKind {
        switch purpose {
        case .machine: .deviceTree
        case .overlay: .deviceTreeOverlay
        case .images: .imageTree
        }
    }
}
