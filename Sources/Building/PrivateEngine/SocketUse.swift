import CaissonSystem
import Glibc

/// Who uses a Unix socket, and whether what listens there is ready.
enum SocketUse {
    /// The number of clients connected to the socket at a path; nil when that can't be known.
    ///
    /// The kernel lists a socket in the network namespace of the process that made it: `listener`, else this one.
    static func connections(to path: String, of listener: Int32? = nil) -> Int? {
        let process = listener.map { String($0) } ?? "self"
        guard let content = try? BoundedFile.read("/proc/\(process)/net/unix", limit: 64 << 20) else { return nil }
        return connections(to: path, in: content)
    }

    /// Counts the accepted ends in the kernel's list: those carry the listener's path, in state 03 (connected).
    static func connections(to path: String, in listing: [UInt8]) -> Int {
        let wanted = Array(path.utf8)
        return listing.split(separator: 0x0a).count { line in
            guard line.count > wanted.count, line.suffix(wanted.count).elementsEqual(wanted) else { return false }
            let fields = line.split(separator: 0x20, maxSplits: 7, omittingEmptySubsequences: true)
            return fields.count == 8 && fields[5].elementsEqual([0x30, 0x33]) && fields[7].elementsEqual(wanted)
        }
    }

    /// Whether dockerd answers `GET /_ping`; it listens some time before it does.
    static func answersPing(_ path: String) async -> Bool {
        guard case .success(let descriptor) = UnixSocket.connect(path) else { return false }
        defer { close(descriptor) }
        let request = Array("GET /_ping HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return false
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 256)
        for _ in 0..<100 where answer.count < 12 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                answer.append(contentsOf: chunk[..<count])
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                break
            } else if (try? await Task.sleep(for: .milliseconds(10))) == nil {
                return false
            }
        }
        let head = String(decoding: answer.prefix(12), as: UTF8.self)
        return head.hasPrefix("HTTP/1.") && head.hasSuffix(" 200")
    }
}
