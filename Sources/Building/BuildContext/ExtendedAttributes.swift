import CaissonSystem
import Glibc

/// The system calls on extended attributes, looked up by name, because the Glibc module leaves them out.
enum AttributeCalls {
    typealias List = @Sendable @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<CChar>?, Int) -> Int
    typealias Get =
        @Sendable @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int
        ) -> Int
    typealias Set =
        @Sendable @convention(c) (
            UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32
        ) -> Int32

    static let list: List? = symbol("llistxattr").map { unsafeBitCast($0, to: List.self) }
    static let get: Get? = symbol("lgetxattr").map { unsafeBitCast($0, to: Get.self) }
    static let set: Set? = symbol("lsetxattr").map { unsafeBitCast($0, to: Set.self) }

    /// The system call `listxattrat` of newer kernels, by number, because C libraries don't have it.
    ///
    /// It is needed for every file, and is three times as fast as the way through `/proc`. On Linux a variadic function
    /// takes integers and pointers in the same way as any other.
    typealias ListAt =
        @Sendable @convention(c) (
            Int, Int, UnsafePointer<CChar>, Int, UnsafeMutablePointer<CChar>?, Int
        ) -> Int

    static let listAt: ListAt? = symbol("syscall").map { unsafeBitCast($0, to: ListAt.self) }
    /// Its number, the same on every architecture.
    static let listAtNumber = 465

    typealias ListOpen = @Sendable @convention(c) (Int32, UnsafeMutablePointer<CChar>?, Int) -> Int

    static let listOpen: ListOpen? = symbol("flistxattr").map { unsafeBitCast($0, to: ListOpen.self) }

    private static func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(nil, name) }
}

/// A path by which the `l…xattr` calls reach a name in an open directory: `/proc/self/fd/N/name`.
///
/// Only its first part, which the kernel resolves to the open directory, is followed as a link; the name is not.
func attributePath(_ directory: SharedDescriptor, _ name: UnsafePointer<CChar>) -> [CChar] {
    var path = "/proc/self/fd/\(directory.raw)/".utf8.map { CChar(bitPattern: $0) }
    path.append(contentsOf: UnsafeBufferPointer(start: name, count: strlen(name) + 1))
    return path
}

/// Reads extended attributes as fsutil does: all that can be read; none if the file system doesn't support them.
struct AttributeReader {
    private var unsupported: UInt64?
    private var list = [CChar](repeating: 0, count: 1024)
    private var hasListAt = AttributeCalls.listAt != nil

    /// The attributes of a name in a directory, sorted by name.
    mutating func attributes(
        of name: UnsafePointer<CChar>,
        in directory: SharedDescriptor,
        device: UInt64
    ) -> [ExtendedAttribute] {
        guard device != unsupported else { return [] }
        var count = readList(of: name, in: directory)
        if count < 0, errno == ERANGE {
            // The kernel's own limit of a list.
            list = [CChar](repeating: 0, count: 65_536)
            count = readList(of: name, in: directory)
        }
        if count < 0, errno == ENOTSUP { unsupported = device }
        guard count > 0 else { return [] }
        let path = attributePath(directory, name)
        var found: [ExtendedAttribute] = []
        for name in list[..<count].split(separator: 0) {
            let text = String(validating: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard let text, !text.hasPrefix("com.apple."), let value = value(of: text, at: path) else { continue }
            found.append(ExtendedAttribute(name: text, value: value))
        }
        return found.sorted { $0.name < $1.name }
    }

    /// The attributes of an open file that the name stood for: for most files one cheap call says that there are none.
    mutating func attributes(
        ofOpen descriptor: Int32,
        _ name: UnsafePointer<CChar>,
        in directory: SharedDescriptor,
        device: UInt64
    ) -> [ExtendedAttribute] {
        guard device != unsupported else { return [] }
        if let listOpen = AttributeCalls.listOpen {
            let length = listOpen(descriptor, nil, 0)
            if length == 0 { return [] }
            if length < 0, errno == ENOTSUP {
                unsupported = device
                return []
            }
        }
        return attributes(of: name, in: directory, device: device)
    }

    /// Puts the attributes' names into `list` and returns their length; -1 with `errno` when that fails.
    private mutating func readList(of name: UnsafePointer<CChar>, in directory: SharedDescriptor) -> Int {
        if hasListAt, let listAt = AttributeCalls.listAt {
            let count = listAt(
                AttributeCalls.listAtNumber,
                Int(directory.raw),
                name,
                Int(AT_SYMLINK_NOFOLLOW),
                &list,
                list.count
            )
            // EPERM comes from sandboxes that don't know the system call.
            if count >= 0 || errno != ENOSYS && errno != EPERM { return count }
            hasListAt = false
        }
        guard let listCall = AttributeCalls.list else { return 0 }
        return listCall(attributePath(directory, name), &list, list.count)
    }

    private func value(of name: String, at path: [CChar]) -> [UInt8]? {
        guard let get = AttributeCalls.get else { return nil }
        // The second size is the kernel's own limit.
        for capacity in [256, 65_536] {
            var value = [UInt8](repeating: 0, count: capacity)
            let count = get(path, name, &value, capacity)
            if count >= 0 { return Array(value[..<count]) }
            if errno != ERANGE { return nil }
        }
        return nil
    }
}
