/// The form that two files are compared by, told by how both begin.
enum ComparedForm: Equatable {
    case elf
    case ar
    case tar
    case cpio
    case deviceTree
    case uImage
    case x86Image
    case zboot
    case armImage
    case compressed(CompressionFormat)
    case other

    private static let headSize = 4096

    init(_ bytes: ArtifactBytes) throws(ArtifactProblem) {
        let head = try bytes.prefix(Self.headSize)
        self = Self.marked(head) ?? CompressionFormat(beginning: head).map { .compressed($0) } ?? .other
    }

    private static func marked(_ head: [UInt8]) -> ComparedForm? {
        if head.starts(with: ELFReader.magic) { return .elf }
        if head.starts(with: DebianArchive.beginning) { return .ar }
        if TarParts.begins(head) { return .tar }
        if CpioParts.begins(head) { return .cpio }
        if head.starts(with: DeviceTreeReader.magic) { return .deviceTree }
        if head.starts(with: UImage.magic) { return .uImage }
        if X86Image.begins(head) { return .x86Image }
        if ZbootImage.begins(head) { return .zboot }
        return ArmImage.byteOrder(head).map { _ in .armImage }
    }

    /// The parts of a file of this form; nil where the form has none.
    ///
    /// - Throws: A problem where the file is damaged, so that not all of its parts are known.
    func parts(of bytes: ArtifactBytes, _ limits: ComparisonLimits) throws(ArtifactProblem) -> FileParts? {
        var parts = FileParts(limits)
        switch self {
        case .elf: try ELFParts.add(of: bytes, to: &parts)
        case .ar: try ArParts.add(of: bytes, limits, to: &parts)
        case .tar: try TarParts.add(of: bytes, to: &parts)
        case .cpio: try CpioParts.add(of: bytes, to: &parts)
        case .deviceTree: try DeviceTreeParts.add(of: bytes, to: &parts)
        case .uImage: try ImageParts.addUImage(bytes, to: &parts)
        case .x86Image: try ImageParts.addX86Image(bytes, to: &parts)
        case .zboot: try ImageParts.addZboot(bytes, to: &parts)
        case .armImage: try ImageParts.addArmImage(bytes, to: &parts)
        case .compressed, .other: return nil
        }
        return parts
    }
}
