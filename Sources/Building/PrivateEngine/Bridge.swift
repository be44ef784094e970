import CaissonEngineDiscovery
import Glibc

/// The engine's own network bridge, made and removed through the kernel's ioctls, so that no `ip` need be installed.
///
/// With `--bridge` dockerd leaves docker0, and the engine that may own it, alone.
struct Bridge: Sendable, Hashable {
    /// The interface's name, at most 15 bytes.
    let name: String

    /// The bridge of a state directory.
    init(_ paths: StatePaths) { name = "caisson" + paths.tag }

    /// The kernel's numbers of the requests, which its headers define by macros.
    private enum Request {
        static let addBridge: UInt = 0x89a0
        static let removeBridge: UInt = 0x89a1
        static let getFlags: UInt = 0x8913
        static let setFlags: UInt = 0x8914
        static let setAddress: UInt = 0x8916
        static let setMask: UInt = 0x891c
    }

    /// Whether there is a bridge of that name.
    var exists: Bool { access("/sys/class/net/\(name)/bridge", F_OK) == 0 }

    /// Makes the bridge, gives it the subnet's first address and brings it up; says why not.
    func create(_ subnet: BridgeSubnet) throws(EngineError) {
        remove()
        guard call(Request.addBridge) == 0 else { throw failure("made", errno) }
        let address = Self.socketAddress(subnet.gateway)
        let mask = Self.socketAddress(0xffff_ff00)
        guard call(Request.setAddress, address) == 0, call(Request.setMask, mask) == 0, setUp(true) else {
            let code = errno
            remove()
            throw failure("configured", code)
        }
    }

    /// Removes the bridge where there is one.
    func remove() {
        guard exists else { return }
        _ = setUp(false)
        _ = call(Request.removeBridge)
    }

    private func setUp(_ up: Bool) -> Bool {
        var request = self.request([])
        guard perform(Request.getFlags, &request) == 0 else { return false }
        let isUp = UInt8(truncatingIfNeeded: IFF_UP)
        request[16] = up ? request[16] | isUp : request[16] & ~isUp
        return perform(Request.setFlags, &request) == 0
    }

    private func call(_ number: UInt, _ value: [UInt8] = []) -> Int32 {
        var request = self.request(value)
        return perform(number, &request)
    }

    private func perform(_ number: UInt, _ request: inout [UInt8]) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        defer { close(descriptor) }
        return request.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return ioctl(descriptor, number, base)
        }
    }

    /// A `struct ifreq`: 16 bytes of name, then 24 of a union.
    private func request(_ value: [UInt8]) -> [UInt8] {
        var request = [UInt8](repeating: 0, count: 40)
        request.replaceSubrange(0..<name.utf8.count, with: name.utf8)
        request.replaceSubrange(16..<16 + value.count, with: value)
        return request
    }

    /// A `struct sockaddr_in` without port.
    private static func socketAddress(_ address: UInt32) -> [UInt8] {
        let family = UInt16(AF_INET)
        let head = withUnsafeBytes(of: family) { Array($0) }
        return head + [0, 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address >> $0) }
    }

    private func failure(_ verb: String, _ code: Int32) -> EngineError {
        EngineError(.system, "the bridge \(name) can't be \(verb): \(String(cString: strerror(code)))")
    }
}
